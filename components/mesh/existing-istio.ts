import * as pulumi from "@pulumi/pulumi";
import { providerOf } from "../child-options";
import type { Check } from "../live/gate";
import { checkFirst } from "../live/watch";
import { injectionLabel, revisionName } from "./control-planes";
import type { Mesh } from "./mesh";
import { proxyMark } from "./proxy-mark";
import { istioNamespace } from "./root-namespace";

export interface ExistingIstioMeshArgs {
  /** Revision of the control plane whose sidecars the workloads get. @default none: the default control plane */
  readonly revision?: string;
}

/** Upstream Istio that somebody else runs. Nothing of it is made, changed or removed. */
export class ExistingIstioMesh extends pulumi.ComponentResource implements Mesh {
  public readonly kind = "istio";
  public readonly provider: pulumi.ProviderResource;
  public readonly injectionLabel: Readonly<Record<string, string>>;
  public readonly podAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
  public readonly controlPlane: pulumi.Resource;

  public constructor(name: string, { revision }: ExistingIstioMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:ExistingIstioMesh", name, {}, opts);
    this.provider = providerOf(this, name, "kubernetes");
    this.controlPlane = this.provider;
    this.injectionLabel = injectionLabel(revision);
    // Its version may change at any time, which pods do not follow by themselves.
    this.podAnnotations = proxyMark(undefined, revision);
    checkFirst(this.provider, runsIn(istioNamespace, revisionName(revision)));
    this.registerOutputs({});
  }
}

/** A control plane of the revision. */
function runsIn(namespace: string, revision: string): Check {
  return async (cluster) => {
    const deployments = await cluster.inNamespace("deployments.apps", namespace);
    const revisions = deployments.flatMap(({ labels }) =>
      labels.app === "istiod" ? [labels["istio.io/rev"] ?? ""] : [],
    );
    if (revisions.includes(revision)) return [];
    const got = revisions.length === 0 ? `no control plane in ${namespace}` : `revisions ${revisions.join(", ")}`;
    const fix = "Name its revision in mesh.revision, or remove mesh.existing to have this stack install Istio.";
    return [{ path: "mesh.existing", got, expected: `a control plane of revision ${revision}`, fix }];
  };
}
