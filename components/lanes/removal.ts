import { groupLabel } from "../../tools/mesh/group-label";
import { isRecord } from "../../tools/values";
import type { ServiceName } from "./hosts";

/** A service that this program runs, with its versions. */
export interface RunService extends ServiceName {
  readonly versions: readonly string[];
}

/** An object of a lane group in the cluster, as far as it tells whose routes it has. */
export interface GroupObject {
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * What the callers of services get when their lane group goes and the pods stay: a Service without routes is balanced over all
 * pods, of whatever version.
 *
 * @param services the group's.
 * @param running what runs afterwards; services of one version are as before.
 * @param baseline the version to stay with, where it is known.
 * @returns undefined where nobody is served otherwise than by one version.
 */
export function mixedAfter(
  group: string,
  services: readonly ServiceName[],
  running: readonly RunService[],
  baseline?: string,
): string | undefined {
  const isRouted = (run: RunService) =>
    services.some(({ name, namespace }) => name === run.name && namespace === run.namespace);
  const mixed = running.filter((run) => run.versions.length > 1 && isRouted(run));
  if (mixed.length === 0) return undefined;
  const words = mixed.map(({ name, versions }) => `${name} (${versions.join(", ")})`).join(", ");
  const pin = baseline ?? "stable";
  return (
    `lane group ${group} goes and its workloads stay: every request, and every socket from then on, gets any of the versions of ` +
    `${words}. To stay with one version, keep the group with that lane alone, \`baseline: ${pin}\` and ` +
    `\`lanes: [{ name: ${pin} }]\`, or remove the other versions first.`
  );
}

/**
 * The same for each group that the cluster has and the config no longer.
 *
 * @param live what the cluster has of the stack.
 * @param kept names of the config's groups.
 */
export function removedGroups(
  live: readonly GroupObject[],
  kept: readonly string[],
  running: readonly RunService[],
): string[] {
  const services = new Map<string, ServiceName[]>();
  for (const { kind, labels, content } of live) {
    const group = labels[groupLabel];
    const host = isRecord(content.spec) ? content.spec.host : undefined;
    if (kind !== "DestinationRule" || group === undefined || typeof host !== "string" || kept.includes(group)) continue;
    // The objects of a group name hosts in full, in whatever cluster domain.
    const [name = "", namespace = ""] = host.split(".");
    const known = services.get(group) ?? [];
    // A host has several rules.
    if (known.some((each) => each.name === name && each.namespace === namespace)) continue;
    services.set(group, [...known, { name, namespace }]);
  }
  return [...services].flatMap(([group, routed]) => mixedAfter(group, routed, running) ?? []);
}
