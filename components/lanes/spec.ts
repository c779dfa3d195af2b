import { z } from "zod";

/*
 * The shape of a lane group as a user writes it. Every schema has a description: it is the "expected" text of a message
 * and the help in the JSON schema. What can only be judged with the rest of the group in view is in validate.ts.
 */

const stringMatchSchema = z
  .union([
    z.string(),
    z.strictObject({ exact: z.string().optional(), prefix: z.string().optional(), regex: z.string().optional() }),
  ])
  .describe("a text (matched exactly), or one of { exact }, { prefix }, { regex } (RE2, must match the whole value)");

const cookieMatchSchema = z
  .union([z.string(), z.strictObject({ exact: z.string().optional(), prefix: z.string().optional() })])
  .describe("a text (matched exactly), or one of { exact }, { prefix }");

const nameSchema = z.string().describe("a name of at most 63 characters: a-z, 0-9 and '-', not first or last");
const headerSchema = z.string().describe("a header name in lower case, such as x-lane");

export const laneMatchSchema = z
  .strictObject({
    headers: z.record(z.string(), stringMatchSchema).optional().describe("header name -> match"),
    cookies: z.record(z.string(), cookieMatchSchema).optional().describe("cookie name -> match"),
    query: z.record(z.string(), stringMatchSchema).optional().describe("query key -> match, as it stands in the URL"),
    hosts: z.array(z.string()).min(1).optional().describe("a list of host names; *.example.com is allowed"),
    path: stringMatchSchema.optional(),
  })
  .describe("conditions that must all hold: headers, cookies, query, hosts, path");

export const laneSchema = z
  .strictObject({
    name: nameSchema,
    version: z.string().optional().describe("the version of every service in this lane; default: the lane's name"),
    weight: z.number().optional().describe("a whole number, 0 to 100; the weights of a group add up to 100"),
    match: laneMatchSchema.optional(),
    services: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("a list of services that this lane overrides; default: all"),
    versions: z.record(z.string(), z.string()).optional().describe("service -> version, where it is not `version`"),
  })
  .describe("a lane: name, version, weight, match, services, versions");

export const laneServiceSchema = z
  .strictObject({
    name: nameSchema,
    port: z.number().int().min(1).max(65535).describe("a port number of the Service, 1 to 65535"),
    versions: z.array(z.string()).min(1).describe("a list of at least one version"),
    calls: z.array(z.string()).optional().describe("a list of services it calls; default: the next in the list"),
    fallback: z.boolean().optional().describe("true or false: runtime fallback of this service (permissive only)"),
    http2: z.enum(["upgrade", "keep"]).optional().describe("upgrade (HTTP/1.1 to HTTP/2 upstream) or keep"),
  })
  .describe("a service: name, port, versions, calls, fallback, http2");

export const entrySchema = z
  .strictObject({
    service: z.string().describe("the name of the group's service that the gateway sends requests to"),
    gateway: z.string().describe("namespace/name of a Gateway, such as istio-system/ingressgateway"),
    hosts: z.array(z.string()).min(1).optional().describe('a list of host names; default ["*"]'),
    path: stringMatchSchema.optional(),
    header: headerSchema.optional(),
    unmatched: z.string().optional().describe("reject (404), or the name of the lane that other requests take"),
    sticky: z.boolean().optional().describe("true or false: who was given a lane by weight keeps it; default true"),
  })
  .describe("where requests come in: service, gateway, hosts, path, header, unmatched, sticky");

/**
 * How a group is written down on ASM: `swimlanes` as ASMSwimLaneGroup and ASMSwimLane, which ASM turns into routes and shows
 * in its console; `routes` as the routes themselves, which can do all that a group can say.
 */
export const asmWays = ["swimlanes", "routes"] as const;
export type AsmWay = (typeof asmWays)[number];

/** The kinds of mesh that lane groups are written for. */
export type MeshKind = "istio" | "asm";
export const scopeSchema = z
  .strictObject({
    egress: z
      .array(z.string())
      .describe("a list of namespace/host that every service may call besides its calls; [] for none"),
  })
  .describe("what the services' sidecars know of the mesh: egress");

export const laneGroupSchema = z
  .strictObject({
    name: nameSchema,
    mode: z.enum(["strict", "permissive"]).describe("strict or permissive"),
    namespace: nameSchema.optional(),
    clusterDomain: z.string().optional().describe("the DNS domain of the cluster; default cluster.local"),
    versionLabel: z.string().optional().describe("the pod label that holds the version; default version"),
    services: z.array(laneServiceSchema).min(1).describe("a list of at least one service, in calling order"),
    entry: entrySchema,
    routeHeader: headerSchema.optional(),
    traceHeader: z
      .string()
      .optional()
      .describe("baggage, or the same as routeHeader; on ASM a trace id such as x-request-id too"),
    baseline: z.string().optional().describe("the name of the lane that the others fall back to"),
    fallback: z.boolean().optional().describe("true or false: runtime fallback; default true (permissive only)"),
    asmWay: z.enum(asmWays).optional().describe("swimlanes or routes: the kind of objects on ASM; default routes"),
    responseHeaders: z
      .boolean()
      .optional()
      .describe("true or false: answers tell their lane and version; default false"),
    scope: scopeSchema.optional(),
    lanes: z.array(laneSchema).min(1).describe("a list of at least one lane"),
  })
  .describe("a lane group");

/** A lane group as written in stack config. */
export type LaneGroupInput = z.infer<typeof laneGroupSchema>;
type StringMatchInput = z.infer<typeof stringMatchSchema>;

/** One condition on a text. `regex` is RE2 and must match the whole value, as Envoy has it. */
export type StringMatch =
  | { readonly kind: "exact"; readonly value: string }
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "regex"; readonly value: string };

/** Conditions of a lane at the entry; all of them must hold. */
export interface LaneMatch {
  /** Header names are case-insensitive for requests and lower case here. Repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, StringMatch>>;
  readonly cookies: Readonly<Record<string, StringMatch>>;
  /** Compared as it stands in the URL, not percent-decoded. The first value of a key counts. */
  readonly query: Readonly<Record<string, StringMatch>>;
  /** Empty: any host of the entry. A port in the request's Host is ignored. */
  readonly hosts: readonly string[];
  /** Stands in for the entry's path. */
  readonly path?: StringMatch;
}

export interface Lane {
  readonly name: string;
  readonly version: string;
  /** Percent of the requests that match no rule; undefined when the lane is entered by match or header only. */
  readonly weight?: number;
  readonly match?: LaneMatch;
  /** Services that this lane overrides; undefined: each one that has the lane's version. */
  readonly services?: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

export interface LaneService {
  readonly name: string;
  readonly port: number;
  readonly versions: readonly string[];
  /** Services it calls; default: the next one in the list, none for the last. */
  readonly calls: readonly string[];
  /** Fall back to the baseline when a version has no healthy endpoint. Always false in strict mode. */
  readonly fallback: boolean;
  /**
   * Whether sidecars upgrade HTTP/1.1 to HTTP/2 (Istio's h2UpgradePolicy); undefined: the mesh's own default. WebSockets
   * over HTTP/2 need pods with the label `app: <name of the service>`, as workloads of this project have it.
   */
  readonly http2?: "upgrade" | "keep";
}

/** What a request gets that fits no lane: no route at all, which Envoy answers with 404. */
export const reject = "reject";

export interface LaneEntry {
  readonly service: string;
  /** `namespace/name` of the Gateway. */
  readonly gateway: string;
  readonly hosts: readonly string[];
  readonly path?: StringMatch;
  /** Lanes without a `match` are entered by this header; its value is the lane's name. It goes before weights. */
  readonly header?: string;
  /** `reject` or a lane's name. Never reached when there are weights. */
  readonly unmatched: string;
  readonly sticky: boolean;
}

/** What the sidecars of a group's services know of the mesh: the services they call, and these. */
export interface LaneScope {
  /** `namespace/host` as Istio's Sidecar has it: a namespace, `.` (the group's own) or `*`; a DNS name, `*.name` or `*`. */
  readonly egress: readonly string[];
}

/** A lane group with every default filled in. */
export interface LaneGroup {
  readonly name: string;
  readonly mode: "strict" | "permissive";
  readonly namespace: string;
  /** Services of the cluster are named under it. */
  readonly clusterDomain: string;
  readonly versionLabel: string;
  readonly services: readonly LaneService[];
  readonly entry: LaneEntry;
  /** Permissive only: the request header that routing matches; its value is the lane's name. */
  readonly routeHeader?: string;
  /**
   * Permissive only: the header that apps forward. `baggage`, or the same as `routeHeader`; on ASM also a header with another
   * value for each request, such as `x-request-id`, by which the mesh finds the route header again.
   */
  readonly traceHeader?: string;
  readonly baseline?: string;
  /** Without meaning on other meshes than ASM. */
  readonly asmWay: AsmWay;
  /** Whether answers tell the lane and the version of the entry service, see `laneHeader` and `versionHeader`. */
  readonly responseHeaders: boolean;
  /** Undefined: every sidecar knows the whole mesh. */
  readonly scope?: LaneScope;
  readonly lanes: readonly Lane[];
}

/** Fills in the defaults. The input has the right shape; whether it makes sense is for `validateLaneGroup`. */
export function completeLaneGroup(input: LaneGroupInput): LaneGroup {
  const permissive = input.mode === "permissive";
  const { entry } = input;
  return {
    name: input.name,
    mode: input.mode,
    namespace: input.namespace ?? "default",
    clusterDomain: input.clusterDomain ?? "cluster.local",
    versionLabel: input.versionLabel ?? "version",
    services: input.services.map((service, index) => ({
      name: service.name,
      port: service.port,
      versions: service.versions,
      calls: service.calls ?? input.services.slice(index + 1, index + 2).map((next) => next.name),
      fallback: permissive && (service.fallback ?? input.fallback ?? true),
      ...(service.http2 && { http2: service.http2 }),
    })),
    entry: {
      service: entry.service,
      gateway: entry.gateway,
      hosts: entry.hosts ?? ["*"],
      ...(entry.path !== undefined && { path: toStringMatch(entry.path) }),
      ...(entry.header !== undefined && { header: entry.header }),
      unmatched: entry.unmatched ?? input.baseline ?? reject,
      sticky: entry.sticky ?? true,
    },
    ...(permissive && { routeHeader: input.routeHeader ?? "", traceHeader: input.traceHeader ?? "baggage" }),
    ...(input.baseline !== undefined && { baseline: input.baseline }),
    asmWay: input.asmWay ?? "routes",
    responseHeaders: input.responseHeaders ?? false,
    ...(input.scope && { scope: input.scope }),
    lanes: input.lanes.map(completeLane),
  };
}

function completeLane(lane: LaneGroupInput["lanes"][number]): Lane {
  return {
    name: lane.name,
    version: lane.version ?? lane.name,
    ...(lane.weight !== undefined && { weight: lane.weight }),
    ...(lane.match && {
      match: {
        headers: toStringMatches(lane.match.headers),
        cookies: toStringMatches(lane.match.cookies),
        query: toStringMatches(lane.match.query),
        hosts: lane.match.hosts ?? [],
        ...(lane.match.path !== undefined && { path: toStringMatch(lane.match.path) }),
      },
    }),
    ...(lane.services && { services: lane.services }),
    versions: lane.versions ?? {},
  };
}

function toStringMatches(inputs: Record<string, StringMatchInput> = {}): Record<string, StringMatch> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, toStringMatch(input)]));
}

function toStringMatch(input: StringMatchInput): StringMatch {
  if (typeof input === "string") return { kind: "exact", value: input };
  if (input.exact !== undefined) return { kind: "exact", value: input.exact };
  if (input.prefix !== undefined) return { kind: "prefix", value: input.prefix };
  return { kind: "regex", value: input.regex ?? "" };
}
