import { createHash } from "node:crypto";

export type Propagator = "baggage" | "tracecontext";

/** Where instrumented pods send what they measure. */
export type Exporting =
  /** Nowhere: nothing is sampled, so nothing is sent. */
  | { readonly kind: "none" }
  /** To a collector. Without an endpoint, each pod tries its own port 4318 or 4317, as OpenTelemetry has it. */
  | { readonly kind: "collector"; readonly endpoint?: string };

/** An environment variable. */
export interface SpecVariable {
  /** Its name. */
  readonly name: string;
  /** Its text. */
  readonly value: string;
}

export interface SpecExporter {
  /**
   * URL of a collector, by OpenTelemetry's protocol (OTLP) over HTTP.
   * @example "http://lanes-collector.opentelemetry-operator-system.svc.cluster.local:4318"
   */
  readonly endpoint: string;
}

export interface SpecSampler {
  /** None, or the share of `argument` of those that nobody has decided about. */
  readonly type: "always_off" | "parentbased_traceidratio";
  /** Share of the requests, "0" to "1". */
  readonly argument: string;
}

/** Spec of the custom resource `Instrumentation`. */
export interface InstrumentationSpec {
  /** Variables of the instrumented containers. @default none */
  readonly env?: readonly SpecVariable[];
  /** Where they send what they measure. @default OpenTelemetry's own: port 4318 or 4317 of the pod */
  readonly exporter?: SpecExporter;
  /** Which headers the pods carry on. */
  readonly propagators: readonly Propagator[];
  /** Which requests are traced. */
  readonly sampler: SpecSampler;
}

/**
 * The spec of an Instrumentation as Alibaba Cloud's document on permissive lanes has it: baggage is carried on by every
 * pod, with or without a collector.
 */
export function instrumentationSpec(exporting: Exporting, propagators: readonly Propagator[]): InstrumentationSpec {
  switch (exporting.kind) {
    case "none":
      return {
        env: [{ name: "OTEL_METRICS_EXPORTER", value: "none" }],
        propagators,
        sampler: { type: "always_off", argument: "1" },
      };
    case "collector":
      return {
        ...(exporting.endpoint !== undefined && { exporter: { endpoint: exporting.endpoint } }),
        propagators,
        sampler: { type: "parentbased_traceidratio", argument: "1" },
      };
    default: {
      const never: never = exporting;
      return never;
    }
  }
}

/** Languages whose instrumentation the operator injects and that apps of this project are written in. */
export const languages = ["nodejs"] as const;
export type Language = (typeof languages)[number];

/**
 * Annotations of pods that ask for instrumentation.
 *
 * The operator changes a pod only when it is made, so a hash of the spec is among them: pods are recreated when it changes.
 *
 * @param instrumentation name of the Instrumentation in the pods' namespace.
 * @param container name of the container to instrument; the sidecar may be the first one of the pod.
 */
export function injectionAnnotations(
  language: Language,
  instrumentation: string,
  container: string,
  spec: InstrumentationSpec,
): Record<string, string> {
  return {
    [`instrumentation.opentelemetry.io/inject-${language}`]: instrumentation,
    "instrumentation.opentelemetry.io/container-names": container,
    "mesh-lanes/instrumentation": createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 12),
  };
}
