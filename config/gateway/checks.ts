import { asmGatewayNamespace } from "../../components/alibaba/values";
import { isHostPattern } from "../../components/lanes/syntax";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import type { Sections } from "../stack";
import { onlyFor, type Written } from "../values";
import { type GatewayConfig, type GatewayPort, gatewayName } from "./gateway";
import { checkLoadBalancer } from "./load-balancer-checks";

/** Ports of every Istio proxy: https://istio.io/latest/docs/ops/deployment/application-requirements/ */
const proxyPorts: ReadonlySet<number> = new Set([
  ...[15000, 15001, 15002, 15004, 15006, 15008, 15009, 15010, 15012, 15014, 15017, 15020, 15021, 15053, 15090],
]);

/** Each gateway by itself, and all of them on the pods that they share. */
export function checkGateways(problems: Problems, { gateway, gateways }: Pick<Sections, "gateway" | "gateways">): void {
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
  port.hosts.forEach((host, index) => {
    if (isHostPattern(host)) return;
    const expected = "*, a DNS name, or *.name; no scheme, port or path";
    problems.add(
      `${path}.hosts[${index}]`,
      `got ${quote(host)}`,
      expected,
      "Write a DNS name such as shop.example.com, or *.example.com for all below it.",
    );
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

/** Where the gateway of an ASM mesh is, and what leads to it. */
export function checkAsmGateway(
  problems: Problems,
  { cluster, mesh, gateway }: Pick<Sections, "cluster" | "mesh" | "gateway">,
  written: Written,
): void {
  if (mesh.kind !== "asm") {
    onlyFor(problems, written, "gateway.loadBalancer", "a mesh of kind asm");
    return;
  }
  if (gateway.namespace !== asmGatewayNamespace) {
    const got = `got ${quote(gateway.namespace)}`;
    const fix = "Remove the line; Gateways may be elsewhere.";
    problems.add("gateway.namespace", got, `${asmGatewayNamespace} on asm`, fix);
  }
  checkLoadBalancer(problems, { cluster, mesh, gateway }, written);
}
