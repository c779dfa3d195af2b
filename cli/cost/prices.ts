import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { type Problem, UserError } from "../../tools/user-error";
import { fileError } from "../../tools/values";
import type { CostItem } from "./items";

/** Prices of somebody's account and region. */
export interface Prices {
  readonly currency: string;
  /** Key of a cost item -> price of one of its unit. */
  readonly prices: Readonly<Record<string, number>>;
}

const schema = z.strictObject({
  currency: z.string().min(1),
  prices: z.record(z.string(), z.number().min(0)),
});

/** @throws UserError naming everything in the file that is no price of an item. */
export function readPrices(file: string, items: readonly CostItem[]): Prices {
  const keys = new Set(items.map(({ key }) => key));
  const { success, data, error } = schema.safeParse(parsed(file));
  const expected = "currency, and under prices a number of at least 0 for each key that `lanes cost` prints";
  const fix = "Write it as docs/alibaba.md shows.";
  const problems: Problem[] = success
    ? Object.keys(data.prices)
        .filter((key) => !keys.has(key))
        .map((key) => ({
          path: `prices.${key}`,
          got: "a price of nothing that this stack makes",
          expected: [...keys].sort().join(", "),
          fix: "Correct the key, or remove it.",
        }))
    : error.issues.map(({ path, message }) => ({ path: path.join(".") || file, got: message, expected, fix }));
  if (problems.length > 0) throw new UserError(`${file} is no price file of this stack`, problems);
  if (!success) throw new Error("no problem was named");
  return data;
}

function parsed(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
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
