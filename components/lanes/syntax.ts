/*
 * Rules of spelling, each with its source. `validate.ts` turns a miss into a problem with a path.
 */

/** RFC 1123 label: Kubernetes names of services and namespaces, and names of Istio subsets. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** A text as such a label, as near as it can be; empty: nothing of it is left. */
export function nearestDnsLabel(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 63)
    .replace(/-+$/, "");
}

/** Value of a Kubernetes label, not empty: at most 63 letters, digits, '-', '_' and '.', alphanumeric at both ends. */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text);
}

/** Key of a Kubernetes label: an optional DNS prefix and '/', then a label value. */
export function isLabelKey(text: string): boolean {
  const [name = "", prefix, ...rest] = text.split("/").reverse();
  return rest.length === 0 && isLabelValue(name) && (prefix === undefined || isDnsName(prefix));
}

/** RFC 1123 subdomain, at most 253 characters. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && text.split(".").every(isDnsLabel);
}

/** A host of an Istio Gateway or VirtualService: `*`, a DNS name, or `*.` and a DNS name; no port. */
export function isHostPattern(text: string): boolean {
  return text === "*" || isDnsName(text.startsWith("*.") ? text.slice(2) : text);
}

/** RFC 9110 token, in lower case: Istio compares header keys in lower case only. */
export function isHeaderName(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(text);
}

/** RFC 6265 cookie name: a token. */
export function isCookieName(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}

/** RFC 6265 cookie value without quotes. */
export function isCookieValue(text: string): boolean {
  return /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(text);
}

/** Visible ASCII and inner spaces: what Envoy and every app hand on unchanged. */
export function isHeaderValue(text: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}

const carriedHeaders = new Set(["baggage", "traceparent", "tracestate", "x-request-id", "b3", "grpc-trace-bin"]);
const framingHeaders = new Set([
  ...["host", "connection", "upgrade", "content-length", "content-type", "transfer-encoding", "te", "trailer"],
  ...["cookie", "set-cookie", "authorization", "expect", "keep-alive", "proxy-connection", "http2-settings"],
  ...["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-client-cert"],
]);

/** Why a header cannot be the route header or the entry header; undefined when it can. */
export function reservedHeaderReason(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (lower.startsWith(":")) return "it is a pseudo header of HTTP/2";
  if (carriedHeaders.has(lower) || lower.startsWith("x-b3-")) return "it carries trace context, one value per request";
  if (framingHeaders.has(lower)) return "HTTP itself uses it";
  if (lower.startsWith("x-envoy-") || lower.startsWith("sec-")) return "proxies or browsers own it";
  return undefined;
}
