import { certificateCovers, overlaps } from "../../components/lanes/hosts";
import type { LaneGroup } from "../../components/lanes/spec";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import type { Sections } from "../stack";
import { credentialOf, type GatewayPort, gatewayName } from "./gateway";

/** What the hosts of a lane group depend on. */
type Served = Pick<Sections, "gateway" | "gateways" | "tls">;

/** Requests for the hosts of a lane group must get through its gateway. */
export function checkEntryHosts(problems: Problems, at: string, group: LaneGroup, config: Served): void {
  const gateway = [config.gateway, ...config.gateways].find((each) => gatewayName(each) === group.entry.gateway);
  if (!gateway) return;
  const served = gateway.ports.flatMap((port) => port.hosts);
  const check = (path: string, host: string) => {
    const ports = gateway.ports.filter((port) => port.hosts.some((pattern) => overlaps(pattern, host)));
    if (ports.length === 0) {
      const fix = `Add it to a port of gateway ${group.entry.gateway}, or use one of its hosts.`;
      problems.add(path, `the gateway does not serve host ${quote(host)}`, served.join(", "), fix);
    } else if (host !== "*") {
      checkCertified(problems, path, host, ports, config);
    }
  };
  for (const [index, host] of group.entry.hosts.entries()) check(`${at}.entry.hosts[${index}]`, host);
  for (const [lane, { match }] of group.lanes.entries()) {
    for (const [number, { hosts }] of match.entries()) {
      const where = `${at}.lanes[${lane}].match${match.length > 1 ? `[${number}]` : ""}`;
      for (const [index, host] of hosts.entries()) check(`${where}.hosts[${index}]`, host);
    }
  }
  for (const [route, { hosts }] of group.entry.routes.entries()) {
    for (const [index, host] of hosts.entries()) check(`${at}.entry.routes[${route}].hosts[${index}]`, host);
  }
}

/** A host that is served by HTTPS only, by a certificate of this stack, must be on it: clients would refuse the rest. */
function checkCertified(
  problems: Problems,
  path: string,
  host: string,
  ports: readonly GatewayPort[],
  { tls }: Served,
): void {
  const entries = ports.map((port) => tls.find((entry) => entry.secret === credentialOf(port)));
  // A port without an entry is plain HTTP, or its certificate is managed elsewhere.
  if (entries.some((entry) => entry === undefined || entry.hosts.some((name) => certificateCovers(name, host)))) return;
  const expected = [...new Set(entries.flatMap((entry) => entry?.hosts ?? []))].join(", ");
  const got = `no certificate of the gateway covers ${quote(host)}, which is served by HTTPS only`;
  problems.add(path, got, expected, "Add the host to the tls entry, or use a host of it.");
}
