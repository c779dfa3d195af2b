import type { types } from "@pulumi/kubernetes";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../child-options";

export interface CollectorArgs {
  /** Name of the `OpenTelemetryCollector`; its Service is `<name>-collector`. */
  readonly collectorName: string;
  /** Namespace of its pod. */
  readonly namespace: string;
  /**
   * `v1beta1` has the config as an object, `v1alpha1`, of operators before 0.98, as YAML text, which JSON is too.
   * @default "v1beta1"
   */
  readonly apiVersion?: "v1alpha1" | "v1beta1";
  /**
   * The collector's own config.
   * @default receives OpenTelemetry's protocol (OTLP) and writes a line for each batch to its log
   */
  readonly config?: pulumi.Input<Readonly<Record<string, unknown>>>;
  /**
   * Namespaces whose pods may leave for nothing that is not allowed, and so are given a way to the collector.
   * @default none
   */
  readonly openFrom?: readonly string[];
}

const otlp = { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } };
const pipeline = { receivers: ["otlp"], exporters: ["debug"] };

export const defaultCollectorConfig: Readonly<Record<string, unknown>> = {
  receivers: { otlp },
  exporters: { debug: {} },
  service: { pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } },
};

/** An OpenTelemetry collector of one pod, run by the operator. `opts.dependsOn`: the operator and the namespaces. */
export class Collector extends pulumi.ComponentResource {
  /** The `OpenTelemetryCollector`. */
  public readonly collector: CustomResource;

  public constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Collector", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    const { apiVersion = "v1beta1", openFrom = [], config = defaultCollectorConfig } = args;
    this.collector = new CustomResource(
      `${name}-collector`,
      {
        apiVersion: `opentelemetry.io/${apiVersion}`,
        kind: "OpenTelemetryCollector",
        metadata: { name: args.collectorName, namespace: args.namespace },
        spec: { mode: "deployment", config: apiVersion === "v1alpha1" ? pulumi.jsonStringify(config) : config },
      },
      child,
    );
    for (const from of openFrom) {
      new NetworkPolicy(
        `${name}-${from}`,
        { metadata: { name: `collector-${args.collectorName}`, namespace: from }, spec: egressTo(args.namespace) },
        child,
      );
    }
    this.registerOutputs({});
  }
}

function egressTo(namespace: string): types.input.networking.v1.NetworkPolicySpec {
  // The label that Kubernetes itself sets on every namespace.
  const peer = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
  const ports = [4317, 4318].map((port) => ({ port, protocol: "TCP" }));
  return { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [peer], ports }] };
}

/** URL at which apps reach the operator's collector by OTLP over HTTP; the operator names the Service. */
export function collectorEndpoint(collectorName: string, namespace: string): string {
  return `http://${collectorName}-collector.${namespace}.svc.cluster.local:4318`;
}
