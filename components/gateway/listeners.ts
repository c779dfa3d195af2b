import type { Input } from "@pulumi/pulumi";
import type { Problem } from "../../tools/user-error";
import type { GatewayAccess } from "../cluster/cluster";
import { type GatewayDeployment, type GatewayServiceType, serverTls, serviceType } from "./gateway-deployment";

/** One port that the gateway listens on. */
export interface GatewayPort {
  /** Name of the port, unique in its `Gateway`. @example "http" */
  readonly name: string;
  /** 1 to 65535. */
  readonly port: number;
  /** What clients speak; TLS ends at the gateway with HTTPS alone. */
  readonly protocol: "HTTP" | "HTTPS" | "HTTP2" | "GRPC";
  /** Host names it serves; `*` is any. */
  readonly hosts: readonly Input<string>[];
  /**
   * Secret with `tls.crt` and `tls.key` in the namespace of the gateway's pods. Needed for HTTPS.
   * @default none: HTTP, or HTTPS that is redirected to
   */
  readonly credentialName?: Input<string>;
  /** Whether requests are sent on to HTTPS (301) and none is served. HTTP only. @default false */
  readonly redirect?: boolean;
  /** Port of every node that leads to it, where the Service is of type NodePort. @default Kubernetes chooses one */
  readonly nodePort?: number;
}

/** A `Gateway` object and the ports it listens on. Several of them can share the pods, and ports too. */
export interface GatewayListeners {
  /** Name of the object. @example "ingressgateway" */
  readonly name: string;
  /** Namespace of the object. */
  readonly namespace: string;
  /** What it listens on. */
  readonly ports: readonly GatewayPort[];
}

/** A port of the gateway's Service. */
export interface SharedPort {
  readonly name: string;
  readonly port: number;
  readonly nodePort?: number;
}

/**
 * The ports that all these gateways need, each number once, in the order in which they come up. A later one whose name
 * is taken gets its number as well: `http`, `http-30080`.
 */
export function sharedPorts(gateways: readonly Pick<GatewayListeners, "ports">[]): SharedPort[] {
  const found = new Map<number, SharedPort>();
  for (const { name, port, nodePort } of gateways.flatMap(({ ports }) => ports)) {
    if (found.has(port)) continue;
    const taken = [...found.values()].some((other) => other.name === name);
    // A Kubernetes port name has 63 characters; the number takes at most six of them.
    const unique = taken ? `${name.slice(0, 57)}-${port}` : name;
    found.set(port, { name: unique, port, ...(nodePort !== undefined && { nodePort }) });
  }
  return [...found.values()];
}

/** Servers of an Istio `Gateway`; see https://istio.io/latest/docs/reference/config/networking/gateway/#Server */
export function gatewayServers(
  ports: readonly GatewayPort[],
  deployment: GatewayDeployment = {},
): Record<string, unknown>[] {
  return ports.map(({ name, port, protocol, hosts, credentialName, redirect }) => ({
    port: { number: port, name, protocol },
    hosts: [...hosts],
    ...(protocol === "HTTPS" ? { tls: serverTls(credentialName, deployment) } : {}),
    ...(redirect ? { tls: { httpsRedirect: true } } : {}),
  }));
}

interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: "TCP";
  readonly targetPort: number;
  readonly nodePort?: number;
}

/** `service` of the gateway chart's values. */
export interface ServiceValues {
  readonly type: GatewayServiceType;
  readonly externalIPs?: readonly Input<string>[];
  readonly ports: readonly ServicePort[];
}

/** The proxy's own health port; a load balancer asks it. */
const statusPort: ServicePort = { name: "status-port", port: 15021, protocol: "TCP", targetPort: 15021 };

/** The gateway's Service: its ports, and how they are reached from outside the cluster. */
export function serviceValues(
  ports: readonly SharedPort[],
  access: GatewayAccess,
  deployment: GatewayDeployment = {},
): ServiceValues {
  const type = serviceType(access, deployment);
  const servicePorts = ports.map<ServicePort>(({ name, port, nodePort }) => ({
    ...{ name, port, protocol: "TCP", targetPort: port },
    ...(nodePort !== undefined && { nodePort }),
  }));
  switch (access.kind) {
    case "externalIp":
      return { type, externalIPs: [access.address], ports: [statusPort, ...servicePorts] };
    case "hostPort":
      return {
        type,
        ports: [
          statusPort,
          ...servicePorts.map((port) => ({ ...port, nodePort: published(access, port.port)?.nodePort })),
        ],
      };
    case "loadBalancer":
      return { type, ports: [statusPort, ...servicePorts] };
    default: {
      const never: never = access;
      return never;
    }
  }
}

/** The URL of a port as a browser on this machine opens it: the scheme's own port is left out. */
export function gatewayUrl(port: GatewayPort, host: string, access: GatewayAccess): string {
  const scheme = port.protocol === "HTTPS" ? "https" : "http";
  const ofHost = access.kind === "hostPort" ? published(access, port.port)?.hostPort : undefined;
  const number = ofHost ?? port.nodePort ?? port.port;
  const usual = scheme === "https" ? 443 : 80;
  return number === usual ? `${scheme}://${host}` : `${scheme}://${host}:${number}`;
}

/**
 * `namespace/name/port` -> URL, for every port of every gateway.
 * @example { "istio-system/ingressgateway/http": "http://10.200.0.2" }
 */
export function gatewayUrls(
  gateways: readonly GatewayListeners[],
  host: string,
  access: GatewayAccess,
): Record<string, string> {
  return Object.fromEntries(
    gateways.flatMap(({ namespace, name, ports }) =>
      ports.map((port) => [`${namespace}/${name}/${port.name}`, gatewayUrl(port, host, access)]),
    ),
  );
}

/** Ports that the host of the cluster does not publish, where it publishes any: nothing outside would reach them. */
export function portProblems(path: string, ports: readonly SharedPort[], access: GatewayAccess): Problem[] {
  if (access.kind !== "hostPort") return [];
  const expected = `ports that the cluster publishes: ${access.ports.map(({ port }) => port).join(", ") || "none"}`;
  const fix = "Publish the port in the cluster's arguments, or leave it out here.";
  return ports
    .filter(({ port }) => published(access, port) === undefined)
    .map(({ port }) => ({ path, got: `got port ${port}`, expected, fix }));
}

function published(access: Extract<GatewayAccess, { kind: "hostPort" }>, port: number) {
  return access.ports.find((entry) => entry.port === port);
}
