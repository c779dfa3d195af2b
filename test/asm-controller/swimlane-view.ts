import { type KubeObject, refused } from "./objects";
import type { GroupSpec, LaneSpec, ServiceRef } from "./swimlane-schemas";

export interface Lane extends Omit<LaneSpec, "services"> {
  readonly object: KubeObject;
  readonly name: string;
  /** Those that it has of its own. "Every lane must contain all services" in strict mode, and so none need be named. */
  readonly services: readonly ServiceRef[];
}

/** A group with its lanes, as the rules look at it. */
export interface Swimlanes {
  readonly group: KubeObject;
  readonly spec: GroupSpec;
  readonly lanes: readonly Lane[];
  /** None in strict mode. */
  readonly permissive?: NonNullable<GroupSpec["permissiveModeConfiguration"]>;
}

export function serviceHost({ name, namespace }: ServiceRef): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/**
 * The subset that stands in for lanes without a service: the fallback target, or the service's own one (1.21). The target must have it:
 * "we must make sure that the fallback target version of the service exists" (Go types).
 */
export function subsetOf({ group, lanes, permissive }: Swimlanes, service: ServiceRef): string {
  const { name, namespace } = service;
  const target = permissive?.serviceLevelFallbackTarget?.[`${namespace}/${name}`] ?? permissive?.fallbackTarget ?? "";
  const lane = lanes.find((candidate) => candidate.name === target);
  if (lane?.services.some((own) => own.name === name && own.namespace === namespace)) return target;
  const path = "spec.permissiveModeConfiguration.fallbackTarget";
  const got = lane ? `${target}, which lacks ${namespace}/${name}` : `${target}, which is no lane of the group`;
  throw refused(group, {
    path,
    got,
    expected: "a lane with every service",
    fix: "Name another, or give it the service.",
  });
}
