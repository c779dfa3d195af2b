import { z } from "zod";
import { fromJson } from "../../../tools/values";

/* A line of a proxy's access log, and what it says of a request whoever sent it. */

const text = z.string().nullish();
const lineSchema = z.object({
  upstream_cluster: text,
  route_name: text,
  response_code: z.number(),
  response_flags: text,
  duration: z.number().nullish(),
  lane: text,
  upstream_workload: text,
  grpc_status: z.union([z.string(), z.number()]).nullish(),
});

export type AccessLine = z.output<typeof lineSchema>;

/**
 * gRPC codes of a server that failed, as OpenTelemetry has them (semantic conventions of RPC spans, `grpc`): UNKNOWN,
 * DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. The others are answers.
 */
const failedStatus: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15]);

/** Undefined for what is no such line. */
export function readLine(row: string): AccessLine | undefined {
  return row.startsWith("{") ? lineSchema.safeParse(fromJson(row)).data : undefined;
}

/** Envoy writes null, and in text "-", for what a request does not have. */
export function known(value: string | null | undefined): string | undefined {
  return value === null || value === "-" || value === "" ? undefined : value;
}

/** The caller hung up before there was an answer: that is no word on who would have answered. */
export function goneAway({ response_code: code, response_flags: flags }: AccessLine): boolean {
  return code === 0 && (flags?.split(",").includes("DC") ?? false);
}

/** 5xx, no answer at all, or a gRPC status of a server that failed. 4xx are answers. */
export function hasFailed({ response_code: code, grpc_status: status }: AccessLine): boolean {
  const grpc = status === null || status === undefined || status === "-" ? undefined : Number(status);
  return code === 0 || code >= 500 || (grpc !== undefined && failedStatus.has(grpc));
}

/** From a request's first byte to the last of its answer; undefined for a WebSocket, which lasts as long as it is open. */
export function timeOf({ response_code: code, duration }: AccessLine): number | undefined {
  return code !== 101 && typeof duration === "number" ? duration : undefined;
}
