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
  private readonly rules = new Map<string, readonly ServiceRule[]>();

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
        const rule = rules.find((each) => holds(each, told));
        return rule ? this.subset(service, rule.subset, moment) : [{ kind: "no-route" }];
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

  private rulesOf(side: keyof Change, name: string): readonly ServiceRule[] | undefined {
    const group = this.change[side];
    const service = group.services.find((each) => each.name === name);
    if (!service) return undefined;
    const key = `${side} ${name}`;
    const found = this.rules.get(key) ?? serviceRules(group, service);
    this.rules.set(key, found);
    // A service without any rule has no object.
    return found.length > 0 ? found : undefined;
  }
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

function holds({ when }: ServiceRule, told: Told): boolean {
  if (!when) return true;
  if (when.kind === "header") return told.header?.name === when.header && told.header.lane === when.value;
  return told.label !== undefined && when.versions.includes(told.label);
}

export function picked<Value>(phase: Phase, old: Value, now: Value): Value[] {
  if (phase === "either") return [old, now];
  return [phase === "old" ? old : now];
}

function distinct(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
}
