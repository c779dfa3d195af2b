import { z } from "zod";

/*
 * What this controller reads of ASMSwimLaneGroup and ASMSwimLane: fields of "ASMSwimLaneGroup and ASMSwimLane field reference" and of
 * Alibaba Cloud's public Go types. A field that is not here is refused, for no rule here would follow it.
 */

const stringMatch = z.union([
  z.strictObject({ exact: z.string() }),
  z.strictObject({ prefix: z.string() }),
  z.strictObject({ regex: z.string() }),
]);
const service = z.strictObject({ name: z.string(), namespace: z.string() });

/*
 * Patches are any JSON in the Go types. Here a route's has the fields that ASM has no use for itself: another could overwrite what
 * tells the lanes, or where a route leads.
 */
const httpRoutePatch = z.strictObject({
  timeout: z.string().optional(),
  retries: z.record(z.string(), z.unknown()).optional(),
  fault: z.record(z.string(), z.unknown()).optional(),
});
const trafficPolicyPatch = z.strictObject({
  loadBalancer: z.record(z.string(), z.unknown()).optional(),
  connectionPool: z.record(z.string(), z.unknown()).optional(),
  outlierDetection: z.record(z.string(), z.unknown()).optional(),
});
const patchedService = service.extend({
  httpRoutePatch: httpRoutePatch.optional(),
  trafficPolicyPatch: trafficPolicyPatch.optional(),
});

const requestMatch = z.strictObject({
  uri: stringMatch.optional(),
  headers: z.record(z.string(), stringMatch).optional(),
});
const destination = z.strictObject({ host: z.string(), portNum: z.int().optional() });

export const groupSchema = z.strictObject({
  services: z.array(patchedService).min(1),
  ingress: z.strictObject({
    gateway: z.strictObject({ name: z.string(), namespace: z.string(), type: z.literal("ASM") }),
    ingressRouting: z
      .strictObject({
        ingressRoutingStrategy: z.enum(["rule_based", "weighted"]),
        weightedRoutingRule: z
          .strictObject({ hosts: z.array(z.string()).min(1), requestMatches: z.array(requestMatch).min(1) })
          .optional(),
      })
      .optional(),
  }),
  isPermissive: z.boolean().optional(),
  permissiveModeConfiguration: z
    .strictObject({
      fallbackTarget: z.string(),
      serviceLevelFallbackTarget: z.record(z.string(), z.string()).optional(),
      traceHeader: z.string(),
      routeHeader: z.string(),
    })
    .optional(),
});

export const laneSchema = z.strictObject({
  labelSelector: z.record(z.string(), z.string()),
  services: z.array(service).optional(),
  ingressRules: z
    .array(
      z.strictObject({
        online: z.boolean(),
        name: z.string(),
        hosts: z.array(z.string()).min(1),
        match: requestMatch,
        route: z.strictObject({ destination }),
      }),
    )
    .optional(),
  ingressWeight: z.strictObject({ destination, weight: z.int() }).optional(),
});

export type GroupSpec = z.infer<typeof groupSchema>;
export type LaneSpec = z.infer<typeof laneSchema>;
export type RequestMatch = z.infer<typeof requestMatch>;
export type ServiceRef = z.infer<typeof service>;
/** A service of the group, with what is laid over its routes and its pods' policies. */
export type PatchedService = z.infer<typeof patchedService>;
export type LaneDestination = z.infer<typeof destination>;

/** The label by which a lane names its group. */
export const groupLabel = "swimlane-group";
