import { z } from "zod";
import type { DeepReadonly } from "../../../tools/deep-readonly";
import { corsSchema } from "./cors/shape";
import { duration } from "./duration";
import { mirrorSchema } from "./mirror/shape";
import { percent } from "./percent";

/*
 * What a route does besides leading somewhere, and how a service's proxies treat its pods. Fields are Istio's own, under the
 * same names: https://istio.io/latest/docs/reference/config/networking/virtual-service/ and …/destination-rule/
 */

// The types of Istio's fields: uint32 of outlier detection, int32 of connection pools.
const uint32 = z.number().int().min(1).max(4_294_967_295);
const int32 = z.number().int().min(1).max(2_147_483_647);
const headerMap = z.record(z.string(), z.string()).optional();

const headersSchema = z
  .strictObject({
    set: headerMap.describe("header name -> value, in place of what it has"),
    add: headerMap.describe("header name -> value, beside what it has"),
    remove: z.array(z.string()).optional().describe("a list of header names"),
  })
  .describe("changes of headers: set, add, remove");

const policyKeys = {
  timeout: duration.optional().describe("how long an answer may take, such as 5s; 0s for no limit; default no limit"),
  retries: z
    .strictObject({
      attempts: z.number().int().min(0).max(100).describe("how often a request is tried again; 0 for never"),
      perTryTimeout: duration.optional().describe("how long one try may take; default: the timeout"),
      on: z
        .string()
        .optional()
        .describe(
          "conditions of Envoy's retry_on or statuses, such as 5xx,reset; default: what Istio tries again, nothing a service has begun",
        ),
    })
    .optional()
    .describe("retries: attempts, perTryTimeout, on; default: Istio's own, 2 attempts"),
  headers: z
    .strictObject({ request: headersSchema.optional(), response: headersSchema.optional() })
    .optional()
    .describe("changes of headers: request, response"),
  // At the gateway only: browsers are not in the mesh.
  cors: corsSchema.optional(),
};

const { cors: _beforeAnyLane, ...laneKeys } = policyKeys;

/** CORS is judged before there is a lane, and a fault of some lanes stands where it is met. */
export const lanePolicySchema = z
  .strictObject(laneKeys)
  .describe("how requests in the lane are treated, where a route is the lane's alone: timeout, retries, headers");

export type LanePolicy = DeepReadonly<z.output<typeof lanePolicySchema>>;

export const groupPolicySchema = z
  .strictObject(policyKeys)
  .describe("how requests are treated: timeout, retries, headers, cors");

const faultSchema = z
  .strictObject({
    delay: z.strictObject({ percent, duration }).optional().describe("requests that are held back: percent, duration"),
    abort: z
      .strictObject({ percent, status: z.number().int().min(200).max(599).describe("the status of the answer") })
      .optional()
      .describe("requests that are answered at once: percent, status"),
    lanes: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("a list of lanes whose requests meet it; default: all requests"),
  })
  .describe("injected faults: delay, abort, lanes");

/** CORS is judged for the whole of a host's pages, and copies by where they go, not by how requests came. */
export const entryRoutePolicySchema = z
  .strictObject({ ...laneKeys, fault: faultSchema.optional() })
  .describe("how requests of the route are treated: timeout, retries, headers, fault");

export const servicePolicySchema = z
  .strictObject({ ...policyKeys, fault: faultSchema.optional(), mirror: mirrorSchema.optional() })
  .describe("how requests to the service are treated: timeout, retries, headers, cors, fault, mirror");

/** How the requests of a route are treated. */
export type RoutePolicy = DeepReadonly<z.output<typeof servicePolicySchema>>;
export type HeaderChanges = DeepReadonly<z.output<typeof headersSchema>>;
export type Fault = DeepReadonly<z.output<typeof faultSchema>>;

export const trafficSchema = z
  .strictObject({
    outlierDetection: z
      .strictObject({
        consecutive5xxErrors: uint32.optional().describe("errors in a row after which a pod is left out; default 5"),
        consecutiveGatewayErrors: uint32.optional().describe("the same for 502, 503 and 504"),
        interval: duration.optional().describe("how often pods are judged; default 10s"),
        baseEjectionTime: duration.optional().describe("how long a pod is left out at first; default 30s"),
        maxEjectionPercent: z
          .number()
          .int()
          .min(0)
          .max(100)
          .optional()
          .describe("percent of a version's pods that may be left out; default 10"),
      })
      .optional()
      .describe(
        "pods that fail are left out: consecutive5xxErrors, consecutiveGatewayErrors, interval, baseEjectionTime, maxEjectionPercent",
      ),
    connectionPool: z
      .strictObject({
        maxConnections: int32.optional().describe("connections of one proxy to a version"),
        connectTimeout: duration.optional().describe("how long a connection may take to open; default 10s"),
        maxPendingRequests: int32.optional().describe("requests of one proxy that wait for a connection"),
        maxRequests: int32.optional().describe("requests of one proxy under way at a time"),
        maxRequestsPerConnection: int32.optional().describe("requests after which a connection is closed"),
        idleTimeout: duration.optional().describe("how long a connection without a request stays open; default 1h"),
      })
      .optional()
      .describe(
        "limits: maxConnections, connectTimeout, maxPendingRequests, maxRequests, maxRequestsPerConnection, idleTimeout",
      ),
    loadBalancer: z
      .enum(["LEAST_REQUEST", "ROUND_ROBIN", "RANDOM"])
      .optional()
      .describe("how a pod of the version is chosen: LEAST_REQUEST, ROUND_ROBIN or RANDOM; default LEAST_REQUEST"),
  })
  .describe("how proxies treat the pods of the service: outlierDetection, connectionPool, loadBalancer");

export type TrafficPolicy = DeepReadonly<z.output<typeof trafficSchema>>;
