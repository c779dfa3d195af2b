import { isIP } from "node:net";
import { serviceHost } from "./object";
import { defaultClusterDomain, type LaneGroup } from "./spec";
import { isDnsLabel } from "./syntax";

/*
 * How hosts match. Patterns are `name`, `*.name` and `*`, as in Istio's pkg/config/host/name.go: `*.a.com` takes `x.a.com` and
 * `x.y.a.com`, not `a.com`. Certificates have a rule of their own (RFC 6125). Letter case never counts.
 */

/** Whether every host that fits `narrow` fits `wide`. Both may be patterns. */
export function covers(wide: string, narrow: string): boolean {
  const [outer, inner] = [wide.toLowerCase(), narrow.toLowerCase()];
  if (!outer.startsWith("*")) return outer === inner;
  return inner.length >= outer.length && inner.endsWith(outer.slice(1));
}

/** Whether some host fits both: Istio joins the hosts of a Gateway and of a route this way. */
export function overlaps(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

/** What fits both, which is the narrower of the two; undefined: nothing does. */
export function narrower(one: string, other: string): string | undefined {
  if (covers(one, other)) return other;
  return covers(other, one) ? one : undefined;
}

/** The host of a Gateway's server, which may be written `namespace/host`. */
export function withoutNamespace(pattern: string): string {
  return pattern.slice(pattern.indexOf("/") + 1);
}

/** The host that Envoy compares: in lower case, without the last colon and what follows, but not within IPv6's brackets. */
export function hostOf(authority: string): string {
  return authority.toLowerCase().replace(/:[^:\]]*$/, "");
}

/**
 * The host pattern whose rules a request gets at a gateway: the exact name, else the longest `*.name`, else `*`. Envoy never
 * looks at another one, even when no rule there matches, and takes `a.com.` for another name than `a.com`.
 *
 * @returns undefined: no pattern fits, 404.
 */
export function pickHost(patterns: Iterable<string>, authority: string): string | undefined {
  const host = hostOf(authority);
  let best: string | undefined;
  for (const pattern of patterns) {
    if (!covers(pattern, host)) continue;
    if (!pattern.startsWith("*")) return pattern;
    if (best === undefined || pattern.length > best.length) best = pattern;
  }
  return best;
}

/**
 * Whether a name on a certificate is good for a host: `*` stands for exactly one label, the first, and never for part of an
 * address. The dot at the end of an absolute name is not part of what is compared.
 */
export function certificateCovers(name: string, host: string): boolean {
  const [own, wanted] = [absolute(name), absolute(host)];
  if (isIP(own) !== 0 || isIP(wanted) !== 0) return isIP(own) !== 0 && isIP(wanted) !== 0 && sameAddress(own, wanted);
  if (own === wanted) return own !== "*";
  if (!own.startsWith("*.") || wanted.startsWith("*")) return false;
  const dot = wanted.indexOf(".");
  return dot > 0 && wanted.slice(dot) === own.slice(1);
}

/** Names and addresses of a certificate's `subjectAltName` as Node.js writes it; clients read no other. */
export function certificateNames(subjectAltName: string | undefined): string[] {
  // Names with odd characters are in quotes, so that none can pass for two. An address that stands for a DNS name is none.
  return (subjectAltName ?? "").split(", ").flatMap((entry) => {
    const [, kind, name = ""] = /^(DNS|IP Address):(.+)$/.exec(entry) ?? [];
    return kind === undefined || (kind === "DNS" && isIP(name) !== 0) ? [] : [name];
  });
}

/** A service of the cluster. */
export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * The service behind a host as a pod of a namespace asks for it: `name`, `name.namespace`, `….svc` or the whole name, with or
 * without the dot of an absolute one. Undefined: the host is no service's.
 *
 * @param host with or without a port
 */
export function serviceOfHost(
  host: string,
  ownNamespace: string,
  clusterDomain = defaultClusterDomain,
): ServiceName | undefined {
  const whole = absolute(hostOf(host));
  const [name = "", namespace = ownNamespace, ...rest] = whole.split(".");
  if (!isDnsLabel(name) || !isDnsLabel(namespace) || isIP(whole) !== 0) return undefined;
  return ["", "svc", `svc.${clusterDomain}`].includes(rest.join(".")) ? { name, namespace } : undefined;
}

/** The service that a URL leads to, for a pod of a namespace. */
export function serviceOfUrl(
  url: string | undefined,
  ownNamespace: string,
  clusterDomain = defaultClusterDomain,
): ServiceName | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  return serviceOfHost(new URL(url).host, ownNamespace, clusterDomain);
}

/** The full name behind a host in an Istio object: one without a dot belongs to the object's own namespace. */
export function resolveHost(host: string, own: Pick<LaneGroup, "namespace" | "clusterDomain">): string {
  return host.includes(".") || host === "*"
    ? host.toLowerCase()
    : serviceHost({ name: host.toLowerCase(), namespace: own.namespace }, own);
}

/** In lower case, without the dot of an absolute name and without the brackets of IPv6. */
function absolute(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/(?<=.)\.$/, "");
}

/** Whether a Host is an address and no name, with or without a port. @example isAddress("[fd00::7]:8000") // true */
export function isAddress(authority: string): boolean {
  return isIP(absolute(hostOf(authority))) !== 0;
}

/** The port of a Host; without one that of HTTP. */
export function portOf(authority: string): number {
  return Number(/:(\d+)$/.exec(authority)?.[1] ?? 80);
}

/** IPv6 has many ways to write one address; `URL` knows the shortest. */
function sameAddress(one: string, other: string): boolean {
  const shortest = (address: string) => (isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address);
  return shortest(one) === shortest(other);
}
