import type { PodSet } from "./groups";

/** One request, sent several times. */
export interface CaseRequest {
  /** @default "/" */
  readonly path?: string;
  /** Put in front of the group's host. */
  readonly hostPrefix?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A WebSocket: the answer is to a message sent over it. */
  readonly webSocket?: boolean;
}

/**
 * What must be seen: the versions of the chain from its first service on, the versions up to the hop that fails and the
 * status it fails with, or the gateway's own status.
 */
export type Expected =
  | { readonly versions: readonly string[] }
  | { readonly versions: readonly string[]; readonly failsWith: number }
  | { readonly status: number };

export interface ConformanceCase {
  readonly title: string;
  /** Name of a group in groups.ts. */
  readonly group: string;
  readonly request: CaseRequest;
  /** Any one of these; the same each time unless there are weights. */
  readonly expected: readonly Expected[];
  /**
   * `spread`: every expectation is met by at least a quarter of the requests. `sticky`: a client that comes back with the
   * cookie it was given is answered alike.
   */
  readonly weights?: "spread" | "sticky";
  /** The version that is scaled to zero first. It is brought back, and then `restored` must be seen. */
  readonly fault?: { readonly pods: PodSet; readonly version: string; readonly restored: Expected };
}

const tag = (lane: string | readonly string[]): CaseRequest => ({ headers: { "x-tag": lane } });
const versions = (...names: string[]): readonly Expected[] => [{ versions: names }];
const noBack = { pods: "back", version: "v2" } as const;

/** Names of the clients' tries to choose a lane behind the gateway's back -> headers, beside the tag s2. */
const spoofs: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
  "the route header": { "x-lane": "s20" },
  "the route header twice": { "x-lane": ["s20", "base"] },
  "a baggage member": { baggage: "x-lane=s20" },
  "a member with properties and blanks": { baggage: "a=1, x-lane = s20 ;secure" },
  "members on two lines": { baggage: ["x-lane=s20,b=2", "x-lane=base"] },
  "a member whose name ends the same": { baggage: "ax-lane=s20" },
  "a property of another member": { baggage: "a=1;x-lane=s20" },
  "a percent-encoded value": { baggage: "x-lane=%73%32%30" },
};

/** Lane x service x entry x fault: what every cluster and mesh must do. */
export const cases: readonly ConformanceCase[] = [
  // Strict lanes.
  {
    title: "strict lane s1 is complete",
    group: "strict",
    ...at("/mock", tag("s1")),
    expected: versions("v1", "v1", "v1"),
  },
  {
    title: "strict lane s2 is complete",
    group: "strict",
    ...at("/mock", tag("s2")),
    expected: versions("v2", "v2", "v2"),
  },
  {
    title: "strict: an unknown tag is refused",
    group: "strict",
    ...at("/mock", tag("s9")),
    expected: [{ status: 404 }],
  },
  { title: "strict: no tag is refused", group: "strict", ...at("/mock", {}), expected: [{ status: 404 }] },
  {
    title: "strict: a longer tag is refused",
    group: "strict",
    ...at("/mock", tag("s20")),
    expected: [{ status: 404 }],
  },
  {
    title: "strict: another path is refused",
    group: "strict",
    ...at("/mockx", tag("s2")),
    expected: [{ status: 404 }],
  },
  // Permissive lanes, hop by hop.
  ...permissiveCases("permissive", "s2", ["v2", "v1", "v2"]),
  ...permissiveCases("permissive", "s20", ["v3", "v1", "v1"]),
  ...permissiveCases("forwarded", "s2", ["v2", "v1", "v2"]),
  {
    title: "permissive: an unknown tag takes the baseline",
    group: "permissive",
    request: tag("s200"),
    expected: versions("v1", "v1", "v1"),
  },
  {
    title: "permissive: no tag takes the baseline",
    group: "permissive",
    request: {},
    expected: versions("v1", "v1", "v1"),
  },
  {
    // Proxies before Envoy 1.39 compare both values as one text, later ones each by itself.
    title: "permissive: a repeated tag is its lane, or none",
    group: "permissive",
    request: tag(["s2", "s2"]),
    expected: [...versions("v2", "v1", "v2"), ...versions("v1", "v1", "v1")],
  },
  ...Object.entries(spoofs).map(([what, headers]) => ({
    title: `a client does not choose the lane by ${what}`,
    group: "permissive",
    request: { headers: { ...headers, "x-tag": "s2" } },
    expected: versions("v2", "v1", "v2"),
  })),
  {
    title: "a client does not choose the lane by a route header that apps forward",
    group: "forwarded",
    request: { headers: { "x-lane": "s2" } },
    expected: versions("v1", "v1", "v1"),
  },
  // Entry by each kind of condition, and its near misses.
  ...entryCases("header", { headers: { "x-user": "beta-1" } }, { headers: { "x-user": "abeta-1" } }, "v2"),
  ...entryCases("query", { path: "/?a=1&lane=two" }, { path: "/?xlane=two&lane=two2" }, "v2"),
  ...entryCases(
    "cookie",
    { headers: { cookie: "a=1; lane=two" } },
    { headers: { cookie: "xlane=two; lane=two2" } },
    "v2",
  ),
  ...entryCases("host", { hostPrefix: "other." }, {}, "v3", ["v3", "v1", "v3"]),
  ...entryCases("path", { path: "/beta/x" }, { path: "/x/beta/" }, "v3", ["v3", "v1", "v3"]),
  // Weights.
  {
    title: "weights share requests out",
    group: "weighted",
    request: {},
    expected: [...versions("v1", "v1", "v1"), ...versions("v2", "v2", "v2")],
    weights: "spread",
  },
  {
    title: "a client that got a lane by weight keeps it",
    group: "weighted",
    request: {},
    expected: [...versions("v1", "v1", "v1"), ...versions("v2", "v2", "v2")],
    weights: "sticky",
  },
  {
    title: "a lane of weight 0 keeps those it has",
    group: "weighted",
    request: { headers: { cookie: "mesh-lane-weighted=s3" } },
    expected: versions("v3", "v1", "v3"),
  },
  // WebSocket: the lane of the handshake, at every hop.
  {
    title: "a WebSocket keeps its strict lane",
    group: "strict",
    request: { path: "/mock", ...tag("s2"), webSocket: true },
    expected: versions("v2", "v2", "v2"),
  },
  {
    title: "a WebSocket keeps its permissive lane",
    group: "permissive",
    request: { ...tag("s2"), webSocket: true },
    expected: versions("v2", "v1", "v2"),
  },
  {
    title: "a WebSocket without a lane takes the baseline",
    group: "permissive",
    request: { webSocket: true },
    expected: versions("v1", "v1", "v1"),
  },
  // Faults: a version has no pod.
  {
    title: "permissive: a service behind another falls back",
    group: "matched",
    request: { headers: { "x-user": "beta-1" } },
    expected: versions("v2", "v1", "v2"),
    fault: { ...noBack, restored: { versions: ["v2", "v2", "v2"] } },
  },
  {
    title: "permissive: the service behind the gateway falls back",
    group: "fallback-entry",
    request: tag("s2"),
    expected: versions("v1", "v2"),
    fault: { ...noBack, restored: { versions: ["v2", "v2"] } },
  },
  {
    title: "permissive: a weighted lane falls back",
    group: "weighted",
    request: { headers: { cookie: "mesh-lane-weighted=s2" } },
    expected: versions("v2", "v1", "v2"),
    fault: { ...noBack, restored: { versions: ["v2", "v2", "v2"] } },
  },
  {
    title: "strict: a service behind another fails with 503, and no other version answers",
    group: "strict",
    ...at("/mock", tag("s2")),
    expected: [{ versions: ["v2"], failsWith: 503 }],
    fault: { ...noBack, restored: { versions: ["v2", "v2", "v2"] } },
  },
  {
    title: "strict: the service behind the gateway fails with 503, and no other version answers",
    group: "strict-entry",
    request: tag("s2"),
    expected: [{ status: 503 }],
    fault: { ...noBack, restored: { versions: ["v2"] } },
  },
  {
    title: "strict: the other lane does not notice",
    group: "strict",
    ...at("/mock", tag("s1")),
    expected: versions("v1", "v1", "v1"),
    fault: { ...noBack, restored: { versions: ["v1", "v1", "v1"] } },
  },
];

function at(path: string, request: CaseRequest): { request: CaseRequest } {
  return { request: { path, ...request } };
}

function permissiveCases(group: string, lane: string, chain: readonly string[]): ConformanceCase[] {
  const title = `${group}: lane ${lane} is ${chain.join(", ")}: it leaves through a baseline hop and comes back`;
  return [{ title, group, request: tag(lane), expected: versions(...chain) }];
}

function entryCases(
  what: string,
  hit: CaseRequest,
  miss: CaseRequest,
  version: string,
  chain: readonly string[] = [version, version, version],
): ConformanceCase[] {
  return [
    { title: `entry by ${what}`, group: "matched", request: hit, expected: versions(...chain) },
    {
      title: `no entry by ${what} that is nearly right`,
      group: "matched",
      request: miss,
      expected: versions("v1", "v1", "v1"),
    },
  ];
}
