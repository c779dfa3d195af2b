import { z } from "zod";
import { type Problems, quote } from "../components/lanes/validate/problems";
import { valueAt } from "../components/lanes/zod-walk";

/*
 * Values that several sections have.
 */

export const name = z.string().describe("a name of at most 63 characters: a-z, 0-9 and '-', not first or last");
export const port = z
  .number()
  .int()
  .min(1)
  .max(65535)
  .meta({ description: "a port number, 1 to 65535", examples: [8000] });

/** A text that must say something. */
export const text = z.string().min(1);

/** Mark in a schema's metadata: `pulumi config set --path --secret` may encrypt the values of this map. */
export const mayBeEncrypted = "x-may-be-encrypted";

const version = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** @returns whether it is a version, or none is given. */
export function checkVersion(problems: Problems, path: string, given: string | undefined, example: string): boolean {
  if (given === undefined || version.test(given)) return true;
  problems.add(path, `got ${quote(given)}`, `a version such as ${example}`, "Write all three numbers, without a v.");
  return false;
}

/** Values of the stack's file, by section: they tell what was written from what is a default. */
export type Written = Readonly<Record<string, unknown>>;

/** A key that has a meaning elsewhere only. */
export function onlyFor(problems: Problems, written: Written, path: string, what: string): void {
  const keys = path.split(".");
  if (valueAt(written, keys) === undefined) return;
  const key = keys.at(-1);
  problems.add(path, `${key} is set`, `only for ${what}`, `Remove ${key}.`);
}

export function isHttpUrl(given: string, protocols: RegExp = /^https?:$/): boolean {
  return URL.canParse(given) && protocols.test(new URL(given).protocol);
}
