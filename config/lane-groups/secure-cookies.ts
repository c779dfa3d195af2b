import { overlaps } from "../../components/lanes/hosts";
import type { LaneGroup } from "../../components/lanes/spec";
import { gatewayName } from "../gateway/gateway";
import type { Sections } from "../stack";

/**
 * Sticky cookies are sent over HTTPS only where the gateway serves a group's hosts by nothing else: there a cookie without
 * `Secure` could leak over a request that is redirected. What a group says itself stays.
 */
export function withSecureCookies(
  group: LaneGroup,
  { gateway, gateways }: Pick<Sections, "gateway" | "gateways">,
): LaneGroup {
  const { entry } = group;
  if (entry.sticky === false || entry.sticky.secure !== undefined) return group;
  const own = [gateway, ...gateways].find((each) => gatewayName(each) === entry.gateway);
  const serving = (own?.ports ?? []).filter((port) =>
    port.hosts.some((pattern) => entry.hosts.some((host) => overlaps(pattern, host))),
  );
  const isHttps = serving.length > 0 && serving.every((port) => port.protocol === "HTTPS" || port.redirect);
  return isHttps ? { ...group, entry: { ...entry, sticky: { ...entry.sticky, secure: true } } } : group;
}
