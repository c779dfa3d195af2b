import { z } from "zod";

/*
 * What `lanes diff` finds, as JSON. docs/lanes-diff.schema.json is made of these; a change that readers of the JSON would
 * notice gets another `format`.
 */

export const diffFormat = "mesh-lanes/diff/1";

/** `danger` requests may fail, `care` somebody is served otherwise or loses a connection, `note` good to know. */
const riskSchema = z.enum(["danger", "care", "note"]);

const changeSchema = z.strictObject({
  kind: z
    .enum([
      ...(["group-added", "group-removed", "lost", "moved", "newly-routed", "cookie", "hole", "fallback"] as const),
      ...([
        "runtime-fallback",
        "baseline",
        "drain",
        "unused-version",
        "order",
        "refused-call",
        "allowed-call",
      ] as const),
      ...(["policies", "dead-rule", "pods", "lane-state", "route-policy", "ports", "other-settings"] as const),
    ])
    .describe("what kind of change it is"),
  risk: riskSchema,
  group: z.string().nullable().describe("the lane group; null where it is none's alone"),
  text: z.string().describe("the change in words"),
  move: z.int().nullable().describe("index in `moves`, with the requests that show it; null for other changes"),
  setting: z
    .strictObject({
      path: z.string().describe("such as laneGroups.shop.responseHeaders"),
      before: z.string().nullable().describe("as JSON, shortened; secrets are masked; null: not there"),
      after: z.string().nullable(),
    })
    .optional()
    .describe("of other-settings: the key that no other change tells"),
});

const hopSchema = z.strictObject({
  from: z.string().describe("gateway, or the calling service"),
  service: z.string(),
  rule: z.string().nullable().describe("name of the route; null when there was none"),
  version: z.string().nullable().describe("the version that answers; null: any"),
  reason: z.enum(["own", "fallback", "no-rule"]),
});

const routeSchema = z.strictObject({
  group: z.string(),
  kind: z.enum(["match", "cookie", "weights", "unmatched", "preflight"]),
  namespaces: z
    .record(z.string(), z.string())
    .optional()
    .describe("of a group with services in other namespaces than on the other side: service -> its namespace"),
  versionLabel: z
    .string()
    .optional()
    .describe("of a group with another one than on the other side: the pod label that tells versions"),
  labels: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.string())))
    .optional()
    .describe("of versions whose pods are found by other labels than on the other side: service -> version -> labels"),
  answer: z.string().optional().describe("of a browser's preflight: what the gateway itself answers, in words"),
  outcomes: z
    .array(
      z.strictObject({
        lane: z.string(),
        weight: z.number().describe("percent of the requests that take this rule"),
        setsCookie: z.string().nullable(),
        hops: z.array(hopSchema),
      }),
    )
    .describe("their weights add up to 100; none for a preflight"),
});

const witnessSchema = z.strictObject({
  host: z.string(),
  path: z.string().describe("with its query"),
  method: z.string().optional().describe("default GET"),
  headers: z.record(z.string(), z.string()),
  curl: z.string().describe("the same as a curl command; GATEWAY stands for the gateway's address"),
});

const regionSchema = z.strictObject({
  gateway: z.string().describe("namespace/name"),
  host: z.string().describe("the host pattern whose rules these requests meet"),
  conditions: z.array(z.string()).describe("what these requests have, in words"),
  before: z.string().nullable().describe("name of the rule, a key of `routes.before`; null: 404"),
  after: z.string().nullable().describe("name of the rule, a key of `routes.after`; null: 404"),
  moved: z
    .number()
    .describe("percent of these requests that meet something else than before; 0: a cookie of their answers changes"),
  witness: witnessSchema.nullable().describe("a request of this region; null: none was found"),
});

const moveSchema = z.strictObject({
  group: z.string(),
  text: z.string(),
  regions: z.array(regionSchema).min(1).describe("the plainest first"),
});

const tableSchema = z.strictObject({
  group: z.string(),
  baseline: z.string().nullable(),
  services: z.array(z.string()),
  lanes: z.array(
    z.strictObject({
      lane: z.string(),
      cells: z.array(
        z.strictObject({
          service: z.string(),
          version: z.string().nullable(),
          reason: z.enum(["own", "fallback", "missing"]),
        }),
      ),
    }),
  ),
});

const count = z.int().min(0);

const replaySchema = z
  .strictObject({
    files: z.array(z.string()).describe("the logs that were read"),
    requests: count.describe("requests that were read"),
    unreadable: count.describe("lines or entries that are no request"),
    others: count.describe("requests that no lane group takes, before or after"),
    unknown: count.describe("requests of which the log has too little to tell whether they move"),
    moved: z
      .strictObject({ least: count, most: count })
      .describe("requests that meet something else after the change; of a share of a weight, that share"),
    sockets: count.describe("WebSockets that rules of lane groups took"),
    drained: count.describe("of them those whose lane group's or service's listeners change"),
    regions: z
      .array(
        z.strictObject({
          before: z.string().nullable().describe("name of the rule; null: 404"),
          after: z.string().nullable(),
          least: z.number().describe("percent of these requests that surely move"),
          most: z.number().describe("percent that may move"),
          requests: count,
        }),
      )
      .describe("requests that move or may, by rule, the most first"),
  })
  .describe("what the change would have done to requests that were sent");

export const diffReportSchema = z
  .strictObject({
    format: z.literal(diffFormat),
    before: z.string().describe("which config it is"),
    after: z.string(),
    verdict: z.strictObject({ risk: riskSchema.nullable().describe("null: nothing changed"), text: z.string() }),
    changes: z.array(changeSchema).describe("the greatest risk first"),
    moves: z.array(moveSchema).describe("requests that go another way than before"),
    routes: z
      .strictObject({ before: z.record(z.string(), routeSchema), after: z.record(z.string(), routeSchema) })
      .describe("by the name of the rule: the way of the requests that take it, hop by hop"),
    tables: z
      .strictObject({ before: z.array(tableSchema), after: z.array(tableSchema) })
      .describe("the lane tables of the groups that changed"),
    replay: replaySchema.optional().describe("with --requests only"),
  })
  .describe("what a change of lanes does, as `lanes diff --json` prints it");

export type ReplayReport = z.infer<typeof replaySchema>;
export type DiffReport = z.infer<typeof diffReportSchema>;
export type Change = z.infer<typeof changeSchema>;
export type Risk = z.infer<typeof riskSchema>;
export type Move = z.infer<typeof moveSchema>;
export type ReportRegion = z.infer<typeof regionSchema>;
export type Route = z.infer<typeof routeSchema>;

export const risks: readonly Risk[] = riskSchema.options;

/** The JSON schema of the report. */
export function diffReportJsonSchema(): object {
  return { title: "lanes diff", ...z.toJSONSchema(diffReportSchema, { target: "draft-7" }) };
}
