import { certificateCovers, overlaps } from "../components/lanes/hosts";
import type { LaneGroup } from "../components/lanes/spec";
import { isHostPattern } from "../components/lanes/syntax";
import { type Problems, quote } from "../components/lanes/validate/problems";
import type { GatewayConfig, GatewayPort, StackConfig } from "./config";

/** Ports of every Istio proxy: https://istio.io/latest/docs/ops/deployment/application-requirements/ */
const proxyPorts: ReadonlySet<number> = new Set([
  ...[15000, 15001, 15002, 15004, 15006, 15008, 15009, 15010, 15012, 15014, 15017, 15020, 15021, 15053, 15090],
]);

/** `namespace/name`, as lane groups name it. */
export function gatewayName({ namespace, name }: Pick<GatewayConfig, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** Each gateway by itself, and all of them on the pods that they share. */
export function checkGateways(problems: Problems, { gateway, gateways }: StackConfig): void {
  const placed = [
    { path: "gateway", gateway },
    ...gateways.map((further, index) => ({ path: `gateways[${index}]`, gateway: further })),
  ];
  const names = placed.map((each) => gatewayName(each.gateway));
  problems.duplicates(names, (index) => `${placed[index]?.path}.name`, "gateway");
  for (const each of placed) checkGateway(problems, each.path, each.gateway);
  checkShared(
    problems,
    placed.flatMap(({ path, gateway: { ports } }) =>
      ports.map((port, index) => ({ path: `${path}.ports[${index}]`, port })),
    ),
  );
}

function checkGateway(problems: Problems, path: string, gateway: GatewayConfig): void {
  problems.dnsLabel(`${path}.name`, gateway.name);
  problems.dnsLabel(`${path}.namespace`, gateway.namespace);
  const names = gateway.ports.map((port) => port.name);
  problems.duplicates(names, (index) => `${path}.ports[${index}].name`, "port name");
  for (const [index, port] of gateway.ports.entries()) checkPort(problems, `${path}.ports[${index}]`, port);
}

function checkPort(problems: Problems, path: string, port: GatewayPort): void {
  problems.dnsLabel(`${path}.name`, port.name);
  if (proxyPorts.has(port.port)) {
    problems.add(
      `${path}.port`,
      `got ${port.port}`,
      "a port that Istio's proxy does not use itself",
      "Use another port.",
    );
  }
  if (port.protocol === "HTTPS" && port.credentialName === undefined) {
    const fix = "Name the TLS secret: an entry of tls, or one that is managed elsewhere.";
    problems.add(`${path}.credentialName`, "missing", "required for HTTPS", fix);
  } else if (port.protocol === "HTTP" && port.credentialName !== undefined) {
    const fix = "Remove it, or set protocol: HTTPS.";
    problems.add(`${path}.credentialName`, `got ${quote(port.credentialName)}`, "only for HTTPS", fix);
  }
  if (port.protocol === "HTTPS" && port.redirect !== undefined) {
    problems.add(`${path}.redirect`, `got ${port.redirect}`, "only for HTTP", "Remove it, or set protocol: HTTP.");
  }
  port.hosts.forEach((host, index) => {
    if (isHostPattern(host)) return;
    const expected = "*, a DNS name, or *.name; no scheme, port or path";
    problems.add(`${path}.hosts[${index}]`, `got ${quote(host)}`, expected, "Correct the host name.");
  });
}

interface PlacedPort {
  readonly path: string;
  readonly port: GatewayPort;
}

/** One listener has one protocol; of two servers for one host Istio would drop the second without a word. */
function checkShared(problems: Problems, placed: readonly PlacedPort[]): void {
  const first = new Map<number, PlacedPort>();
  const hosts = new Map<string, string>();
  for (const { path, port } of placed) {
    const earlier = first.get(port.port);
    if (earlier === undefined) {
      first.set(port.port, { path, port });
    } else if (earlier.port.protocol !== port.protocol) {
      const got = `${port.protocol} on port ${port.port}, but ${earlier.path} has ${earlier.port.protocol} there`;
      problems.add(`${path}.protocol`, got, "one protocol per port", "Use the same protocol, or another port.");
      continue;
    }
    port.hosts.forEach((host, index) => {
      const key = `${port.port} ${host.toLowerCase()}`;
      const at = `${path}.hosts[${index}]`;
      const owner = hosts.get(key);
      if (owner === undefined) {
        hosts.set(key, at);
      } else {
        const got = `host ${quote(host)} on port ${port.port} is in ${owner} too`;
        problems.add(at, got, "each host once per port", "Give one of them other hosts or another port.");
      }
    });
  }
}

/** Requests for the hosts of a lane group must get through its gateway. */
export function checkEntryHosts(problems: Problems, at: string, group: LaneGroup, config: StackConfig): void {
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
    for (const [index, host] of (match?.hosts ?? []).entries())
      check(`${at}.lanes[${lane}].match.hosts[${index}]`, host);
  }
}

/** A host that is served by HTTPS only, by a certificate of this stack, must be on it: clients would refuse the rest. */
function checkCertified(
  problems: Problems,
  path: string,
  host: string,
  ports: readonly GatewayPort[],
  { tls }: StackConfig,
): void {
  const entries = ports.map(({ credentialName }) => tls.find((entry) => entry.secret === credentialName));
  // A port without an entry is plain HTTP, or its certificate is managed elsewhere.
  if (entries.some((entry) => entry === undefined || entry.hosts.some((name) => certificateCovers(name, host)))) return;
  const expected = [...new Set(entries.flatMap((entry) => entry?.hosts ?? []))].join(", ");
  const got = `no certificate of the gateway covers ${quote(host)}, which is served by HTTPS only`;
  problems.add(path, got, expected, "Add the host to the tls entry, or use a host of it.");
}
