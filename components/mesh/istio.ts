import { Namespace } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../tools/user-error";
import { after, type ChildOptions, childOptions } from "../child-options";
import type { Check } from "../live/gate";
import { ownerInWords } from "../live/owner";
import { checkFirst, suggest } from "../live/watch";
import { accessLogFields } from "./access-log";
import { chartSource } from "./charts";
import { type ControlPlaneGuard, ControlPlaneUse } from "./control-plane-use";
import {
  type ControlPlanes,
  type IstioControlPlane,
  injectionLabel,
  newestPlane,
  previousPlane,
  revisionName,
  revisionProblems,
} from "./control-planes";
import type { Injection, Mesh } from "./mesh";
import { proxyMark } from "./proxy-mark";
import { istioNamespace } from "./root-namespace";

export interface IstioMeshArgs extends ControlPlanes {
  /**
   * Whether sidecars run an Envoy without Istio's own filters: those filters are then left out of their config.
   * @default false
   */
  readonly stockEnvoy?: boolean;
  /**
   * Keeps a control plane while a proxy uses it: to delete it fails as long as one does.
   * @default none: it is deleted in any case
   * @example { processes: cluster.processes, kubeconfig: cluster.kubeconfig }
   */
  readonly guard?: ControlPlaneGuard;
}

/** Seconds a release may take. Pulling the images on a slow line is most of it. */
export const releaseTimeoutSeconds = 300;

/**
 * Upstream Istio: its namespace, custom resource definitions (CRDs) and control plane from the official charts, one replica,
 * small requests. Access logs go to stdout as JSON, with the lane in them. With `previous` there are two control planes, and
 * namespaces move from one to the other one by one.
 *
 * @example new IstioMesh("mesh", { version: "1.31.0", stockEnvoy: false }, { provider });
 *
 * @throws UserError when `previous` is the same control plane.
 */
export class IstioMesh extends pulumi.ComponentResource implements Mesh {
  public readonly kind = "istio";
  public readonly provider: pulumi.ProviderResource;
  public readonly injectionLabel: Readonly<Record<string, string>>;
  /** Revision of the control plane; `default` when none was asked for. */
  public readonly revision: string;
  public readonly podAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
  /** Label of the namespaces that `previous` lists, in place of `injectionLabel`. Empty without `previous`. */
  public readonly previousLabel: Readonly<Record<string, string>>;
  /** Annotations for the pods in these namespaces, in place of `podAnnotations`. Empty without `previous`. */
  public readonly previousPodAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
  public readonly controlPlane: pulumi.Resource;
  private readonly stayed: readonly string[];

  public constructor(name: string, args: IstioMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = revisionProblems(`${name}.previous`, args);
    if (problems.length > 0) throw new UserError("The mesh cannot run as it is described.", problems);
    super("mesh-lanes:index:IstioMesh", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    this.provider = child.provider;

    suggest(`Namespace ${istioNamespace}`, useExisting);
    checkFirst(this.provider, noOtherIstio);
    const namespace = new Namespace(`${name}-system`, { metadata: { name: istioNamespace } }, child);
    const before = previousPlane(args);
    const base = new Release(
      `${name}-base`,
      {
        ...chartSource("base", newestPlane(args)),
        name: "istio-base",
        namespace: istioNamespace,
        timeout: releaseTimeoutSeconds,
        // Who checks everybody's objects: the one of before until it goes, since the new one is not there yet when this changes.
        values: { defaultRevision: revisionName((before ?? args).revision) },
      },
      after(child, [namespace]),
    );
    const previous = before && this.install(name, before, args, after(child, [base]));
    this.revision = revisionName(args.revision);
    this.injectionLabel = injectionLabel(args.revision);
    this.podAnnotations = proxyMark(args.version, args.revision);
    this.stayed = args.previous?.namespaces ?? [];
    this.previousLabel = before ? injectionLabel(before.revision) : {};
    this.previousPodAnnotations = before ? proxyMark(before.version, before.revision) : {};
    // What waits for the new one has both, and goes before either does.
    this.controlPlane = this.install(name, args, args, after(child, [base, ...(previous ? [previous] : [])]));
    this.registerOutputs({ revision: this.revision });
  }

  public previousInjection(namespace: string): Injection | undefined {
    if (!this.stayed.includes(namespace)) return undefined;
    return { label: this.previousLabel, podAnnotations: this.previousPodAnnotations };
  }

  /** A control plane. Each revision is a resource of its own: one that comes back before it was deleted is the same again. */
  private install(
    name: string,
    plane: IstioControlPlane,
    { stockEnvoy, guard }: Pick<IstioMeshArgs, "stockEnvoy" | "guard">,
    options: ChildOptions,
  ): pulumi.Resource {
    const { version, revision } = plane;
    const suffix = revision === undefined ? "" : `-${revision}`;
    const release = new Release(
      `${name}-istiod${suffix}`,
      {
        ...chartSource("istiod", plane),
        name: `istiod${suffix}`,
        namespace: istioNamespace,
        timeout: releaseTimeoutSeconds,
        values: istiodValues({ version, stockEnvoy, revision }),
      },
      options,
    );
    if (!guard) return release;
    // What needs the control plane depends on this instead, and so goes before anybody looks.
    return new ControlPlaneUse(
      `${name}-use${suffix}`,
      { namespace: istioNamespace, revision: revisionName(revision), kubeconfig: guard.kubeconfig },
      { parent: this, provider: guard.processes, dependsOn: [release] },
    );
  }
}

const useExisting =
  "A control plane serves the whole cluster: set mesh.existing to true in mesh-lanes:mesh, to use that one and leave it alone";

/** A cluster has one set of Istio's CRDs, in whatever namespace the control plane is that they came with. */
const noOtherIstio: Check = async (cluster, { adopt }) => {
  const name = "virtualservices.networking.istio.io";
  const path = `CustomResourceDefinition ${name}`;
  const live = await cluster.find(
    "CustomResourceDefinition",
    "",
    name,
    "customresourcedefinitions.apiextensions.k8s.io",
  );
  if (!live || adopt.has(path)) return [];
  const { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace } = live.annotations;
  // Also what an earlier install of this stack has left: Helm keeps CRDs.
  if (release === "istio-base" && namespace === istioNamespace) return [];
  const got = `it exists, and not from release ${istioNamespace}/istio-base (${ownerInWords(live)})`;
  return [
    { path, got, expected: "no Istio on the cluster, or one that this stack has installed", fix: `${useExisting}.` },
  ];
};

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
      env: {
        // From 1.31 on proxies would know endpoints that are not ready, too. The aggregate cluster of a runtime fallback takes
        // their share for failure: a lane with one pod of two ready would lose three requests of ten to the baseline.
        PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS: "false",
        // Both add filters that only Istio's own build of Envoy has; a stock one rejects the whole listener.
        ...(args.stockEnvoy && { PILOT_ENABLE_ALPN_FILTER: "false", PILOT_ENABLE_METADATA_EXCHANGE: "false" }),
      },
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
