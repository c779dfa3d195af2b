import { z } from "zod";
import { operatorImages } from "../../components/telemetry/operator-values";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { name, text } from "../values";

const imageSchema = z
  .strictObject({ repository: text.optional(), tag: text.optional() })
  .describe("an image: repository, tag");

const operatorSchema = z
  .strictObject({
    namespace: name.optional(),
    chart: text.optional().describe("a folder with the chart, in place of the repository"),
    repository: text.optional().describe("the URL of a Helm repository"),
    version: z.string().optional().describe("a version of the chart; default 0.46.0"),
    preset: z
      .enum(["upstream", "ack"])
      .optional()
      .describe("upstream, or ack: all images from the mirrors of Alibaba Cloud; default upstream"),
    registry: text
      .optional()
      .describe("the registry and path of the preset's images, such as registry.example.com/mirror (preset ack only)"),
    images: z
      .partialRecord(z.enum(operatorImages), imageSchema)
      .optional()
      .describe(`image -> repository and tag; images: ${operatorImages.join(", ")}`),
  })
  .describe("the operator: namespace, chart, repository, version, preset, registry, images")
  .prefault({});

const noneSchema = z.strictObject({ kind: z.literal("none") }).describe("nothing is sent: kind");
const existingSchema = z
  .strictObject({
    kind: z.literal("existing"),
    endpoint: z.string().optional().describe("an http URL of OTLP, such as http://collector.default:4318"),
  })
  .describe("an existing collector: kind, endpoint");
const deploySchema = z
  .strictObject({
    kind: z.literal("deploy"),
    config: z.record(z.string(), z.unknown()).optional().describe("the collector's own config"),
  })
  .describe("a collector of this stack: kind, config");

export const telemetrySchema = z
  .strictObject({
    operator: operatorSchema,
    // The name that the document on permissive lanes gives to its Instrumentation.
    instrumentation: name
      .default("demo-instrumentation")
      .describe("the name of the Instrumentation; default demo-instrumentation"),
    propagators: z
      .array(z.enum(["baggage", "tracecontext"]))
      .min(1)
      .default(["baggage"])
      .describe("a list of baggage and tracecontext; default [baggage]"),
    collector: z
      .discriminatedUnion("kind", [noneSchema, existingSchema, deploySchema])
      .default({ kind: "none" })
      .describe("where apps send traces and metrics: kind, and the keys of that kind"),
  })
  .describe("the OpenTelemetry operator: operator, instrumentation, propagators, collector");

/** What instruments apps; see `instrument` of a workload. */
export type TelemetryConfig = DeepReadonly<z.output<typeof telemetrySchema>>;
export type OperatorConfig = TelemetryConfig["operator"];
