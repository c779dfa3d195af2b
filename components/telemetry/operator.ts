import { Namespace } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { after, childOptions } from "../child-options";
import { releaseTimeoutSeconds } from "../mesh/istio";
import { type OperatorImagesArgs, operatorValues } from "./operator-values";

export interface OpenTelemetryOperatorArgs extends OperatorImagesArgs {
  /** Namespace of the operator, which is made with it. @default "opentelemetry-operator-system" */
  readonly namespace?: string;
  /** A folder with the chart, in place of the repository. @default the chart of `version` in `repository` */
  readonly chart?: string;
  /** URL of the Helm repository with the chart. @default the project's own repository */
  readonly repository?: pulumi.Input<string>;
  /**
   * Version of the chart.
   * @default "0.46.0"
   */
  readonly version?: pulumi.Input<string>;
}

const operatorNamespace = "opentelemetry-operator-system";
/** The version that Alibaba Cloud's document installs. */
const operatorChartVersion = "0.46.0";
const operatorRepository = "https://open-telemetry.github.io/opentelemetry-helm-charts";

/** The OpenTelemetry operator, from its chart: it puts instrumentation into pods that ask for it by an annotation. */
export class OpenTelemetryOperator extends pulumi.ComponentResource {
  /** Namespace of the operator. */
  public readonly namespace: string;
  /** The operator is ready and its webhooks answer. Its custom resources and instrumented pods depend on this. */
  public readonly release: Release;

  public constructor(name: string, args: OpenTelemetryOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:OpenTelemetryOperator", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    this.namespace = args.namespace ?? operatorNamespace;

    const namespace = new Namespace(`${name}-namespace`, { metadata: { name: this.namespace } }, child);
    this.release = new Release(
      `${name}-release`,
      {
        ...operatorChart(args),
        name: "opentelemetry-operator",
        namespace: this.namespace,
        timeout: releaseTimeoutSeconds,
        values: operatorValues(args),
      },
      after(child, [namespace]),
    );

    this.registerOutputs({ namespace: this.namespace });
  }
}

function operatorChart({ chart, repository, version }: OpenTelemetryOperatorArgs) {
  if (chart !== undefined) return { chart };
  return {
    chart: "opentelemetry-operator",
    version: version ?? operatorChartVersion,
    repositoryOpts: { repo: repository ?? operatorRepository },
  };
}
