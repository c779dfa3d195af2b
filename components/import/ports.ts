import { declaredProtocol, istioProtocol } from "../lanes/protocol";
import type { KubeService, ServicePort } from "./inventory";

/** What Istio makes of a port of a Service, and whether lanes can route it. */
export interface PortVerdict {
  /** `yes`; `detected`: Istio looks at the first bytes, and routes what is HTTP; `no`. */
  readonly lanes: "yes" | "detected" | "no";
  readonly protocol: string;
  /** Why not, or how it is known. */
  readonly why: string;
  /** A protocol of stores and brokers. */
  readonly store?: boolean;
}

/** What is spoken on a port of this number, whatever it is called. IANA's list, and the vendors' defaults. */
const usual: Readonly<Record<number, string>> = {
  25: "SMTP",
  53: "DNS",
  1433: "SQL Server",
  1521: "Oracle",
  1883: "MQTT",
  2181: "ZooKeeper",
  2379: "etcd",
  3306: "MySQL",
  4222: "NATS",
  4369: "Erlang's port mapper",
  5432: "PostgreSQL",
  5672: "AMQP",
  6379: "Redis",
  8300: "Consul",
  9042: "Cassandra",
  9092: "Kafka",
  9093: "Kafka",
  9300: "OpenSearch transport",
  11211: "memcached",
  27017: "MongoDB",
  29092: "Kafka",
};

/** Ports of HTTP that stores and brokers have themselves, by what they speak: no service of a call chain is behind them. */
const storesOwn: Readonly<Record<string, readonly number[]>> = {
  AMQP: [15_671, 15_672, 15_692],
  "Erlang's port mapper": [15_671, 15_672, 15_692],
  Consul: [8500, 8501],
  NATS: [8222],
  "OpenSearch transport": [9200, 9600],
};

/** Whether a port belongs to a store or broker that speaks this. */
export function isStoresOwn({ port }: ServicePort, protocol: string): boolean {
  return storesOwn[protocol]?.includes(port) === true;
}

/** Words in the names of ports. */
const words: Readonly<Record<string, string>> = {
  thrift: "Thrift",
  kafka: "Kafka",
  amqp: "AMQP",
  rabbitmq: "AMQP",
  mongo: "MongoDB",
  mongodb: "MongoDB",
  mysql: "MySQL",
  mariadb: "MySQL",
  postgres: "PostgreSQL",
  postgresql: "PostgreSQL",
  redis: "Redis",
  valkey: "Redis",
  memcached: "memcached",
  cassandra: "Cassandra",
  zookeeper: "ZooKeeper",
  zk: "ZooKeeper",
  nats: "NATS",
  mqtt: "MQTT",
};

/** What a port's number or name says that is spoken on it, of protocols without headers. */
function spoken({ port, name }: ServicePort): string | undefined {
  const word = name
    .toLowerCase()
    .split("-")
    .find((part) => Object.hasOwn(words, part));
  return usual[port] ?? (word === undefined ? undefined : words[word]);
}

/** Ports of collectors of spans: what is sent there belongs to no call chain. */
const telemetryPorts = new Set([4317, 4318, 5775, 5778, 6831, 6832, 9411, 14250, 14267, 14268, 14269]);

export function takesTelemetry({ ports }: KubeService): boolean {
  return ports.some(({ port }) => telemetryPorts.has(port));
}

/** Schemes of URLs that are HTTP in clear, or that say nothing of it. */
const httpSchemes = new Set(["http", "ws", "grpc", "h2c", "dns", "lb"]);

/** A protocol that whoever imports says a port has: `service` may be `*`. */
export interface GivenProtocol {
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
}

export const givenProtocols = ["http", "http2", "grpc", "tcp"] as const;

/**
 * As Istio chooses a protocol (`istioProtocol`). Where it would look at the first bytes, the usual number of a port, and how
 * callers write its URL, tell what it will find.
 *
 * @param schemes of URLs in which callers name the port.
 */
export function judgePort(port: ServicePort, schemes: readonly string[] = [], given?: string): PortVerdict {
  if (given !== undefined) {
    const { kind, name = given } = declaredProtocol(given) ?? {};
    return { lanes: kind === "http" ? "yes" : "no", protocol: name, why: "--protocol says so" };
  }
  const chosen = istioProtocol(port);
  if (port.transport !== "TCP") return { lanes: "no", protocol: chosen.layer, why: "no request in it has headers" };
  const usually = spoken(port);
  // Thrift is how services call each other; the rest are stores and brokers.
  const store = { ...(usually !== undefined && usually !== "Thrift" && { store: true }) };
  const by = port.appProtocol === undefined ? `named ${port.name}` : `appProtocol ${port.appProtocol}`;
  if (chosen.name !== undefined) {
    if (chosen.kind === "http") return { lanes: "yes", protocol: chosen.name, why: by };
    const why = `${by}, so that Istio does not look for requests in it`;
    return { lanes: "no", protocol: usually ?? chosen.name, why, ...store };
  }
  const named = port.name === "" ? "it has no name" : `${by}, which tells Istio nothing`;
  if (usually !== undefined)
    return { lanes: "no", protocol: usually, why: `${named}, and its number or name is ${usually}'s`, ...store };
  const other = schemes.find((scheme) => !httpSchemes.has(scheme));
  if (other !== undefined) return { lanes: "no", protocol: other, why: `${named}, and callers write ${other}://` };
  return { lanes: "detected", protocol: "HTTP, if Istio finds it", why: named };
}
