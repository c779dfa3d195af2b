import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../components/lanes/spec";
import { podPort, versionLabel } from "./lab/pods";

/** Where the groups of a run live. */
export interface Placement {
  readonly namespace: string;
  /** `namespace/name` of the Gateway that the suite makes. */
  readonly gateway: string;
}

/** The top of all host names that the suite uses. `.test` is never in the DNS (RFC 6761). */
const domain = "conformance.mesh-lanes.test";

export const gatewayHosts = [`*.${domain}`];

export function hostOf(group: string, prefix = ""): string {
  return `${prefix}${group}.${domain}`;
}

/** Two sets of pods, and their versions: the suite takes a version of `back` away, and everything else must go on. */
export const pods = { front: ["v1", "v2", "v3"], back: ["v1", "v2"] } as const;
export type PodSet = keyof typeof pods;

type Service = Omit<LaneGroupInput["services"][number], "port"> & { readonly pods: PodSet };

interface GroupShape {
  readonly services: readonly Service[];
  readonly rest: Omit<LaneGroupInput, "name" | "namespace" | "services" | "versionLabel" | "entry">;
  readonly entry: Omit<LaneGroupInput["entry"], "service" | "gateway" | "hosts">;
  /** Prefixes of the group's host beside the host itself. */
  readonly otherHosts?: readonly string[];
}

const a = (...versions: string[]): Service => ({ name: "a", pods: "front", versions });
const b = (...versions: string[]): Service => ({ name: "b", pods: "back", versions });
const c = (...versions: string[]): Service => ({ name: "c", pods: "front", versions });

const permissive = { mode: "permissive", routeHeader: "x-lane", baseline: "base" } as const;
const base = { name: "base", version: "v1" };

/** Name -> shape. The first service of each is the one behind the gateway, and each calls the next. */
export const shapes: Readonly<Record<string, GroupShape>> = {
  strict: {
    services: [a("v1", "v2"), b("v1", "v2"), c("v1", "v2")],
    entry: { header: "x-tag", path: "/mock", unmatched: "reject" },
    rest: {
      mode: "strict",
      lanes: [
        { name: "s1", version: "v1" },
        { name: "s2", version: "v2" },
      ],
    },
  },
  // The middle service has the baseline only: every lane leaves there and comes back.
  permissive: {
    services: [a("v1", "v2", "v3"), b("v1"), c("v1", "v2")],
    entry: { header: "x-tag" },
    rest: { ...permissive, lanes: [base, { name: "s2", version: "v2" }, { name: "s20", version: "v3" }] },
  },
  // The apps hand the route header on themselves.
  forwarded: {
    services: [a("v1", "v2"), b("v1"), c("v1", "v2")],
    entry: { header: "x-tag" },
    rest: { ...permissive, traceHeader: "x-lane", lanes: [base, { name: "s2", version: "v2" }] },
  },
  matched: {
    services: [a("v1", "v2", "v3"), b("v1", "v2"), c("v1", "v2", "v3")],
    entry: {},
    otherHosts: ["other."],
    rest: {
      ...permissive,
      lanes: [
        base,
        { name: "header", version: "v2", match: { headers: { "x-user": { prefix: "beta-" } } } },
        { name: "query", version: "v2", match: { query: { lane: "two" } } },
        { name: "cookie", version: "v2", match: { cookies: { lane: "two" } } },
        { name: "host", version: "v3", match: { hosts: [hostOf("matched", "other.")] } },
        { name: "path", version: "v3", match: { path: { regex: "/beta/.*" } } },
      ],
    },
  },
  weighted: {
    services: [a("v1", "v2", "v3"), b("v1", "v2"), c("v1", "v2", "v3")],
    entry: {},
    rest: {
      ...permissive,
      lanes: [
        { ...base, weight: 50 },
        { name: "s2", version: "v2", weight: 50 },
        { name: "s3", version: "v3", weight: 0 },
      ],
    },
  },
  // Behind the gateway are the pods of which a version is taken away.
  "strict-entry": {
    services: [b("v1", "v2")],
    entry: { header: "x-tag", unmatched: "reject" },
    rest: {
      mode: "strict",
      lanes: [
        { name: "s1", version: "v1" },
        { name: "s2", version: "v2" },
      ],
    },
  },
  "fallback-entry": {
    services: [b("v1", "v2"), c("v1", "v2")],
    entry: { header: "x-tag" },
    rest: { ...permissive, lanes: [base, { name: "s2", version: "v2" }] },
  },
};

export function serviceName(group: string, service: string): string {
  return `${group}-${service}`;
}

/** As a user would write them. */
export function groupInputs({ namespace, gateway }: Placement): LaneGroupInput[] {
  return Object.entries(shapes).map(([name, { services, entry, rest, otherHosts = [] }]) => ({
    ...rest,
    ...{ name, namespace, versionLabel },
    services: services.map((service) => ({
      name: serviceName(name, service.name),
      port: podPort,
      versions: service.versions,
    })),
    entry: {
      ...entry,
      service: serviceName(name, services[0]?.name ?? ""),
      gateway,
      hosts: [hostOf(name), ...otherHosts.map((prefix) => hostOf(name, prefix))],
    },
  }));
}

export function conformanceGroups(placement: Placement): LaneGroup[] {
  return groupInputs(placement).map((input) => laneGroupSchema.parse(input));
}
