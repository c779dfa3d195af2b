import { z } from "zod";

/*
 * The ports of a service of a lane group. `port` is the one by which the entry, probes and examples reach it; `ports` are
 * further ones, each with its protocol. What is not declared is left as it is without lanes.
 */

/** Protocols whose requests a proxy routes by their headers. */
const routed = { http: "HTTP", http2: "HTTP/2", grpc: "gRPC" } as const;

/** Protocols in which a proxy sees connections and no requests. */
const opaque = {
  tcp: "TCP",
  tls: "TLS",
  udp: "UDP",
  thrift: "Thrift",
  kafka: "Kafka",
  amqp: "AMQP",
  mongo: "MongoDB",
  mysql: "MySQL",
  postgres: "PostgreSQL",
  redis: "Redis",
} as const;

const words: Readonly<Record<string, string>> = { ...routed, ...opaque };

type Routed = keyof typeof routed;
/** What is spoken on a port of a service. */
export type LanePortProtocol = Routed | keyof typeof opaque;

const lanePortProtocols = [...keysOf(routed), ...keysOf(opaque)] as const;

export const portSchema = z.number().int().min(1).max(65535).describe("a port number of the Service, 1 to 65535");

export const lanePortsSchema = z
  .array(
    z
      .strictObject({
        port: portSchema,
        protocol: z
          .enum(lanePortProtocols)
          .describe(
            `${keysOf(routed).join(", ")}, which lanes route; or ${keysOf(opaque).join(", ")}, which they cannot and which are shown as not lane-able`,
          ),
      })
      .describe("a port: port, protocol"),
  )
  .min(1)
  .meta({
    description: "a list of further ports, each with its protocol; `port` may be among them; default none",
    examples: [[{ port: 9090, protocol: "grpc" }]],
  });

/** The ports of a service, as far as routing depends on them. */
interface WithPorts {
  readonly port: number;
  readonly ports?: readonly { readonly port: number; readonly protocol: LanePortProtocol }[] | undefined;
}

/** A port that is declared, and whether lanes route it. */
export interface DeclaredLanePort {
  readonly port: number;
  /** Its name, such as `gRPC`; undefined: what the Service's own port says. */
  readonly protocol?: string;
  /** Whether requests on it stay in their lane. */
  readonly laneable: boolean;
}

/** Every port that a service declares, `port` first. */
export function declaredPorts({ port, ports = [] }: WithPorts): DeclaredLanePort[] {
  const others = ports.filter((each) => each.port !== port);
  const own = ports.find((each) => each.port === port);
  return [own ?? { port, protocol: undefined }, ...others].map((each) => ({
    port: each.port,
    ...(each.protocol !== undefined && { protocol: words[each.protocol] ?? each.protocol }),
    laneable: each.protocol === undefined || isRouted(each.protocol),
  }));
}

/** The ports that lanes route, `port` first. */
export function lanePorts(service: WithPorts): number[] {
  return declaredPorts(service).flatMap(({ port, laneable }) => (laneable ? [port] : []));
}

/** The ports that lanes route beside `port`. */
export function furtherLanePorts(service: WithPorts): number[] {
  return lanePorts(service).filter((port) => port !== service.port);
}

/** The service once for each port that lanes route, with that as its `port`. */
export function byPort<Service extends WithPorts>(service: Service): Service[] {
  return lanePorts(service).map((port) => ({ ...service, port }));
}

/** Whether lanes route a port of this protocol. */
export function isRouted(protocol: LanePortProtocol): protocol is Routed {
  return Object.hasOwn(routed, protocol);
}

/**
 * Name of a service's route on one of its ports: that of the rule on `port`, with the number behind it on the others, so that
 * a group whose services have one port keeps its names.
 */
export function routeNameAt(rule: string, { port }: WithPorts, at: number): string {
  return at === port ? rule : `${rule}:${at}`;
}

/** The protocol of this name; one that is not known is a stream of bytes. @example protocolNamed("gRPC") // "grpc" */
export function protocolNamed(name: string): LanePortProtocol {
  return lanePortProtocols.find((key) => words[key] === name) ?? "tcp";
}

/** @example portWords({ port: 9090, protocol: "Thrift", laneable: false }) // "9090 Thrift, not lane-able" */
export function portWords({ port, protocol, laneable }: DeclaredLanePort): string {
  return `${port}${protocol === undefined ? "" : ` ${protocol}`}${laneable ? "" : ", not lane-able"}`;
}

/** @example portsInWords(declaredPorts(cart)) // "ports 8080, 9090 gRPC; 9092 Kafka, not lane-able" */
export function portsInWords(ports: readonly DeclaredLanePort[]): string {
  const [laneable, others] = [true, false].map((kind) => ports.filter((port) => port.laneable === kind).map(portWords));
  const first = `${laneable?.length === 1 ? "port" : "ports"} ${laneable?.join(", ")}`;
  return [first, ...(others ?? [])].join("; ");
}

function keysOf<Key extends string>(map: Readonly<Record<Key, string>>): readonly [Key, ...Key[]] {
  return Object.keys(map) as [Key, ...Key[]];
}
