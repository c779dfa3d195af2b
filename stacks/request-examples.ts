import { gatewayName } from "../config/gateway/gateway";
import type { GatewayConfig, StackConfig } from "../config/stack";
import { curlCommand, hostsOverlap, type LaneGroupSpec as LaneGroup, laneRequest } from "../library";

/** Lane group -> lane -> a curl command, or why there is none. */
export type RequestExamples = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * How each lane is entered from outside.
 *
 * @param urls `namespace/name/port` -> URL, for every port of every gateway.
 */
export function requestExamples(
  { laneGroups, gateway, gateways }: Pick<StackConfig, "laneGroups" | "gateway" | "gateways">,
  urls: Readonly<Record<string, string>>,
): RequestExamples {
  return Object.fromEntries(
    laneGroups.map((group) => {
      const url = entryUrl(group, [gateway, ...gateways], urls);
      const lanes = group.lanes.map((lane) => {
        const entering = laneRequest(group, lane);
        return [lane.name, "request" in entering ? curlCommand(entering.request, url) : entering.impossible];
      });
      return [group.name, Object.fromEntries(lanes)];
    }),
  );
}

/** The port of the group's gateway that serves its host; HTTPS where both do. */
function entryUrl(
  { entry }: LaneGroup,
  gateways: readonly GatewayConfig[],
  urls: Readonly<Record<string, string>>,
): string {
  const ports = gateways.find((each) => gatewayName(each) === entry.gateway)?.ports ?? [];
  const serving = ports.filter((port) => port.hosts.some((host) => entry.hosts.some((own) => hostsOverlap(host, own))));
  const port = serving.find(({ protocol }) => protocol === "HTTPS") ?? serving[0];
  const url = port && urls[`${entry.gateway}/${port.name}`];
  // A load balancer that has no address yet leaves a URL without a host.
  return url !== undefined && URL.canParse(url) ? url : "http://GATEWAY";
}
