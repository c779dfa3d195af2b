import { isRecord } from "../../../tools/values";
import { corsPolicy } from "./cors/istio";
import { millis } from "./duration";
import type { RoutePolicy, TrafficPolicy } from "./shape";

/*
 * Policies in Istio's words. On a route without any, nothing is added: it is rendered as it would be without this file.
 */

/** An `HTTPRoute` with the policy on it. What lanes write themselves stays. */
export function withPolicy<Route extends object>(route: Route, policy: RoutePolicy): Route {
  const { timeout, retries, headers, fault, cors } = policy;
  return {
    ...route,
    // Istio has no word for no limit: it refuses 0s, and has none where nothing is written.
    ...(timeout !== undefined && millis(timeout) !== 0 && { timeout }),
    ...(retries && {
      retries: {
        attempts: retries.attempts,
        ...(retries.perTryTimeout !== undefined && { perTryTimeout: retries.perTryTimeout }),
        ...(retries.on !== undefined && { retryOn: retries.on }),
      },
    }),
    ...(fault && {
      fault: {
        ...(fault.delay && {
          delay: { percentage: { value: fault.delay.percent }, fixedDelay: fault.delay.duration },
        }),
        ...(fault.abort && { abort: { percentage: { value: fault.abort.percent }, httpStatus: fault.abort.status } }),
      },
    }),
    ...(cors && { corsPolicy: corsPolicy(cors) }),
    ...(headers && { headers: deepMerged("headers" in route ? route.headers : {}, headers) }),
  };
}

function deepMerged(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  if (!isRecord(one) || !isRecord(other)) return other ?? one;
  const merged: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) merged[key] = key in one ? deepMerged(one[key], value) : value;
  return merged;
}

/** `trafficPolicy` of a subset, besides what lanes need there; undefined: nothing. */
export function trafficPolicy(traffic: TrafficPolicy | undefined, h2UpgradePolicy?: string): object | undefined {
  const { outlierDetection, connectionPool: pool = {}, loadBalancer } = traffic ?? {};
  const tcp = {
    ...(pool.maxConnections !== undefined && { maxConnections: pool.maxConnections }),
    ...(pool.connectTimeout !== undefined && { connectTimeout: pool.connectTimeout }),
  };
  const http = {
    ...(h2UpgradePolicy !== undefined && { h2UpgradePolicy }),
    ...(pool.maxPendingRequests !== undefined && { http1MaxPendingRequests: pool.maxPendingRequests }),
    ...(pool.maxRequests !== undefined && { http2MaxRequests: pool.maxRequests }),
    ...(pool.maxRequestsPerConnection !== undefined && { maxRequestsPerConnection: pool.maxRequestsPerConnection }),
    ...(pool.idleTimeout !== undefined && { idleTimeout: pool.idleTimeout }),
  };
  const connectionPool = {
    ...(Object.keys(tcp).length > 0 && { tcp }),
    ...(Object.keys(http).length > 0 && { http }),
  };
  const policy = {
    ...(loadBalancer && { loadBalancer: { simple: loadBalancer } }),
    ...(Object.keys(connectionPool).length > 0 && { connectionPool }),
    ...(outlierDetection && { outlierDetection: { ...outlierDetection } }),
  };
  return Object.keys(policy).length > 0 ? policy : undefined;
}
