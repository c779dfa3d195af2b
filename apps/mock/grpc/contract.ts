import type { MethodDefinition } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import type { Hop } from "../hops";
import { mockName } from "./names";

/*
 * What the mock says over gRPC. As a .proto file:
 *
 *   syntax = "proto3";
 *   package mesh_lanes.mock.v1;
 *   service Mock {
 *     rpc Call (CallRequest) returns (Reply);
 *     rpc Watch (WatchRequest) returns (stream Reply);
 *   }
 *   message CallRequest {}
 *   message WatchRequest { int32 messages = 1; int32 interval_milliseconds = 2; }
 *   message Reply { string text = 1; repeated Hop hops = 2; }
 *   message Hop { string service = 1; string version = 2; string ip = 3; map<string, string> headers = 4; }
 *
 * It stands here as an object and not as a file, since an app is bundled into one file.
 */

export type CallRequest = Readonly<Record<string, never>>;

export interface WatchRequest {
  /** How many replies to send. 0 stands for 1. */
  readonly messages: number;
  /** Milliseconds between two of them. */
  readonly intervalMilliseconds: number;
}

/** The chain from this service on, in both forms that the HTTP side has. */
export interface Reply {
  /** `-> mocka(version: v1, ip: 10.0.0.1)-> mockb(version: v2, ip: 10.0.0.2)` */
  readonly text: string;
  readonly hops: readonly Hop[];
}

export interface HealthRequest {
  /** Empty for the whole server. */
  readonly service: string;
}

export interface HealthReply {
  readonly status: "SERVING" | "NOT_SERVING";
}

const text = (id: number) => ({ type: "string", id });
const integer = (id: number) => ({ type: "int32", id });
const inPackage = (names: readonly string[], nested: object): object =>
  names.reduceRight((inner, name) => ({ nested: { [name]: inner } }), { nested });

const mock = inPackage(["mesh_lanes", "mock", "v1"], {
  Mock: {
    methods: {
      Call: { requestType: "CallRequest", responseType: "Reply" },
      Watch: { requestType: "WatchRequest", responseType: "Reply", responseStream: true },
    },
  },
  CallRequest: { fields: {} },
  WatchRequest: { fields: { messages: integer(1), intervalMilliseconds: integer(2) } },
  Reply: { fields: { text: text(1), hops: { rule: "repeated", type: "Hop", id: 2 } } },
  Hop: {
    fields: { service: text(1), version: text(2), ip: text(3), headers: { keyType: "string", type: "string", id: 4 } },
  },
});

/** https://github.com/grpc/grpc/blob/master/doc/health-checking.md, without Watch, which probes do not use. */
const health = inPackage(["grpc", "health", "v1"], {
  Health: { methods: { Check: { requestType: "HealthCheckRequest", responseType: "HealthCheckResponse" } } },
  HealthCheckRequest: { fields: { service: text(1) } },
  HealthCheckResponse: {
    fields: { status: { type: "ServingStatus", id: 1 } },
    nested: { ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } } },
  },
});

/** The library cannot know the types of what it builds; these are those of the objects above. */
function built<Service>(root: object, name: string): Service {
  return fromJSON(root, { defaults: true, enums: String })[name] as unknown as Service;
}

export const mockService = built<{
  readonly Call: MethodDefinition<CallRequest, Reply>;
  readonly Watch: MethodDefinition<WatchRequest, Reply>;
}>(mock, mockName);

export const healthService = built<{ readonly Check: MethodDefinition<HealthRequest, HealthReply> }>(
  health,
  "grpc.health.v1.Health",
);
