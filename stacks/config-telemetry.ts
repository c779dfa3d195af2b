import type { z } from "zod";
import { Problems, quote } from "../components/lanes/validate/problems";
import type { Propagator } from "../components/telemetry/instrumentation-spec";
import type { OperatorImagesArgs } from "../components/telemetry/operator-values";
import type { Problem } from "../tools/user-error";
import type { telemetrySchema } from "./schema-telemetry";

export interface OperatorConfig extends OperatorImagesArgs {
  readonly namespace?: string;
  /** Folder with the chart. */
  readonly chart?: string;
  readonly repository?: string;
  readonly version?: string;
}

export type CollectorConfig =
  | { readonly kind: "none" }
  | { readonly kind: "existing"; readonly endpoint?: string }
  | { readonly kind: "deploy"; readonly config?: Readonly<Record<string, unknown>> };

/** What instruments apps; see `instrument` of a workload. */
export interface TelemetryConfig {
  readonly operator: OperatorConfig;
  readonly instrumentation: string;
  readonly propagators: readonly Propagator[];
  readonly collector: CollectorConfig;
}

type TelemetryInput = z.infer<typeof telemetrySchema>;

/** The name that the document on permissive lanes gives to its Instrumentation. */
const documentedName = "demo-instrumentation";

/**
 * The section with its defaults.
 *
 * @param asked whether a workload is to be instrumented: that alone asks for the operator too.
 */
export function completeTelemetry(given: TelemetryInput | undefined, asked: boolean): TelemetryConfig | undefined {
  const input = given ?? (asked ? {} : undefined);
  if (!input) return undefined;
  return {
    operator: input.operator ?? {},
    instrumentation: input.instrumentation ?? documentedName,
    propagators: input.propagators ?? ["baggage"],
    collector: completeCollector(input.collector ?? { kind: "none" }),
  };
}

function completeCollector({ kind, endpoint, config }: NonNullable<TelemetryInput["collector"]>): CollectorConfig {
  switch (kind) {
    case "none":
      return { kind };
    case "existing":
      return { kind, ...(endpoint !== undefined && { endpoint }) };
    case "deploy":
      return { kind, ...(config !== undefined && { config }) };
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/** What is wrong in the telemetry section. */
export function checkTelemetry(input: TelemetryInput | undefined): Problem[] {
  const problems = new Problems();
  if (!input) return problems.list;
  const { operator = {}, instrumentation, propagators, collector } = input;
  if (operator.namespace !== undefined) problems.dnsLabel("telemetry.operator.namespace", operator.namespace);
  if (instrumentation !== undefined) problems.dnsLabel("telemetry.instrumentation", instrumentation);
  for (const key of ["repository", "version"] as const) {
    if (operator.chart === undefined || operator[key] === undefined) continue;
    const fix = `Remove ${key} or chart.`;
    problems.add(`telemetry.operator.${key}`, `got ${quote(operator[key])}`, "only without chart", fix);
  }
  if (operator.registry !== undefined && operator.preset !== "ack") {
    const fix = "Name repository and tag of each image under images, or set preset: ack.";
    problems.add("telemetry.operator.registry", `got ${quote(operator.registry)}`, "only with preset ack", fix);
  }
  if (propagators && !propagators.includes("baggage")) {
    const fix = "Add baggage: the lane travels in it.";
    problems.add("telemetry.propagators", `got ${quote(propagators.join(", "))}`, "a list with baggage", fix);
  }
  checkCollector(problems, collector);
  return problems.list;
}

function checkCollector(problems: Problems, collector: TelemetryInput["collector"]): void {
  if (!collector) return;
  const { kind, endpoint, config } = collector;
  if (endpoint !== undefined && kind !== "existing") {
    const fix = "Remove endpoint, or set kind: existing.";
    problems.add("telemetry.collector.endpoint", `got ${quote(endpoint)}`, "only for kind existing", fix);
  } else if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol))) {
    const expected = "an http URL, such as http://collector.default:4318";
    problems.add("telemetry.collector.endpoint", `got ${quote(endpoint)}`, expected, "Write http:// and the port.");
  }
  if (config !== undefined && kind !== "deploy") {
    const fix = "Remove config, or set kind: deploy.";
    problems.add("telemetry.collector.config", "got a config", "only for kind deploy", fix);
  }
}
