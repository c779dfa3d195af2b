import { callPath } from "../../apps/mock/grpc/names";
import type { EntryPart } from "../../components/lanes/entries/parts";
import { type LaneRequest, takenBy } from "../../components/lanes/lane-request";
import type { Lane, LaneGroup } from "../../components/lanes/spec";
import type { LaneAnswer, LaneClient } from "./gateway-client";

/** A client for the services of a group that speak gRPC: it calls the mock app's method in place of any path. */
export interface GrpcCalls extends LaneClient {
  /** The same request as a call, or why it would not reach the lane. */
  asCall(group: LaneGroup, lane: Lane, part: EntryPart, entering: LaneRequest): LaneRequest;
}

/** @param url of the gateway. What speaks gRPC is loaded with the first of them. */
export async function grpcCalls(url: string): Promise<GrpcCalls> {
  const { GrpcClient } = await import("../../tools/grpc/client");
  const { mockService } = await import("../../apps/mock/grpc/contract");
  const { responseDeserialize } = mockService.Call;
  const client = new GrpcClient(url);
  return {
    send: async ({ host, headers }): Promise<LaneAnswer> => {
      const { status, details, message } = await client.send(callPath, headers, host);
      if (status !== "OK") return { status: 0, grpcStatus: status, body: details, headers: {} };
      return { status: 200, grpcStatus: status, body: responseDeserialize(message).text, headers: {} };
    },
    close: () => client.close(),
    asCall: (group, lane, part, entering) => {
      if ("impossible" in entering) return entering;
      const request = { ...entering.request, path: callPath, method: "POST" };
      const taken = takenBy(group, request);
      if (taken?.lane === lane.name && taken.route === part.route?.name) return { request };
      return { impossible: `the entry does not lead a gRPC call of the mock app (POST ${callPath}) into this lane` };
    },
  };
}
