import { ownVersion } from "../plan";
import { type ServiceRule, serviceRules } from "../rules";
import type { LaneGroup } from "../spec";
import type { Moment, Phase } from "./moments";

/** A group before and after an update. */
export interface Change {
  readonly before: LaneGroup;
  readonly after: LaneGroup;
}

/** Where a proxy may send a request: a version, or why it fails. `any`: the service has no routes, so each version may answer. */
export type Target =
  | { readonly kind: "version"; readonly version: string }
  | { readonly kind: "any" | "no-route" }
  | { readonly kind: "no-subset"; readonly subset: string };

/** What tells a request's lane at a hop: its route header, or its caller's label. */
export interface Told {
  readonly header?: { readonly name: string | undefined; readonly lane: string };
  readonly label?: string;
}

/** Targets of requests at a moment, as each of the proxies may have them. */
export class Hops {
  private readonly rules = new Map<string, Rules | undefined>();

  /** `lane service` -> the lane's own version. */
  private readonly versions: Readonly<Record<keyof Change, ReadonlyMap<string, string>>>;

  public constructor(private readonly change: Change) {
    this.versions = { before: ownVersions(change.before), after: ownVersions(change.after) };
  }

  /** A request to a service from within the mesh. */
  public call(service: string, told: Told, moment: Moment): Target[] {
    const [old, now] = [this.rulesOf("before", service), this.rulesOf("after", service)];
    const phase = old && now ? moment.services : now ? moment.services : moment.leftRoutes;
    const sets = picked(phase, old, old && !now ? undefined : now);
    return distinct(
      sets.flatMap((rules): Target[] => {
        if (!rules) return [{ kind: "any" }];
        const subset = subsetFor(rules, told);
        return subset === undefined ? [{ kind: "no-route" }] : this.subset(service, subset, moment);
      }),
    );
  }

  /** The versions that a subset stands for. */
  public subset(service: string, subset: string, moment: Moment): Target[] {
    const [old, now] = [
      this.versions.before.get(`${subset} ${service}`),
      this.versions.after.get(`${subset} ${service}`),
    ];
    const phase = now === undefined ? moment.leftSubsets : moment.subsets;
    return distinct(
      picked(phase, old, now).map((version): Target => {
        return version === undefined ? { kind: "no-subset", subset } : { kind: "version", version };
      }),
    );
  }

  private rulesOf(side: keyof Change, name: string): Rules | undefined {
    const key = `${side} ${name}`;
    if (this.rules.has(key)) return this.rules.get(key);
    const group = this.change[side];
    const service = group.services.find((each) => each.name === name);
    const rules = service && rulesFrom(serviceRules(group, service));
    this.rules.set(key, rules);
    return rules;
  }
}

/** Rules of a service; no two of them fit one request but for the last, which fits all. */
interface Rules {
  /** Name and value of the route header -> subset. */
  readonly byHeader: ReadonlyMap<string, string>;
  /** Label of the caller -> subset. */
  readonly byLabel: ReadonlyMap<string, string>;
  readonly last: string | undefined;
}

/** Undefined: a service without any rule has no object. */
function rulesFrom(rules: readonly ServiceRule[]): Rules | undefined {
  if (rules.length === 0) return undefined;
  const byHeader = rules.flatMap(({ when, subset }): [string, string][] =>
    when?.kind === "header" ? [[`${when.header} ${when.value}`, subset]] : [],
  );
  const byLabel = rules.flatMap(({ when, subset }) =>
    when?.kind === "source" ? when.versions.map((label): [string, string] => [label, subset]) : [],
  );
  // Of several with one key the first is taken.
  return {
    byHeader: new Map(byHeader.reverse()),
    byLabel: new Map(byLabel.reverse()),
    last: rules.find(({ when }) => !when)?.subset,
  };
}

function subsetFor({ byHeader, byLabel, last }: Rules, { header, label }: Told): string | undefined {
  const named = header && byHeader.get(`${header.name} ${header.lane}`);
  return named ?? (label === undefined ? undefined : byLabel.get(label)) ?? last;
}

function ownVersions({ lanes, services }: LaneGroup): ReadonlyMap<string, string> {
  return new Map(
    lanes.flatMap((lane) =>
      services.flatMap((service): [string, string][] => {
        const version = ownVersion(lane, service);
        return version === undefined ? [] : [[`${lane.name} ${service.name}`, version]];
      }),
    ),
  );
}

export function picked<Value>(phase: Phase, old: Value, now: Value): Value[] {
  if (phase === "either") return [old, now];
  return [phase === "old" ? old : now];
}

function distinct(targets: readonly Target[]): Target[] {
  const same = (one: Target, other: Target) =>
    one.kind === other.kind &&
    (one.kind !== "version" || other.kind !== "version" || one.version === other.version) &&
    (one.kind !== "no-subset" || other.kind !== "no-subset" || one.subset === other.subset);
  return targets.filter((target, index) => targets.findIndex((other) => same(target, other)) === index);
}
