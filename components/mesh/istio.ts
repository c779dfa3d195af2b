import { Namespace } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { accessLogFields } from "./access-log";
import { type ChartsArgs, chartSource } from "./charts";
import type { Mesh } from "./mesh";
import { istioNamespace } from "./root-namespace";

export interface IstioMeshArgs extends ChartsArgs {
  readonly provider: Provider;
  /** Whether sidecars run an Envoy without Istio's own filters: those filters are then left out of their config. */
  readonly stockEnvoy: boolean;
  /**
   * Revision of the control plane, for running two side by side.
   * @default none: the default control plane, whose namespaces are labelled `istio-injection=enabled`
   */
  readonly revision?: string;
  /** What must be there first, such as images. */
  readonly after?: readonly pulumi.Resource[];
}

/** Seconds a release may take. Pulling the images on a slow line is most of it. */
export const releaseTimeoutSeconds = 300;

/**
 * Upstream Istio: its namespace, CRDs and control plane from the official charts, one replica, small requests.
 * Access logs go to stdout as JSON, with the lane in them.
 */
export class IstioMesh extends pulumi.ComponentResource implements Mesh {
  public readonly kind = "istio";
  public readonly provider: Provider;
  public readonly injectionLabel: Readonly<Record<string, string>>;
  /** Revision of the control plane; `default` when none was asked for. */
  public readonly revision: string;
  public readonly controlPlane: Release;

  public constructor(name: string, args: IstioMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:IstioMesh", name, {}, opts);
    this.provider = args.provider;
    const child = { parent: this, provider: args.provider };

    const namespace = new Namespace(`${name}-system`, { metadata: { name: istioNamespace } }, child);
    const base = new Release(
      `${name}-base`,
      {
        ...chartSource("base", args),
        name: "istio-base",
        namespace: istioNamespace,
        timeout: releaseTimeoutSeconds,
        values: { defaultRevision: args.revision ?? "default" },
      },
      { ...child, dependsOn: [namespace, ...(args.after ?? [])] },
    );
    this.controlPlane = new Release(
      `${name}-istiod`,
      {
        ...chartSource("istiod", args),
        name: args.revision === undefined ? "istiod" : `istiod-${args.revision}`,
        namespace: istioNamespace,
        timeout: releaseTimeoutSeconds,
        values: istiodValues(args),
      },
      { ...child, dependsOn: [base] },
    );

    this.revision = args.revision ?? "default";
    this.injectionLabel =
      args.revision === undefined ? { "istio-injection": "enabled" } : { "istio.io/rev": args.revision };
    this.registerOutputs({ revision: this.revision });
  }
}

/** Values of the istiod chart: the same on every cluster, but for what a stock Envoy lacks. */
export function istiodValues(
  args: Pick<IstioMeshArgs, "version" | "stockEnvoy" | "revision">,
): Record<string, unknown> {
  return {
    ...(args.revision === undefined ? {} : { revision: args.revision }),
    global: {
      // A chart from Istio's sources names a development registry; one of the repository names this one itself.
      hub: "docker.io/istio",
      tag: args.version,
      imagePullPolicy: "IfNotPresent",
      proxy: { resources: { requests: { cpu: "10m", memory: "40Mi" } } },
    },
    pilot: {
      autoscaleEnabled: false,
      resources: { requests: { cpu: "50m", memory: "128Mi" } },
      // Both add filters that only Istio's own build of Envoy has; a stock one rejects the whole listener.
      ...(args.stockEnvoy
        ? { env: { PILOT_ENABLE_ALPN_FILTER: "false", PILOT_ENABLE_METADATA_EXCHANGE: "false" } }
        : {}),
    },
    meshConfig: {
      accessLogFile: "/dev/stdout",
      accessLogEncoding: "JSON",
      accessLogFormat: JSON.stringify(accessLogFields),
      ...(args.stockEnvoy ? { defaultProviders: { metrics: [] } } : {}),
    },
    ...(args.stockEnvoy ? { telemetry: { enabled: false } } : {}),
  };
}
