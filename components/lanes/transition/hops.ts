import { laneVersions } from "../plan";
import { serviceRules } from "../rules";
import type { LaneGroup, LaneService } from "../spec";
import type { Change } from "./change";
import type { OldVersions } from "./labels";
import type { Moment, Phase } from "./moments";

/** Where a proxy may send a request: a version, or why it fails. `any`: the service has no routes, so each version may answer. */
export type Target =
  | { readonly kind: "version"; readonly version: string }
  | { readonly kind: "any" | "no-route" }
  | { readonly kind: "no-subset"; readonly version: string | undefined };

/** What tells a request's lane at a hop: its route header, or its caller's label. */
export interface Told {
  readonly header?: { readonly name: string | undefined; readonly lane: string };
  readonly label?: string;
}

/** Targets of requests at a moment, as each of the proxies may have them. */
export class Hops {
  private readonly rules = new Map<string, Rules | undefined>();

  /** Service -> versions that have a subset. */
  private readonly subsets: Readonly<Record<keyof Change, ReadonlyMap<string, ReadonlySet<string>>>>;

  public constructor(
    private readonly change: Change,
    private readonly oldVersions: OldVersions,
  ) {
    this.subsets = { before: subsetsOf(change.before), after: subsetsOf(change.after) };
  }

  /** A request to a service from within the mesh. */
  public call(service: string, told: Told, moment: Moment): Target[] {
    const [old, now] = [this.rulesOf("before", service), this.rulesOf("after", service)];
    const phase = old && now ? moment.services : now ? moment.services : moment.leftRoutes;
    const sets = picked(phase, old, old && !now ? undefined : now);
    return distinct(
      sets.flatMap((rules): Target[] => {
        if (!rules) return [{ kind: "any" }];
        const version = versionFor(rules, told);
        return version === undefined ? [{ kind: "no-route" }] : this.subset(service, version, moment);
      }),
    );
  }

  /** What a route to a version's subset comes to. Those of before are deleted last, and those of both stay. */
  public subset(service: string, version: string | undefined, moment: Moment): Target[] {
    const has = (side: keyof Change) =>
      version !== undefined && (this.subsets[side].get(service)?.has(version) ?? false);
    const [old, now] = [has("before"), has("after")];
    const changed = old && now ? this.oldVersions.changedWith(service, version) : undefined;
    const phase = moment[changed ?? (old && !now ? "leftSubsets" : "subsets")];
    const target = (known: boolean, name: (service: string, version: string) => string): Target =>
      known && version !== undefined
        ? { kind: "version", version: name(service, version) }
        : { kind: "no-subset", version };
    const [was, is] = [target(old, this.nameOf("before")), target(now, this.nameOf("after"))];
    return distinct(picked(phase, was, is));
  }

  /** What a version is called by the labels of one side. */
  private nameOf(side: keyof Change): (service: string, version: string) => string {
    return side === "before"
      ? (service, version) => this.oldVersions.nameOf(service, version)
      : (_, version) => version;
  }

  private rulesOf(side: keyof Change, name: string): Rules | undefined {
    const key = `${side} ${name}`;
    if (this.rules.has(key)) return this.rules.get(key);
    const group = this.change[side];
    const service = group.services.find((each) => each.name === name);
    const rules = service && rulesFrom(group, service, this.nameOf(side));
    this.rules.set(key, rules);
    return rules;
  }
}

/** Rules of a service; no two of them fit one request but for the last, which fits all. */
interface Rules {
  /** Name and value of the route header -> version. */
  readonly byHeader: ReadonlyMap<string, string>;
  /** The caller's version, as its labels tell it -> version. */
  readonly byLabel: ReadonlyMap<string, string>;
  readonly last: string | undefined;
}

/** Undefined: a service without any rule has no object. */
function rulesFrom(
  group: LaneGroup,
  service: LaneService,
  nameOf: (service: string, version: string) => string,
): Rules | undefined {
  const rules = serviceRules(group, service);
  if (rules.length === 0) return undefined;
  const byHeader = rules.flatMap(({ when, version }): [string, string][] =>
    when?.kind === "header" ? [[`${when.header} ${when.value}`, version]] : [],
  );
  const byLabel = rules.flatMap(({ when, version }) =>
    when?.kind === "source"
      ? when.callers.map((caller): [string, string] => [nameOf(caller.service.name, caller.version), version])
      : [],
  );
  // Of several with one key the first is taken.
  return {
    byHeader: new Map(byHeader.reverse()),
    byLabel: new Map(byLabel.reverse()),
    last: rules.find(({ when }) => !when)?.version,
  };
}

function versionFor({ byHeader, byLabel, last }: Rules, { header, label }: Told): string | undefined {
  const named = header && byHeader.get(`${header.name} ${header.lane}`);
  return named ?? (label === undefined ? undefined : byLabel.get(label)) ?? last;
}

function subsetsOf(group: LaneGroup): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(group.services.map((service) => [service.name, new Set(laneVersions(group, service))]));
}

export function picked<Value>(phase: Phase, old: Value, now: Value): Value[] {
  if (phase === "either") return [old, now];
  return [phase === "old" ? old : now];
}

function distinct(targets: readonly Target[]): Target[] {
  if (targets.length < 2) return [...targets];
  const same = (one: Target, other: Target) =>
    one.kind === other.kind &&
    (one.kind !== "version" || other.kind !== "version" || one.version === other.version) &&
    (one.kind !== "no-subset" || other.kind !== "no-subset" || one.version === other.version);
  return targets.filter((target, index) => targets.findIndex((other) => same(target, other)) === index);
}
