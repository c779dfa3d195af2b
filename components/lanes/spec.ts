import { z } from "zod";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { matchSchema } from "./entries/match-shape";
import { entryRouteSchema } from "./entries/route-shape";
import { stickySchema } from "./entries/sticky-shape";
import { groupPolicySchema, lanePolicySchema, servicePolicySchema, trafficSchema } from "./policy/shape";
import { lanePortsSchema, portSchema } from "./ports";
import { stringMatchSchema } from "./text-match/shape";
import { userSchema } from "./users/shape";

/*
 * The shape of a lane group and its defaults. Every schema has a description: it is the "expected" text of a message and the
 * help in the JSON schema. What can only be judged with the rest of the group in view is in validate.ts.
 */

export type { LaneMatch } from "./entries/match-shape";
export type { EntryRoute } from "./entries/route-shape";
export type { StringMatch } from "./text-match/shape";

const nameSchema = z.string().describe("a name of at most 63 characters: a-z, 0-9 and '-', not first or last");
const headerSchema = z
  .string()
  .meta({ description: "a header name in lower case, such as x-lane", examples: ["x-lane"] });

const laneSchema = z
  .strictObject({
    name: nameSchema,
    version: z.string().optional().describe("the version of every service in this lane; default: the lane's name"),
    // Percent of the requests that match no rule; none when the lane is entered by match or header only.
    weight: z.number().optional().describe("a whole number, 0 to 100; the weights of a group add up to 100"),
    // Any of them enters the lane.
    match: matchSchema,
    services: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("a list of services that this lane overrides; default: all that have the lane's version"),
    versions: z.record(z.string(), z.string()).default({}).describe("service -> version, where it is not `version`"),
    // See `isDraining`.
    state: z
      .enum(["active", "draining"])
      .optional()
      .describe("active or draining: it takes nobody new, and keeps those it has; default active"),
    policy: lanePolicySchema.optional(),
  })
  .describe("a lane: name, version, weight, match, services, versions, state, policy")
  .transform((lane) => ({ ...lane, version: lane.version ?? lane.name }));

export type Lane = DeepReadonly<z.output<typeof laneSchema>>;

/**
 * Whether a lane takes nobody new: neither its match nor the entry's header leads into it, and it has no share. Sockets stay
 * open, requests under way stay in it, and clients that have its sticky cookie keep it.
 */
export function isDraining({ state }: Lane): boolean {
  return state === "draining";
}

const laneServiceSchema = z
  .strictObject({
    name: nameSchema,
    namespace: nameSchema.optional().describe("the namespace of the Service and its pods; default: the group's"),
    port: portSchema,
    // Only declared ports are routed.
    ports: lanePortsSchema.optional(),
    versions: z.array(z.string()).min(1).describe("a list of at least one version"),
    versionLabel: z
      .string()
      .optional()
      .meta({
        description: "the pod label that holds the version of this service; default: the group's",
        examples: ["app.kubernetes.io/version"],
      }),
    // See `versionLabels` of version-labels.ts.
    versionLabels: z
      .record(z.string(), z.record(z.string(), z.string()).describe("label -> value"))
      .optional()
      .meta({
        description:
          "version -> the labels of its pods, where not one label holds the version; default: versionLabel with the version",
        examples: [{ v1: { track: "stable" }, v2: { track: "canary", release: "b" } }],
      }),
    calls: z
      .array(z.string())
      .optional()
      .describe("a list of services it calls; default: the next in the list, none for the last"),
    fallback: z
      .boolean()
      .optional()
      .describe("true or false: the baseline answers when a version has no healthy endpoint (permissive only)"),
    // Istio's h2UpgradePolicy; none: the mesh's own default.
    http2: z.enum(["upgrade", "keep"]).optional().describe("upgrade (HTTP/1.1 to HTTP/2 upstream) or keep"),
    // See `servicePodLabels`.
    labels: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        "labels that all pods of the service have, whatever their version; default: app: <name of the service>",
      ),
    writes: z
      .boolean()
      .optional()
      .describe("true or false: its requests change data, so that no copies of requests may reach it; default false"),
    policy: servicePolicySchema.optional(),
    traffic: trafficSchema.optional(),
  })
  .describe(
    "a service: name, namespace, port, ports, versions, versionLabel, versionLabels, calls, fallback, http2, labels, writes, policy, traffic",
  );

/** What a request gets that fits no lane: no route at all, which Envoy answers with 404. */
export const reject = "reject";

const entrySchema = z
  .strictObject({
    service: z.string().describe("the name of the group's service that the gateway sends requests to"),
    gateway: z.string().meta({
      description: "namespace/name of a Gateway, such as istio-system/ingressgateway",
      examples: ["istio-system/ingressgateway"],
    }),
    hosts: z.array(z.string()).min(1).default(["*"]).describe('a list of host names; default ["*"]'),
    path: stringMatchSchema.optional(),
    // Lanes without a `match` and without a weight are entered by it; its value is the lane's name.
    header: headerSchema.optional(),
    // Never reached when there are weights.
    unmatched: z
      .string()
      .optional()
      .describe("reject (404), or the name of the lane that other requests take; default: the baseline, or reject"),
    sticky: stickySchema,
    // Instead of the cookie: the same user, the same lane, whatever proxy is asked.
    user: userSchema.optional(),
    // In their order: the first that fits decides the service, and lanes are chosen as everywhere in the group.
    routes: z
      .array(entryRouteSchema)
      .default([])
      .describe("a list of routes to other services of the group; what fits none goes to `service`; default none"),
    rest: z
      .enum(["service", reject])
      .default("service")
      .describe("service or reject (404): what becomes of requests that fit none of the routes; default service"),
    policy: servicePolicySchema.optional(),
  })
  .describe(
    "where requests come in: service, gateway, hosts, path, header, unmatched, sticky, user, routes, rest, policy",
  );

/**
 * How a group is written down on ASM: `swimlanes` as ASMSwimLaneGroup and ASMSwimLane, which ASM turns into routes and shows
 * in its console; `routes` as the routes themselves, which can do all that a group can say.
 */
const asmWays = ["swimlanes", "routes"] as const;

/** The kinds of mesh that lane groups are written for. */
export type MeshKind = "istio" | "asm";

const scopeSchema = z
  .strictObject({
    // As Istio's Sidecar has it: a namespace, `.` (the group's own) or `*`; then a DNS name, `*.name` or `*`.
    egress: z.array(z.string()).meta({
      description: "a list of namespace/host that every service may call besides its calls; [] for none",
      examples: [["istio-system/*"]],
    }),
  })
  .describe("what the services' sidecars know of the mesh: egress");

/** What Kubernetes calls its own domain unless it is told another. */
export const defaultClusterDomain = "cluster.local";

export const laneGroupSchema = z
  .strictObject({
    name: nameSchema,
    mode: z.enum(["strict", "permissive"]).describe("strict or permissive"),
    namespace: nameSchema.default("default"),
    // Services of the cluster are named under it.
    clusterDomain: z
      .string()
      .default(defaultClusterDomain)
      .describe(`the DNS domain of the cluster; default ${defaultClusterDomain}`),
    versionLabel: z
      .string()
      .default("version")
      .describe("the pod label that holds the version, of services that name none of their own; default version"),
    services: z.array(laneServiceSchema).min(1).describe("a list of at least one service, in calling order"),
    entry: entrySchema,
    // The request header that routing matches; its value is the lane's name.
    routeHeader: headerSchema.optional(),
    // The header that apps forward. On ASM also one with another value for each request, by which the mesh finds the route
    // header again.
    traceHeader: z
      .string()
      .optional()
      .describe("baggage, or the same as routeHeader; on ASM a trace id such as x-request-id too; default baggage"),
    baseline: z.string().optional().describe("the name of the lane that the others fall back to"),
    fallback: z.boolean().optional().describe("true or false: runtime fallback; default true (permissive only)"),
    asmWay: z
      .enum(asmWays)
      .default("routes")
      .describe("swimlanes or routes: the kind of objects on ASM; default routes"),
    // See `asm/patches.ts`.
    asmPatches: z
      .boolean()
      .default(false)
      .describe(
        "true or false: policies of swimlanes become ASM's patches, which its reference does not describe; default false",
      ),
    // See `laneHeader` and `versionHeader`.
    responseHeaders: z
      .boolean()
      .default(false)
      .describe("true or false: answers tell their lane and version; default false"),
    // None: every sidecar knows the whole mesh.
    scope: scopeSchema.optional(),
    policy: groupPolicySchema.optional(),
    lanes: z.array(laneSchema).min(1).describe("a list of at least one lane"),
  })
  .describe("a lane group")
  .transform(({ fallback, ...group }) => {
    const permissive = group.mode === "permissive";
    return {
      ...group,
      services: group.services.map((service, index) => ({
        ...service,
        namespace: service.namespace ?? group.namespace,
        calls: service.calls ?? group.services.slice(index + 1, index + 2).map((next) => next.name),
        // In strict mode there is nothing to fall back to.
        fallback: permissive && (service.fallback ?? fallback ?? true),
      })),
      entry: {
        ...group.entry,
        unmatched: group.entry.unmatched ?? group.baseline ?? reject,
        ...(group.entry.user && { sticky: false as const }),
      },
      ...(permissive && { traceHeader: group.traceHeader ?? "baggage" }),
    };
  });

/** A lane group as written in stack config. */
export type LaneGroupInput = z.input<typeof laneGroupSchema>;

/** A lane group as it was written, and with every default filled in. */
export interface ReadLaneGroup {
  readonly input: LaneGroupInput;
  readonly group: LaneGroup;
}

/** Undefined: it does not have the right shape. */
export function readLaneGroup(raw: unknown): ReadLaneGroup | undefined {
  const { data } = laneGroupSchema.safeParse(raw);
  // The schema has just taken it.
  return data && { input: raw as LaneGroupInput, group: data };
}

/** A lane group with every default filled in. Whether it makes sense is for `validateLaneGroups`. */
export type LaneGroup = DeepReadonly<z.output<typeof laneGroupSchema>>;
export type LaneService = LaneGroup["services"][number];

/** Namespaces in which a group has services, the group's own first if it has any there. */
export function namespacesOf({ namespace, services }: Pick<LaneGroup, "namespace" | "services">): string[] {
  const own = services.map((service) => service.namespace);
  return [...new Set(own.includes(namespace) ? [namespace, ...own] : own)];
}
