import { UserError } from "../tools/user-error";
import { isRecord } from "../tools/values";
import { mergeIncludes } from "./include";
import { parseStackConfig } from "./parse";
import type { WholeStackConfig } from "./read";
import type { StackConfig } from "./stack";

/** Name of the stack's output that holds its config. */
export const appliedOutput = "appliedConfig";

/**
 * A stack's config as an update notes it in the stack's outputs: what its file and the files that it includes said then. So a
 * preview can tell what the next update changes, whatever has happened to the files since.
 */
export interface AppliedConfig {
  readonly values: Readonly<Record<string, unknown>>;
  /** Keys whose value is encrypted in the stack's file; their values are not here. */
  readonly encrypted: readonly string[];
  /** Paths of encrypted values within sections, which are not here either. */
  readonly secrets: readonly string[];
}

export function appliedConfig({ values, encrypted, secrets, files }: WholeStackConfig): AppliedConfig {
  const { include: _files, ...merged } = mergeIncludes(values, files).values;
  const open = Object.entries(merged).filter(([key]) => !encrypted.has(key));
  return {
    values: Object.fromEntries(open),
    encrypted: [...encrypted].sort(),
    secrets: [...(secrets?.keys() ?? [])].sort(),
  };
}

/**
 * @returns undefined when it is none: the stack was last updated by an earlier version, or never.
 * @throws UserError when this version takes it for wrong.
 */
export function readAppliedConfig(output: unknown): StackConfig | undefined {
  if (!isRecord(output) || !isRecord(output.values) || !Array.isArray(output.encrypted)) return undefined;
  const paths = Array.isArray(output.secrets) ? output.secrets.map(String) : [];
  return parseStackConfig(output.values, {
    encrypted: new Set(output.encrypted.map(String)),
    secrets: new Map(paths.map((path) => [path, undefined])),
  });
}

/** @returns undefined also for a note of another version that this one takes for wrong. */
export function readableConfig(output: unknown): StackConfig | undefined {
  try {
    return readAppliedConfig(output);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
