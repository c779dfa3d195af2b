import type { Chain } from "../apps/mock/hops";
import type { ConformanceCase, Expected } from "./cases";

/** What came back for one request. */
export interface Seen {
  /** 0 when no answer came. */
  readonly status: number;
  /** What the chain answered; undefined when it was not the mock app that did, or its answer was none. */
  readonly chain: Chain | undefined;
  /** `name=value` of the cookies set. */
  readonly cookies: readonly string[];
  readonly body: string;
}

/** Whether an answer is as expected, at every hop: the service that was called, and the version that answered. */
export function meets(expected: Expected, seen: Seen, services: readonly string[]): boolean {
  if ("status" in expected) return seen.status === expected.status && seen.chain === undefined;
  if (!seen.chain) return false;
  const { hops, error } = seen.chain;
  const failsWith = "failsWith" in expected ? String(expected.failsWith) : undefined;
  if (error !== failsWith || (failsWith === undefined && seen.status !== 200)) return false;
  return (
    hops.length === expected.versions.length &&
    hops.every(
      (hop, index) =>
        hop.version === expected.versions[index] &&
        // The first hop gets the client's own Host.
        (index === 0 || serviceOf(hop.headers.host) === services[index]),
    )
  );
}

/** What is wrong with the answers to a case; undefined when nothing is. */
export function judge(
  test: ConformanceCase,
  answers: readonly Seen[],
  services: readonly string[],
): string | undefined {
  if (answers.length === 0) return "no request was sent";
  const wrong = answers.filter((seen) => !test.expected.some((expected) => meets(expected, seen, services)));
  if (wrong.length > 0) {
    const expected = test.expected.map(expectedText).join(" or ");
    return `${wrong.length} of ${answers.length}: expected ${expected}, got ${wrong[0] && seenText(wrong[0])}`;
  }
  if (test.weights !== "spread") return undefined;
  const counts = test.expected.map((expected) => answers.filter((seen) => meets(expected, seen, services)).length);
  const rare = counts.findIndex((count) => count < answers.length / 4);
  const one = test.expected[rare];
  return one && `${counts[rare]} of ${answers.length} were ${expectedText(one)}: the weights are not shared out`;
}

function expectedText(expected: Expected): string {
  if ("status" in expected) return String(expected.status);
  const fails = "failsWith" in expected ? ` then ${expected.failsWith}` : "";
  return expected.versions.join(" -> ") + fails;
}

function seenText({ status, chain, body }: Seen): string {
  if (!chain) return `${status} ${body.slice(0, 100).trim()}`;
  const hops = chain.hops.map((hop) => hop.version).join(" -> ");
  return hops + (chain.error === undefined ? "" : ` then ${chain.error}`);
}

function serviceOf(host: string | undefined): string | undefined {
  return host?.split(/[.:]/, 1)[0];
}
