import { type Problems, quote } from "../../components/lanes/validate/problems";
import type { Sections } from "../stack";
import { isHttpUrl } from "../values";

/** What is wrong in the telemetry section. */
export function checkTelemetry(problems: Problems, { telemetry }: Pick<Sections, "telemetry">): void {
  if (!telemetry) return;
  const { operator, instrumentation, propagators, collector } = telemetry;
  if (operator.namespace !== undefined) problems.dnsLabel("telemetry.operator.namespace", operator.namespace);
  problems.dnsLabel("telemetry.instrumentation", instrumentation);
  for (const key of ["repository", "version"] as const) {
    if (operator.chart === undefined || operator[key] === undefined) continue;
    const fix = `Remove ${key} or chart.`;
    problems.add(`telemetry.operator.${key}`, `got ${quote(operator[key])}`, "only without chart", fix);
  }
  if (operator.registry !== undefined && operator.preset !== "ack") {
    const fix = "Name repository and tag of each image under images, or set preset: ack.";
    problems.add("telemetry.operator.registry", `got ${quote(operator.registry)}`, "only with preset ack", fix);
  }
  if (!propagators.includes("baggage")) {
    const fix = "Add baggage: the lane travels in it.";
    problems.add("telemetry.propagators", `got ${quote(propagators.join(", "))}`, "a list with baggage", fix);
  }
  if (collector.kind === "existing" && collector.endpoint !== undefined && !isHttpUrl(collector.endpoint)) {
    const expected = "an http URL, such as http://collector.default:4318";
    const fix = "Write http:// and the port.";
    problems.add("telemetry.collector.endpoint", `got ${quote(collector.endpoint)}`, expected, fix);
  }
}
