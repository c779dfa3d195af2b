import { z } from "zod";
import { languages } from "../components/telemetry/instrumentation-spec";
import { operatorImages } from "../components/telemetry/operator-values";

const name = z.string().describe("a name of at most 63 characters: a-z, 0-9 and '-', not first or last");

const imageSchema = z
  .strictObject({ repository: z.string().min(1).optional(), tag: z.string().min(1).optional() })
  .describe("an image: repository, tag");

const operatorSchema = z
  .strictObject({
    namespace: name.optional(),
    chart: z.string().min(1).optional().describe("a folder with the chart, in place of the repository"),
    repository: z.string().min(1).optional().describe("the URL of a Helm repository"),
    version: z.string().optional().describe("a version of the chart; default 0.46.0"),
    preset: z
      .enum(["upstream", "ack"])
      .optional()
      .describe("upstream, or ack: all images from the mirrors of Alibaba Cloud; default upstream"),
    registry: z
      .string()
      .min(1)
      .optional()
      .describe("the registry and path of the preset's images, such as registry.example.com/mirror (preset ack only)"),
    images: z
      .partialRecord(z.enum(operatorImages), imageSchema)
      .optional()
      .describe(`image -> repository and tag; images: ${operatorImages.join(", ")}`),
  })
  .describe("the operator: namespace, chart, repository, version, preset, registry, images");

const collectorSchema = z
  .strictObject({
    kind: z.enum(["none", "existing", "deploy"]).describe("none, existing or deploy"),
    endpoint: z
      .string()
      .optional()
      .describe("an http URL of OTLP, such as http://collector.default:4318 (existing only)"),
    config: z.record(z.string(), z.unknown()).optional().describe("the collector's own config (deploy only)"),
  })
  .describe("where apps send traces and metrics: kind, endpoint, config");

export const telemetrySchema = z
  .strictObject({
    operator: operatorSchema.optional(),
    instrumentation: name.optional().describe("the name of the Instrumentation; default demo-instrumentation"),
    propagators: z
      .array(z.enum(["baggage", "tracecontext"]))
      .min(1)
      .optional()
      .describe("a list of baggage and tracecontext; default [baggage]"),
    collector: collectorSchema.optional(),
  })
  .describe("the OpenTelemetry operator: operator, instrumentation, propagators, collector");

export const instrumentSchema = z
  .enum(languages)
  .optional()
  .describe(`${languages.join(", ")}: the operator injects instrumentation that forwards baggage; default: none`);
