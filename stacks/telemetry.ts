import { workloadNamespaces } from "../config/ownership/namespaces";
import type { OperatorConfig, StackConfig, TelemetryConfig } from "../config/stack";
import {
  type AvailableImages,
  type Cluster,
  Collector,
  collectorEndpoint,
  type Exporting,
  Instrumentation,
  imageSource,
  instrumentationSpec,
  OpenTelemetryOperator,
  type OperatorImage,
  onCluster,
} from "../library";
import type { Namespaces } from "./namespaces";

/** Images that stand in for the published ones where the tool chain has built the operator. */
const builtImages: Readonly<Partial<Record<OperatorImage, string>>> = {
  manager: "opentelemetry-operator",
  nodejs: "opentelemetry-nodejs",
};

/** Names of the operator's images that the cluster has to be given, for a chart of the tool chain. */
export function operatorImageApps(config: StackConfig, chart: string | undefined): readonly string[] {
  return config.telemetry && usesBuilt(config.telemetry, chart) ? Object.values(builtImages) : [];
}

/** A chart of the config's own brings its own images. */
function usesBuilt({ operator }: TelemetryConfig, chart: string | undefined): boolean {
  return chart !== undefined && operator.chart === undefined;
}

export interface TelemetryArgs {
  readonly cluster: Cluster;
  readonly images: AvailableImages;
  readonly namespaces: Namespaces;
  readonly config: StackConfig;
  /** Chart of the tool chain's operator, when it has built one. */
  readonly chart: string | undefined;
}

/** The operator, and an Instrumentation in each namespace with a workload that asks for it; undefined: none was asked for. */
export function createTelemetry(args: TelemetryArgs): Instrumentation | undefined {
  const { cluster, images, config, namespaces, chart } = args;
  const { telemetry } = config;
  if (!telemetry) return undefined;
  const on = onCluster(cluster);
  const built = usesBuilt(telemetry, chart);
  const operator = new OpenTelemetryOperator(
    "telemetry-operator",
    built ? builtOperator(telemetry.operator, images, chart) : telemetry.operator,
    { ...on, dependsOn: [...images.dependsOn] },
  );
  const asking = config.workloads.filter(({ instrument }) => instrument);
  const used = workloadNamespaces({ workloads: asking });
  const dependsOn = [operator.release, ...namespaces.of(...asking)];
  const collectorName = "lanes";
  const collector =
    telemetry.collector.kind === "deploy"
      ? new Collector(
          "telemetry-collector",
          {
            collectorName,
            namespace: operator.namespace,
            apiVersion: hasObjectConfig(telemetry.operator, built) ? "v1beta1" : "v1alpha1",
            config: telemetry.collector.config,
            openFrom: config.security.networkPolicies ? used : [],
          },
          { ...on, dependsOn },
        )
      : undefined;
  return new Instrumentation(
    "telemetry-instrumentation",
    {
      instrumentationName: telemetry.instrumentation,
      namespaces: used,
      spec: instrumentationSpec(exporting(telemetry, collectorName, operator.namespace), telemetry.propagators),
    },
    { ...on, dependsOn: [...dependsOn, ...(collector ? [collector.collector] : [])] },
  );
}

function builtOperator(operator: OperatorConfig, images: AvailableImages, chart: string | undefined): OperatorConfig {
  const refs = Object.entries(builtImages).map(([image, app]) => {
    const ref = images.refs[app];
    if (!ref) throw new Error(`the operator has no image ${app}`);
    return [image, imageSource(ref)];
  });
  const { namespace } = operator;
  return { ...(namespace !== undefined && { namespace }), chart, images: Object.fromEntries(refs) };
}

/** Since operator 0.98, which charts from 0.60.0 on bring. */
function hasObjectConfig({ chart, version }: OperatorConfig, built: boolean): boolean {
  if (built || chart !== undefined) return true;
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  return major > 0 || minor >= 60;
}

function exporting({ collector }: TelemetryConfig, collectorName: string, namespace: string): Exporting {
  switch (collector.kind) {
    case "none":
      return { kind: "none" };
    case "existing":
      return { ...collector, kind: "collector" };
    case "deploy":
      return { kind: "collector", endpoint: collectorEndpoint(collectorName, namespace) };
    default: {
      const never: never = collector;
      return never;
    }
  }
}
