import type { LoadResult } from "../load";
import { moves, type SentRequest } from "./chains";

/** What a change did to the requests that were sent all through it. */
export interface Tally {
  readonly sent: number;
  /** Answers that were no 200. */
  readonly failed: number;
  /** Answers of a chain that is neither that of before nor that of after. */
  readonly mixed: number;
  /** Request -> what was wrong with it, and how often. */
  readonly problems: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Requests that the change gives another chain, and that did not meet both: it was not seen to take place. */
  readonly unmoved: readonly string[];
}

type Sent = Pick<SentRequest, "name" | "before" | "after" | "whole">;

/** @param results what became of each request; chains as their versions, hop by hop. */
export function tally(results: readonly { readonly sent: Sent; readonly result: LoadResult }[]): Tally {
  const each = results.map(({ sent, result }) => {
    const mixed = Object.entries(result.answers).filter(([chain]) => !sent.whole.has(chain));
    const met = (chains: ReadonlySet<string>) => Object.keys(result.answers).some((chain) => chains.has(chain));
    return {
      name: sent.name,
      sent: result.sent,
      failed: sum(Object.values(result.failures)),
      mixed: sum(mixed.map(([, count]) => count)),
      problems: { ...result.failures, ...Object.fromEntries(mixed) },
      unmoved: moves(sent) && !(met(sent.before) && met(sent.after)),
    };
  });
  return {
    sent: sum(each.map(({ sent }) => sent)),
    failed: sum(each.map(({ failed }) => failed)),
    mixed: sum(each.map(({ mixed }) => mixed)),
    problems: Object.fromEntries(
      each.flatMap(({ name, problems }) => (Object.keys(problems).length > 0 ? [[name, problems]] : [])),
    ),
    unmoved: each.flatMap(({ name, unmoved }) => (unmoved ? [name] : [])),
  };
}

/** Lines of a table: way, requests, failed, mixed. */
export function table(rows: Readonly<Record<string, Tally>>): string {
  const lines = Object.entries(rows).map(([way, { sent, failed, mixed }]) => [way, sent, failed, mixed].map(String));
  const all = [["way", "requests", "failed", "mixed"], ...lines];
  const width = (column: number) => Math.max(...all.map((line) => line[column]?.length ?? 0));
  return all
    .map((line) => line.map((cell, at) => (at === 0 ? cell.padEnd(width(0)) : cell.padStart(width(at)))).join("  "))
    .join("\n");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
