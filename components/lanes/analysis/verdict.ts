import type { LaneGroup } from "../spec";
import { plannedVersions } from "./access-log";
import { holm, largerByChance, largerThan, type Share } from "./proportions";
import { type HopCount, noRequests, quantile, slower, type Tally } from "./tally";

/** When a lane counts as worse than the baseline. */
export interface Limits {
  /** Requests of the canary at its entry without which nothing is said for it. @default 100 */
  readonly minRequests: number;
  /** So much more of its requests may fail than of the baseline's, as a share: 0.01 is one of a hundred. @default 0.01 */
  readonly maxErrorIncrease: number;
  /** Milliseconds that count as slow; none: what is far beyond the baseline's own 95 %. */
  readonly maxLatency?: number;
}

/** So much more of the canary's requests may be slow, as a share: about what it takes to move its 95 % past the bound. */
const maxSlowIncrease = 0.05;

/** A hop that a worse one calls counts as worse from this p-value on: the verdict is not about it, its cause is. */
const likelyCause = 0.01;

/** The bound where none was given: half as long again as the baseline's 95 %, and 10 ms for what proxies add now and then. */
function slowBound(baseline: HopCount): number | undefined {
  const usual = quantile(baseline, 0.95);
  return usual === undefined ? undefined : Math.ceil(usual * 1.5 + 10);
}

/** One thing that is worse at a hop. */
export interface Finding {
  readonly service: string;
  readonly version: string;
  readonly baselineVersion: string;
  readonly what: "errors" | "slow";
  readonly canary: Share;
  /** Undefined where there was nothing to compare with. */
  readonly baseline?: Share;
  /** Of `slow`: milliseconds. */
  readonly bound?: number;
  /** How likely it is by chance. */
  readonly p: number;
}

/** A hop at which too little was seen. */
export interface Shortage {
  readonly service: string;
  readonly version: string;
  readonly requests: number;
  readonly wanted: number;
  /** Requests of the lane that another version answered, since its own pods were down. */
  readonly fellBack: number;
}

/** What a step of a rollout comes to. */
export type Verdict =
  | {
      readonly kind: "worse";
      /** Where it begins: nothing that these call is worse as well. */
      readonly causes: readonly Finding[];
      /** Services further up the chain that show it too. */
      readonly seenAt: readonly string[];
    }
  | { readonly kind: "too little traffic"; readonly missing: readonly Shortage[] }
  | { readonly kind: "as good" };

export interface Comparison {
  readonly group: LaneGroup;
  readonly canary: string;
  readonly baseline: string;
  /** Both lanes over the same time. */
  readonly tally: Tally;
  /**
   * What the baseline had earlier, for when it has too few requests of its own: at 100 %.
   * Service -> counts.
   */
  readonly earlier?: ReadonlyMap<string, HopCount>;
}

/**
 * Judges a lane against the baseline, hop by hop: one-sided exact tests of its share of errors and of slow requests, corrected
 * by Holm for all of them, so that a lane that is as good is called worse with a chance of at most `alpha`. What is real and
 * still smaller than the limits is let pass.
 *
 * @param alpha the chance of a false alarm, 0 to 1.
 */
export function judge(comparison: Comparison, limits: Limits, alpha: number): Verdict {
  const { group } = comparison;
  const planned = plannedVersions(group);
  const hops = group.services.flatMap(({ name }) => hopOf(comparison, limits, name, planned) ?? []);
  const tests = hops.flatMap((hop) => [errorTest(hop, limits), ...slowTest(hop, limits)]);
  const real = holm(
    tests.map(({ finding }) => finding.p),
    alpha,
  );
  const sure = tests.filter(({ beyond }, index) => beyond && real[index]).map(({ finding }) => finding);
  if (sure.length > 0) {
    // That the lane is worse is plain now; where it begins may be a hop that is a little less sure by itself.
    const below = new Set(sure.flatMap(({ service }) => callees(group, service)));
    const likely = tests.filter(
      ({ beyond, finding }) => beyond && finding.p <= likelyCause && below.has(finding.service),
    );
    const worse = [...new Set([...sure, ...likely.map(({ finding }) => finding)])];
    const services = new Set(worse.map(({ service }) => service));
    const causes = worse.filter(({ service }) => !callees(group, service).some((callee) => services.has(callee)));
    const named = new Set(causes.map(({ service }) => service));
    return { kind: "worse", causes, seenAt: [...services].filter((service) => !named.has(service)) };
  }
  const missing = shortages(comparison, hops, limits);
  return missing.length > 0 ? { kind: "too little traffic", missing } : { kind: "as good" };
}

interface Hop {
  readonly service: string;
  readonly version: string;
  readonly baselineVersion: string;
  readonly canary: HopCount;
  readonly baseline: HopCount;
  /** Whether both are of the same time. */
  readonly sameTime: boolean;
}

function hopOf(
  { canary, baseline, ...seen }: Comparison,
  limits: Limits,
  service: string,
  planned: ReturnType<typeof plannedVersions>,
): Hop | undefined {
  const version = planned(canary, service);
  const baselineVersion = planned(baseline, service);
  if (version === undefined || baselineVersion === undefined) return undefined;
  const now = seen.tally.of(baseline, service);
  const before = seen.earlier?.get(service) ?? noRequests;
  const enough = now.requests >= limits.minRequests || now.requests >= before.requests;
  return {
    ...{ service, version, baselineVersion },
    canary: seen.tally.of(canary, service),
    baseline: enough ? now : before,
    sameTime: enough,
  };
}

interface Test {
  readonly finding: Finding;
  /** Whether the difference is larger than what is let pass. */
  readonly beyond: boolean;
}

function errorTest(hop: Hop, { maxErrorIncrease }: Limits): Test {
  const canary = { count: hop.canary.errors, of: hop.canary.requests };
  const baseline = { count: hop.baseline.errors, of: hop.baseline.requests };
  return test(hop, { what: "errors" }, canary, baseline, maxErrorIncrease);
}

function slowTest(hop: Hop, { maxLatency }: Limits): Test[] {
  // How quick a mesh is differs from minute to minute: times of another moment are no measure.
  const bound = maxLatency ?? (hop.sameTime ? slowBound(hop.baseline) : undefined);
  if (bound === undefined) return [];
  const [canary, baseline] = [slower(hop.canary, bound), slower(hop.baseline, bound)];
  return [test(hop, { what: "slow", bound }, canary, baseline, maxSlowIncrease)];
}

function test(
  { service, version, baselineVersion }: Hop,
  what: Pick<Finding, "what" | "bound">,
  canary: Share,
  baseline: Share,
  allowed: number,
): Test {
  const compared = baseline.of > 0;
  // With nothing to compare with, the limit itself is what the share must not be above. A limit of none makes no test of it.
  const p = compared ? largerByChance(canary, baseline) : largerThan(canary, Math.max(allowed, 1e-9));
  const finding = { service, version, baselineVersion, ...what, canary, ...(compared && { baseline }), p };
  return { finding, beyond: canary.of > 0 && share(canary) - share(baseline) > allowed };
}

export function share({ count, of }: Share): number {
  return of === 0 ? 0 : count / of;
}

/** All services that one calls, directly or not. */
function callees(group: LaneGroup, service: string): string[] {
  const found = new Set<string>();
  const next = [service];
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    for (const callee of group.services.find((each) => each.name === name)?.calls ?? []) {
      if (callee === service || found.has(callee)) continue;
      found.add(callee);
      next.push(callee);
    }
  }
  return [...found];
}

/**
 * Where the canary has met too little: the service at the entry first of all. A service that a chain calls less often has to
 * have as much less of it, by what the baseline shows; one that the baseline did not call has to have nothing.
 */
function shortages({ group }: Comparison, hops: readonly Hop[], { minRequests }: Limits): Shortage[] {
  const entry = new Set([group.entry.service, ...group.entry.routes.map(({ service }) => service)]);
  const entering = hops.filter(({ service }) => entry.has(service));
  const sum = (count: (hop: Hop) => number) => entering.reduce((all, hop) => all + count(hop), 0);
  const all = sum(({ canary }) => canary.requests);
  const short = (hop: Hop | undefined, requests: number, wanted: number): Shortage[] =>
    hop === undefined || requests >= wanted
      ? []
      : [{ service: hop.service, version: hop.version, requests, wanted, fellBack: hop.canary.fellBack }];
  const baselineAll = sum(({ baseline }) => baseline.requests);
  const others = hops
    .filter(({ service, version, baselineVersion }) => !entry.has(service) && version !== baselineVersion)
    .flatMap((hop) => {
      const called = baselineAll === 0 ? 0 : Math.min(1, hop.baseline.requests / baselineAll);
      // Half of it: which requests call it is chance too.
      return short(hop, hop.canary.requests, Math.floor((minRequests * called) / 2));
    });
  return [...short(entering[0], all, minRequests), ...others];
}
