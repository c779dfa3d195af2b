import { didYouMean } from "../components/lanes/suggest";
import { quote } from "../components/lanes/validate/problems";
import { formatPath, type WrittenAt } from "../components/lanes/zod-problems";
import { valueAt } from "../components/lanes/zod-walk";
import type { Problem } from "../tools/user-error";
import { isRecord, kindInWords } from "../tools/values";

/** Keys that a file named by `include` may have; each is appended to the stack's own list. */
export const includableKeys = ["workloads", "laneGroups", "gateways", "tls", "allow"] as const;
type IncludableKey = (typeof includableKeys)[number];

/** A file that the stack's config includes, as it was read. */
export interface IncludedFile {
  /** As the config names it, such as `scenarios/s1.yaml`. */
  readonly path: string;
  /** The whole document. */
  readonly document: unknown;
  /** As `ReadYaml` has it. */
  readonly written?: () => unknown;
}

/** Config of a stack and of its files as one. */
export interface MergedConfig {
  readonly values: Record<string, unknown>;
  readonly problems: readonly Problem[];
  /** `laneGroups[2].name` -> `scenarios/s1.yaml: laneGroups[0].name`; paths of the stack's own values stay as they are. */
  place(problem: Problem): Problem;
  /** What stands in the file that a value is from. */
  readonly written: WrittenAt;
}

interface Origin {
  readonly file: string;
  readonly index: number;
  readonly written: () => unknown;
}

/**
 * Appends the lists of included files to the stack's own, in the order of the files.
 *
 * @param values the values of the stack by key, without prefix.
 * @param ownWritten the same as the stack's file has them.
 */
export function mergeIncludes(
  values: Record<string, unknown>,
  files: readonly IncludedFile[],
  ownWritten: () => unknown = () => undefined,
): MergedConfig {
  const merged = { ...values };
  const origins = new Map<string, Origin>();
  const problems: Problem[] = [];
  for (const { path: file, document, written = () => undefined } of files) {
    // An empty file, or one whose lines are all comments.
    if (document === null || document === undefined) continue;
    if (!isRecord(document)) {
      problems.push(wrongShape(file, document, includableKeys.join(", "), "Write `laneGroups:` or another of them."));
      continue;
    }
    for (const [key, list] of Object.entries(document)) {
      if (!isIncludable(key)) {
        problems.push(unknownKey(file, key));
      } else if (!Array.isArray(list)) {
        problems.push(wrongShape(`${file}: ${key}`, list, "a list", "Write a list."));
      } else {
        const own = merged[key] ?? [];
        // What stands in the stack file is no list: the schema says so, and there is nothing to append to.
        if (!Array.isArray(own)) continue;
        for (const index of list.keys()) origins.set(`${key}[${own.length + index}]`, { file, index, written });
        merged[key] = [...own, ...list];
      }
    }
  }
  return {
    values: merged,
    problems,
    place: (problem) => place(problem, origins),
    written: ([key = "", index, ...rest]) => {
      const origin = typeof index === "number" ? origins.get(formatPath([key, index])) : undefined;
      if (origin) return valueAt(origin.written(), [key, origin.index, ...rest]);
      return valueAt(ownWritten(), index === undefined ? [key] : [key, index, ...rest]);
    },
  };
}

const itemPath = new RegExp(`\\b(${includableKeys.join("|")})\\[\\d+\\]`, "g");

/** Messages name other places too, where two of them are at odds. */
function place(problem: Problem, origins: ReadonlyMap<string, Origin>): Problem {
  const placed = (text: string) =>
    text.replace(itemPath, (item, key: string) => {
      const origin = origins.get(item);
      return origin ? `${origin.file}: ${key}[${origin.index}]` : item;
    });
  return { ...problem, path: placed(problem.path), got: placed(problem.got), expected: placed(problem.expected) };
}

function isIncludable(key: string): key is IncludableKey {
  return includableKeys.some((includable) => includable === key);
}

function unknownKey(file: string, key: string): Problem {
  const bare = key.replace(/^mesh-lanes:/, "");
  const path = `${file}: ${key}`;
  const expected = includableKeys.join(", ");
  if (bare === "include") {
    const fix = "Name the file in the stack's own include.";
    return { path, got: "an included file includes others", expected, fix };
  }
  const known = isIncludable(bare) ? `Write ${bare}: keys have no prefix here.` : "Move it to the stack's file.";
  return { path, got: `unknown key ${quote(key)}`, expected, fix: didYouMean(key, includableKeys, known) };
}

function wrongShape(path: string, value: unknown, expected: string, fix: string): Problem {
  return { path, got: `got ${kindInWords(value)}`, expected, fix };
}
