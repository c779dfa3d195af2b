import type { Problem } from "../../../tools/user-error";
import type { StringMatch } from "../spec";
import { didYouMean } from "../suggest";
import { isDnsLabel, nearestDnsLabel } from "../syntax";
import { regexProblem } from "../text-match/re2";

/** Collects what is wrong, so that a user sees all of it at once. */
export class Problems {
  public readonly list: Problem[] = [];

  public add(path: string, got: string, expected: string, fix: string): void {
    this.list.push({ path, got, expected, fix });
  }

  /** A name that must be one of those declared. Returns whether it is. */
  public known(path: string, got: string, what: string, declared: readonly string[]): boolean {
    if (declared.includes(got)) return true;
    const names = declared.join(", ");
    this.add(path, `unknown ${what} ${quote(got)}`, names, didYouMean(got, declared, `Use one of: ${names}.`));
    return false;
  }

  public dnsLabel(path: string, got: string): void {
    if (isDnsLabel(got)) return;
    const expected = "at most 63 characters: a-z, 0-9 and '-', not first or last";
    const close = nearestDnsLabel(got);
    this.add(path, `got ${quote(got)}`, expected, close ? `Rename it, for example to ${close}.` : "Give it a name.");
  }

  /** Reports every name after the first that equals an earlier one, letter case aside. */
  public duplicates(names: readonly string[], pathOf: (index: number) => string, what: string): void {
    const seen = new Map<string, string>();
    names.forEach((name, index) => {
      const earlier = seen.get(name.toLowerCase());
      if (earlier === undefined) seen.set(name.toLowerCase(), name);
      else if (earlier === name) {
        this.add(pathOf(index), `${what} ${quote(name)} is there twice`, "each one once", "Remove or rename one.");
      } else {
        const got = `${what} ${quote(name)} differs from ${quote(earlier)} by letter case only`;
        this.add(pathOf(index), got, "names that differ without regard to case", "Rename one of them.");
      }
    });
  }

  public stringMatch(path: string, match: StringMatch): void {
    if (match.kind === "regex") {
      const problem = regexProblem(match.value);
      if (problem === undefined) return;
      this.add(
        path,
        `regex ${quote(match.value)}: ${problem}`,
        "an RE2 regex that is not empty",
        "Write it in RE2 syntax, e.g. ^/shop(/.*)?$ (no lookaround, no backreferences).",
      );
    } else if (match.value === "") {
      this.add(path, "got an empty text", "a text that is not empty", "Give the text to match, or remove the line.");
    }
  }

  public path(path: string, match: StringMatch): void {
    this.stringMatch(path, match);
    if (match.kind === "regex" || match.value === "") return;
    if (!match.value.startsWith("/")) {
      this.add(path, `got ${quote(match.value)}`, "a path that starts with /", `Write /${match.value}.`);
    } else if (/[?#\s]/.test(match.value)) {
      const expected = "a path without query, fragment and spaces";
      this.add(path, `got ${quote(match.value)}`, expected, "Remove it from the path; use match.query for queries.");
    }
  }
}

export function quote(text: string): string {
  return JSON.stringify(text);
}
