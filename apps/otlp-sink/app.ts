import type { IncomingMessage } from "node:http";
import type { Log } from "../shared/log";
import { send, sendJson } from "../shared/respond";
import { AppServer, pathOf, type ServerConfig } from "../shared/server";
import { serviceNames } from "./service-names";

/** What came in of one signal since the sink began. */
export interface SignalCount {
  readonly requests: number;
  /** `service.name` of what reported, sorted. */
  readonly services: readonly string[];
}

const signals = ["traces", "metrics", "logs"] as const;
type Signal = (typeof signals)[number];

/** A batch of an SDK is far below this; more is not read. */
const maxBytes = 8 * 1024 * 1024;

/**
 * Starts a stand-in for a collector: it takes OTLP over HTTP (`POST /v1/traces`, `/v1/metrics`, `/v1/logs`, protobuf),
 * keeps nothing but who reported, and tells it as JSON for every other request.
 */
export async function startSink(config: ServerConfig, log: Log, host?: string): Promise<AppServer> {
  const counts = new Map(signals.map((signal) => [signal, { requests: 0, services: new Set<string>() }]));
  return AppServer.start({
    ...config,
    log,
    host,
    handler: async (request, response) => {
      const signal = signalOf(request);
      if (!signal) return sendJson(response, 200, summary(counts));
      const body = await readBody(request);
      const count = counts.get(signal);
      if (count) {
        count.requests += 1;
        for (const name of serviceNames(body)) count.services.add(name);
      }
      // An empty ExportResponse: everything was accepted.
      send(response, 200, "application/x-protobuf", "");
    },
  });
}

function signalOf(request: IncomingMessage): Signal | undefined {
  if (request.method !== "POST") return undefined;
  return signals.find((signal) => pathOf(request) === `/v1/${signal}`);
}

function summary(
  counts: ReadonlyMap<Signal, { requests: number; services: Set<string> }>,
): Record<string, SignalCount> {
  return Object.fromEntries(
    [...counts].map(([signal, { requests, services }]) => [signal, { requests, services: [...services].sort() }]),
  );
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
  });
}
