import { readFileSync } from "node:fs";
import { z } from "zod";
import { toProblems } from "../../components/lanes/zod-problems";
import { valueAt } from "../../components/lanes/zod-walk";
import { type ReadYaml, readYaml } from "../../config/yaml";
import { UserError } from "../../tools/user-error";
import { fileError } from "../../tools/values";
import type { CostItem } from "./items";

/** Prices of somebody's account and region. */
export interface Prices {
  readonly currency: string;
  /** Key of a cost item -> price of one of its unit. */
  readonly prices: Readonly<Record<string, number | undefined>>;
}

/** A price file for these items: no other keys have prices. */
function schemaFor(items: readonly CostItem[]) {
  const price = z
    .number()
    .min(0)
    .optional()
    .describe("a number of at least 0")
    .meta({ examples: [0.5] });
  const keys = [...new Set(items.map(({ key }) => key))].sort();
  return z.strictObject({
    currency: z
      .string()
      .min(1)
      .describe("the currency that the prices are in")
      .meta({ examples: ["CNY"] }),
    prices: z
      .strictObject(Object.fromEntries(keys.map((key) => [key, price])))
      .describe("key of `lanes cost` -> price"),
  });
}

/** @throws UserError naming everything in the file that is no price of an item. */
export function readPrices(file: string, items: readonly CostItem[]): Prices {
  const { document, written, problems } = read(file);
  const schema = schemaFor(items);
  const { success, data, error } = schema.safeParse(document);
  const all = [...problems, ...(error ? toProblems(schema, document, error, (path) => valueAt(written(), path)) : [])];
  if (all.length > 0 || !success) throw new UserError(`${file} is no price file of this stack`, all);
  return data;
}

function read(file: string): ReadYaml {
  try {
    return readYaml(readFileSync(file, "utf8"));
  } catch (error) {
    const fix = "Name a YAML or JSON file.";
    throw new UserError("the prices cannot be read", [
      { path: "--prices", got: `${file}: ${fileError(error)}`, expected: "a file with prices", fix },
    ]);
  }
}

/** What an hour costs, without what depends on the traffic. */
export interface Sum {
  readonly least: number;
  readonly most: number;
  /** Keys without a price. */
  readonly unpriced: readonly string[];
}

export function hourlySum(items: readonly CostItem[], { prices }: Prices): Sum {
  let [least, most] = [0, 0];
  const unpriced = new Set<string>();
  for (const { key, amount } of items) {
    const price = prices[key];
    if (price === undefined) unpriced.add(key);
    else if (amount) {
      least += price * amount.least;
      most += price * amount.most;
    }
  }
  return { least, most, unpriced: [...unpriced] };
}
