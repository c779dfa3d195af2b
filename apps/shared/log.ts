/** One finished request. Headers are left out: baggage may carry what nobody should read in a log. */
export interface RequestEntry {
  readonly kind: "request";
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** Milliseconds from the request's headers to the end of its answer. */
  readonly ms: number;
  /** The client went away before it had the whole answer. */
  readonly aborted?: true;
}

/** One closed WebSocket. */
export interface SocketEntry {
  readonly kind: "socket";
  readonly path: string;
  /** RFC 6455 close code; 1006 when the connection broke. */
  readonly code: number;
  readonly ms: number;
}

/** One finished call of gRPC. */
export interface GrpcEntry {
  readonly kind: "grpc";
  /** `/package.Service/Method` */
  readonly path: string;
  /** The name of its status, such as `OK` or `UNAVAILABLE`. */
  readonly code: string;
  readonly ms: number;
}

/** Something that happened to the app itself, or went wrong in it. */
export interface EventEntry {
  readonly kind: "event";
  readonly event: string;
  readonly detail?: string;
}

export type LogEntry = RequestEntry | GrpcEntry | SocketEntry | EventEntry;

/** Where an app writes what happened. */
export type Log = (entry: LogEntry) => void;

/** Writes one JSON object a line to stdout, with the time and who says it. */
export function jsonLog(
  service: string,
  version: string,
  write = (line: string) => void process.stdout.write(line),
): Log {
  return (entry) => write(`${JSON.stringify({ time: new Date().toISOString(), service, version, ...entry })}\n`);
}

/** What an error is called: its code such as ECONNREFUSED, else its message. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
