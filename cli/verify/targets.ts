import type { LaneGroup } from "../../components/lanes/spec";
import type { GatewayPort, StackConfig } from "../../stacks/config";
import { gatewayName, hostsOverlap } from "../../stacks/cross-check-gateways";

/** Where the requests of a lane group go, or why none are sent. */
export type GroupTarget =
  | { readonly group: LaneGroup; readonly url: string }
  | { readonly group: LaneGroup; readonly skipped: string };

type Stack = Pick<StackConfig, "gateway" | "gateways" | "workloads">;

/**
 * Each group's own gateway: the first HTTP port of it that serves the group's host.
 *
 * @param urls the stack's output `gatewayUrls`: `namespace/name/port` -> URL.
 * @param url stands in for all of them.
 */
export function groupTargets(
  groups: readonly LaneGroup[],
  stack: Stack,
  urls: Readonly<Record<string, string>>,
  url?: string,
): GroupTarget[] {
  return groups.map((group) => {
    const others = otherApps(group, stack);
    if (others.length > 0) {
      const names = new Intl.ListFormat("en").format(others);
      return { group, skipped: `${names} do not name their versions hop by hop; verified by its scenario test` };
    }
    if (url !== undefined) return { group, url };
    const host = group.lanes[0]?.match?.hosts[0] ?? group.entry.hosts[0] ?? "*";
    const gateway = [stack.gateway, ...stack.gateways].find((each) => gatewayName(each) === group.entry.gateway);
    const serves = (port: GatewayPort) =>
      port.protocol === "HTTP" && port.hosts.some((pattern) => hostsOverlap(pattern, host));
    const port = gateway?.ports.find(serves);
    const own = port && urls[`${group.entry.gateway}/${port.name}`];
    return own === undefined
      ? { group, skipped: `gateway ${group.entry.gateway} serves ${host} on no HTTP port` }
      : { group, url: own };
  });
}

/** `wsk (wsk)`: services of the group that this stack runs with an app other than the mock. */
function otherApps({ services, namespace }: LaneGroup, { workloads }: Stack): string[] {
  return services.flatMap(({ name }) => {
    const workload = workloads.find((candidate) => candidate.name === name && candidate.namespace === namespace);
    return workload && workload.app !== "mock" ? [`${name} (${workload.app})`] : [];
  });
}
