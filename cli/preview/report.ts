import { z } from "zod";
import { diffReportSchema } from "../../components/lanes/diff/report";

/*
 * What `lanes preview` finds, as JSON. docs/lanes-preview.schema.json is made of these; a change that readers of the JSON would
 * notice gets another `format`.
 */

export const previewFormat = "mesh-lanes/preview/1";

const fieldSchema = z.strictObject({
  path: z.string(),
  before: z.string().nullable().describe("as JSON, shortened; secrets are masked; null: not there"),
  after: z.string().nullable(),
});

const changeSchema = z.strictObject({
  operation: z.enum(["create", "update", "replace", "delete"]),
  type: z.string().describe("Pulumi's type, such as kubernetes:apps/v1:Deployment; offline apiVersion/kind"),
  name: z.string(),
  cause: z
    .enum(["config", "cluster", "both"])
    .describe("cluster: somebody changed it there since the last update, which the next one takes back"),
  fields: z.array(fieldSchema).describe("what the config changes"),
  drift: z.array(z.string()).describe("paths of what was changed in the cluster; `(deleted)` where the object is gone"),
});

const previewReportSchema = z
  .strictObject({
    format: z.literal(previewFormat),
    stack: z.string(),
    mode: z.enum(["pulumi", "offline"]).describe("offline: from two configs alone, without state or cluster"),
    refused: z
      .array(
        z.strictObject({
          group: z.string().describe("the lane group"),
          text: z.string().describe("what the update would do, and the sequence that is safe"),
        }),
      )
      .describe(
        "why an update would be refused: what no order of its steps makes safe; none with --allow-unsafe-order",
      ),
    lanes: diffReportSchema,
    failed: z.string().nullable().describe("why `pulumi preview` failed; `changes` is empty then"),
    counts: z.record(z.string(), z.number()).describe("number of resources by operation, `same` for the others"),
    changes: z.array(changeSchema),
    notes: z.array(z.string()).describe("policies that are broken, and what could not be looked at"),
  })
  .describe("what an update would do, as `lanes preview --json` prints it");

export type PreviewReport = z.infer<typeof previewReportSchema>;
export type ResourceChange = PreviewReport["changes"][number];
export type FieldChange = ResourceChange["fields"][number];

/** The JSON schema of the report. */
export function previewReportJsonSchema(): object {
  return { title: "lanes preview", ...z.toJSONSchema(previewReportSchema, { target: "draft-7" }) };
}

/** Whether an update would do anything. */
export function changesAnything({ lanes, changes, failed }: PreviewReport): boolean {
  return lanes.verdict.risk !== null || changes.length > 0 || failed !== null;
}
