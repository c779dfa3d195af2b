import type { IncomingMessage, ServerResponse } from "node:http";
import type { EnvReader } from "./env";
import type { RequestHandler } from "./server";

/**
 * The lane context of one request or of one socket: the headers to send with every call made on its behalf,
 * lower-case names and one value each.
 *
 * It is a plain value that is handed on, not something ambient such as AsyncLocalStorage: a timer or a broadcast that
 * a message started would inherit an ambient lane, although it belongs to nobody. Here it must say {@link noLane}.
 */
export type LaneContext = Readonly<Record<string, string>>;

/** The context of work that no request asked for, e.g. a broadcast: the baseline serves it. */
export const noLane: LaneContext = Object.freeze({});

/** A request handler that also gets the lane context of the request. */
export type LaneHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  lane: LaneContext,
) => void | Promise<void>;

/** These describe one connection or one body (RFC 9110 section 7.6.1); forwarded, they break the next request. */
const perConnection: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Names of the headers to forward, from FORWARD_HEADERS.
 *
 * @default baggage,traceparent,tracestate. Empty forwards nothing: for strict lanes, where the mesh looks at the
 * caller, and for OpenTelemetry auto-instrumentation, which sets these headers itself.
 */
export function readForwardHeaders(env: EnvReader): readonly string[] {
  return env.headerNames("FORWARD_HEADERS", "baggage,traceparent,tracestate", perConnection);
}

/**
 * Picks the lane context from what a client sent: an HTTP request, or the handshake of a WebSocket or of socket.io
 * (`socket.request`). Take a socket's lane once, at its handshake: its messages carry no headers.
 *
 * Header lines with the same name are joined with a comma in the order they came (W3C Baggage 3.3.1, RFC 9110 5.3).
 * A repeated `traceparent` is not valid (W3C Trace Context): it is left out, and `tracestate` never goes without it.
 */
export function laneOf(inbound: { readonly rawHeaders: readonly string[] }, names: readonly string[]): LaneContext {
  const lines = headerLines(inbound.rawHeaders);
  const oneTraceparent = lines.get("traceparent")?.length === 1;
  const picked: [string, string][] = [];
  for (const name of names) {
    const values = lines.get(name);
    if (!values) continue;
    if (!oneTraceparent && (name === "traceparent" || name === "tracestate")) continue;
    picked.push([name, values.join(",")]);
  }
  return Object.fromEntries(picked);
}

/** Makes a request handler of one that wants the lane context. */
export function withLane(names: readonly string[], handler: LaneHandler): RequestHandler {
  return (request, response) => handler(request, response, laneOf(request, names));
}

/** Node joins repeated lines with ", " or drops them, by name; only the raw list tells what was sent. */
function headerLines(raw: readonly string[]): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? "").toLowerCase();
    const value = (raw[at + 1] ?? "").trim();
    if (value === "") continue;
    lines.set(name, [...(lines.get(name) ?? []), value]);
  }
  return lines;
}
