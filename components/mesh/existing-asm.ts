import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { clusterProvider } from "../cluster/cluster";
import { clusterIdentity } from "../cluster/kubeconfig";
import type { Mesh } from "./mesh";

export interface ExistingAsmMeshArgs {
  /** Kubeconfig of the mesh's own API server with one context, as `selectContext` makes it. */
  readonly kubeconfig: pulumi.Input<string>;
}

/** An instance of Alibaba Cloud Service Mesh that somebody else runs, with the cluster in it. No account is needed. */
export class ExistingAsmMesh extends pulumi.ComponentResource implements Mesh {
  public readonly kind = "asm";
  public readonly provider: Provider;
  public readonly injectionLabel = { "istio-injection": "enabled" };
  public readonly controlPlane: pulumi.Resource;

  public constructor(name: string, args: ExistingAsmMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:ExistingAsmMesh", name, {}, opts);
    this.provider = clusterProvider(
      `${name}-api-server`,
      {
        kubeconfig: pulumi.secret(args.kubeconfig),
        identity: pulumi.unsecret(pulumi.output(args.kubeconfig).apply(clusterIdentity)),
        disposable: false,
      },
      this,
    );
    this.controlPlane = this.provider;
    this.registerOutputs();
  }
}
