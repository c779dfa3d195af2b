import { z } from "zod";
import type { DeepReadonly } from "../../../tools/deep-readonly";

const exactSchema = z
  .strictObject({ exact: z.string().describe("the whole text") })
  .describe("{ exact: the whole text }");
const prefixSchema = z
  .strictObject({ prefix: z.string().describe("how the text begins") })
  .describe("{ prefix: how the text begins }");
const regexSchema = z
  .strictObject({ regex: z.string().describe("an RE2 regex that fits the whole text") })
  .describe("{ regex: an RE2 regex that fits the whole text }");

const plainMatch = z
  .string()
  .describe("a text, matched exactly")
  .transform((value) => ({ kind: "exact" as const, value }));
const exactMatch = exactSchema.transform(({ exact }) => ({ kind: "exact" as const, value: exact }));
const prefixMatch = prefixSchema.transform(({ prefix }) => ({ kind: "prefix" as const, value: prefix }));
const regexMatch = regexSchema.transform(({ regex }) => ({ kind: "regex" as const, value: regex }));

export const stringMatchSchema = z
  .union([plainMatch, exactMatch, prefixMatch, regexMatch])
  .describe("a text (matched exactly), or one of { exact }, { prefix }, { regex } (RE2, must match the whole value)");

export const cookieMatchSchema = z
  .union([plainMatch, exactMatch, prefixMatch])
  .describe("a text (matched exactly), or one of { exact }, { prefix }; cookies take no regex");

/** One condition on a text. `regex` is RE2 and must match the whole value, as Envoy has it. */
export type StringMatch = DeepReadonly<z.output<typeof stringMatchSchema>>;
