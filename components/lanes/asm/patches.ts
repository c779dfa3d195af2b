import { entryPolicy, servicePolicy } from "../policy/effective";
import { trafficPolicy, withPolicy } from "../policy/istio";
import type { LaneGroup, LaneService } from "../spec";

/*
 * `httpRoutePatch` and `trafficPolicyPatch` of an ASMSwimLaneGroup: any JSON in ASM's Go types, and not in its field reference. What
 * is written means the same however ASM reads them, as far as that goes: fields of Istio that ASM has no use for itself, whole for each
 * service. The group's `default…Patch` stays empty, since nobody tells how it meets a service's own; that a service lifts the
 * group's timeout could not be said beside one.
 */

/** The patches of a service of a validated group; none: no field at all. */
export function servicePatches(group: LaneGroup, service: LaneService): object {
  if (!group.asmPatches) return {};
  const traffic = trafficPolicy(service.traffic);
  const route = withPolicy({}, servicePolicy(group, service));
  return {
    ...(traffic && { trafficPolicyPatch: traffic }),
    ...(Object.keys(route).length > 0 && { httpRoutePatch: route }),
  };
}

/** The gateway's route where it is the product's own, which no patch of ASM is laid over. */
export function patchedPassThrough<Route extends object>(group: LaneGroup, service: LaneService, route: Route): Route {
  return group.asmPatches ? withPolicy(route, entryPolicy(group, service)) : route;
}
