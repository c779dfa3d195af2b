import { entryServices } from "../../components/lanes/entries/parts";
import { overlaps } from "../../components/lanes/hosts";
import type { LaneGroup } from "../../components/lanes/spec";
import { gatewayName } from "../../config/gateway/gateway";
import type { GatewayPort, StackConfig } from "../../config/stack";
import { protocolOf } from "../../config/workloads/args";

/** Where the requests of a lane group go, or why none are sent. */
export type GroupTarget =
  | {
      readonly group: LaneGroup;
      readonly url: string;
      /** Services behind the gateway that speak gRPC. @default none */
      readonly grpc?: readonly string[];
    }
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
    const others = notMocks(group, stack, url !== undefined);
    if (others.length > 0) {
      const skipped = `only answers of the mock app tell their versions, and ${others.join(", ")} ${others.length === 1 ? "is another" : "are others"}; \`lanes preflight\` follows a request through services of your own`;
      return { group, skipped };
    }
    const grpc = grpcServices(group, stack);
    const speaks = grpc.length > 0 ? { grpc } : {};
    if (url !== undefined) return { group, url, ...speaks };
    const host = group.lanes[0]?.match[0]?.hosts[0] ?? group.entry.hosts[0] ?? "*";
    const gateway = [stack.gateway, ...stack.gateways].find((each) => gatewayName(each) === group.entry.gateway);
    const serves = (port: GatewayPort) =>
      port.protocol === "HTTP" && !port.redirect && port.hosts.some((pattern) => overlaps(pattern, host));
    const port = gateway?.ports.find(serves);
    const own = port && urls[`${group.entry.gateway}/${port.name}`];
    return own === undefined
      ? { group, skipped: `gateway ${group.entry.gateway} serves ${host} on no HTTP port` }
      : { group, url: own, ...speaks };
  });
}

/**
 * Services of the group that are not known to run the mock app.
 *
 * @param trusted whether somebody says so of those that the stack does not run: who names a URL does.
 */
function notMocks({ services }: LaneGroup, { workloads }: Stack, trusted: boolean): string[] {
  return services.flatMap(({ name, namespace }) => {
    const own = workloads.find((workload) => workload.namespace === namespace && workload.name === name);
    return own?.app === "mock" || (own === undefined && trusted) ? [] : [name];
  });
}

/** Those that the stack does not run are taken for HTTP. */
function grpcServices(group: LaneGroup, { workloads }: Stack): string[] {
  const found = entryServices(group).filter(({ name, namespace }) =>
    workloads.some((each) => each.namespace === namespace && each.name === name && protocolOf(each) === "grpc"),
  );
  return found.map(({ name }) => name);
}
