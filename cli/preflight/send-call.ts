import type { ProbeAnswer } from "../../components/lanes/preflight/judge";
import { GrpcClient } from "../../tools/grpc/client";

/** Statuses of a call that nobody may have received. */
const unanswered = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED"]);

/** A probe of a service that speaks gRPC: a unary call with an empty message, which every message can be read from. */
export async function sendCall(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<ProbeAnswer> {
  const client = new GrpcClient(url);
  try {
    const { status, details } = await client.send(path, headers);
    const problem = `gRPC ${status}: ${details}`;
    return { status: unanswered.has(status) ? 0 : 200, grpcStatus: status, ...(status !== "OK" && { problem }) };
  } finally {
    client.close();
  }
}
