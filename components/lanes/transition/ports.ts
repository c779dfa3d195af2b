import type { Stage } from "../object";
import { lanePorts } from "../ports";
import type { LaneService } from "../spec";
import type { Change } from "./change";
import type { Chains, Fault, PodsOfBoth } from "./fault";
import { momentsOf } from "./moments";

/**
 * Ports that lanes routed and no longer route, while the Service may keep them: from the step of the services' routes on no rule is
 * left there, and every pod of the service answers, of whatever version.
 *
 * @param was the chains before the update: a lane that does not reach the service has nobody who calls it.
 * @param pods see `TransitionOptions`.
 */
export function portFaults(
  change: Change,
  was: Chains,
  steps: readonly (readonly Stage[])[],
  pods: PodsOfBoth | undefined,
): Fault[] {
  const moment = momentsOf(steps).find(({ services }) => services !== "old")?.words ?? "";
  return change.after.services.flatMap((service) => {
    const old = change.before.services.find(({ name }) => name === service.name);
    if (!old || versionsOfBoth(old, service, pods).size < 2) return [];
    const kept = lanePorts(service);
    const lost = lanePorts(old).filter((port) => !kept.includes(port));
    const lanes = [...was].flatMap(([lane, chain]) => (chain.get(service.name) === undefined ? [] : [lane]));
    return lost.flatMap((port) =>
      lanes.map((lane): Fault => ({ kind: "any-version", moment, lane, service: service.name, port })),
    );
  });
}

/** Pods come first and go last, so that while routes change those of both run. */
function versionsOfBoth(old: LaneService, now: LaneService, pods: PodsOfBoth | undefined): ReadonlySet<string> {
  const [before, after] = [pods?.before[old.name], pods?.after[old.name]];
  return new Set(before || after ? [...(before ?? []), ...(after ?? [])] : [...old.versions, ...now.versions]);
}
