/** A port of a Service, as far as Istio chooses a protocol by it. */
export interface DeclaredPort {
  readonly port: number;
  readonly name?: string;
  readonly appProtocol?: string;
  /** @default "TCP" */
  readonly transport?: string;
}

/** What Istio takes a port for. */
export interface PortProtocol {
  /** `http`: lanes route it; `opaque`: no header is looked at; `detected`: Istio looks at the first bytes, and may be wrong. */
  readonly kind: "http" | "opaque" | "detected";
  /** `UDP` or `SCTP`; `TLS`: nobody but the app opens it. */
  readonly layer: string;
  /** Its name, such as `gRPC`; undefined: none was declared. */
  readonly name?: string;
}

const http = (name: string): PortProtocol => ({ kind: "http", layer: "TCP", name });
const opaque = (name: string, layer = "TCP"): PortProtocol => ({ kind: "opaque", layer, name });

const declared: ReadonlyMap<string, PortProtocol> = new Map([
  ["http", http("HTTP")],
  ["http_proxy", http("HTTP")],
  ["http2", http("HTTP/2")],
  ["grpc", http("gRPC")],
  ["grpc-web", http("gRPC-Web")],
  ["kubernetes.io/h2c", http("HTTP/2")],
  ["kubernetes.io/ws", http("HTTP")],
  ["kubernetes.io/wss", opaque("WebSocket over TLS of the app's own", "TLS")],
  ["https", opaque("HTTPS of the app's own", "TLS")],
  ["tls", opaque("TLS", "TLS")],
  ["tcp", opaque("TCP")],
  ["udp", opaque("UDP", "UDP")],
  ["mongo", opaque("MongoDB")],
  ["mysql", opaque("MySQL")],
  ["redis", opaque("Redis")],
]);

/** Ports that Istio takes for TCP where nothing is declared: SMTP, DNS, MySQL, MongoDB. */
const plainTcp: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/**
 * Istio's own choice (istio/istio pkg/config/kube/conversion.go, ConvertProtocol): the transport, then `appProtocol` or else the
 * name, up to its first dash; where these tell nothing, some port numbers as TCP.
 *
 * @example istioProtocol({ port: 80, name: "grpc-api" }) // { kind: "http", layer: "TCP", name: "gRPC" }
 */
export function istioProtocol({ port, name = "", appProtocol, transport = "TCP" }: DeclaredPort): PortProtocol {
  if (transport !== "TCP") return opaque(transport, transport);
  const told = (appProtocol ?? name).toLowerCase();
  const key = told.startsWith("grpc-web") ? "grpc-web" : (told.split("-", 1)[0] ?? "");
  const found = (appProtocol !== undefined && declared.get(told)) || declared.get(key);
  return found ?? { kind: plainTcp.has(port) ? "opaque" : "detected", layer: "TCP" };
}

/** The protocol of this name, as `appProtocol` would declare it. */
export function declaredProtocol(name: string): PortProtocol | undefined {
  return declared.get(name);
}
