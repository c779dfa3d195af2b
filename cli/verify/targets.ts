import { overlaps } from "../../components/lanes/hosts";
import type { LaneGroup } from "../../components/lanes/spec";
import { gatewayName } from "../../config/gateway/gateway";
import type { GatewayPort, StackConfig } from "../../config/stack";

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
      const skipped = `apps that do not answer as the mock chain does: ${others.join(", ")}; verified by its scenario test`;
      return { group, skipped };
    }
    if (url !== undefined) return { group, url };
    const host = group.lanes[0]?.match?.hosts[0] ?? group.entry.hosts[0] ?? "*";
    const gateway = [stack.gateway, ...stack.gateways].find((each) => gatewayName(each) === group.entry.gateway);
    const serves = (port: GatewayPort) =>
      port.protocol === "HTTP" && !port.redirect && port.hosts.some((pattern) => overlaps(pattern, host));
    const port = gateway?.ports.find(serves);
    const own = port && urls[`${group.entry.gateway}/${port.name}`];
    return own === undefined
      ? { group, skipped: `gateway ${group.entry.gateway} serves ${host} on no HTTP port` }
      : { group, url: own };
  });
}

/** Apps other than the mock that this stack runs for services of the group, each once. */
function otherApps({ services, namespace }: LaneGroup, { workloads }: Stack): string[] {
  const own = workloads.filter(
    (workload) => workload.namespace === namespace && services.some(({ name }) => name === workload.name),
  );
  return [...new Set(own.flatMap(({ app, image }) => app ?? image ?? []).filter((app) => app !== "mock"))];
}
