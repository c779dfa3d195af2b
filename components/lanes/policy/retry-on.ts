/*
 * Conditions of `retryOn` that Istio takes: `supportedRetryOnPolicies` and `validateHTTPRetry` of
 * https://github.com/istio/istio/blob/master/pkg/config/validation/validation.go
 */

/** Of Envoy's `x-envoy-retry-on`, then of its `x-envoy-retry-grpc-on`. */
export const retryConditions: readonly string[] = [
  ...["5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx", "refused-stream"],
  ...["retriable-status-codes", "retriable-headers", "envoy-ratelimited", "http3-post-connect-failure"],
  ...["cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"],
];

/** Statuses with a name, first and last of each run: any other is refused. https://pkg.go.dev/net/http#StatusText */
const namedStatuses: readonly (readonly [number, number])[] = [
  ...([
    [100, 103],
    [200, 208],
    [226, 226],
    [300, 305],
    [307, 308],
  ] as const),
  ...([
    [400, 418],
    [421, 426],
    [428, 429],
    [431, 431],
    [451, 451],
    [500, 508],
    [510, 511],
  ] as const),
];

/** Whether it is one condition: a name of the list, or the status of an answer. */
export function isRetryCondition(text: string): boolean {
  if (retryConditions.includes(text)) return true;
  const status = /^\d{3}$/.test(text) ? Number(text) : undefined;
  return status !== undefined && namedStatuses.some(([first, last]) => status >= first && status <= last);
}
