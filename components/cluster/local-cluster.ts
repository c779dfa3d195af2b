import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { type AppImage, type AvailableImages, type Cluster, clusterProvider, type GatewayAccess } from "./cluster";
import { ClusterImages, type LocalClusterKind, LocalNode, ProcessProvider } from "./process-resource";

/** What the kinds of local cluster differ in. */
export interface LocalClusterSpec {
  readonly kind: LocalClusterKind;
  readonly clusterName: string;
  /** `hostPort:nodePort`; see {@link LocalNode}. */
  readonly ports: readonly string[];
  readonly kubernetesVersion?: string;
  readonly stockEnvoy: boolean;
  readonly access: (address: pulumi.Output<string>) => GatewayAccess;
}

/** A cluster that lives on this machine and that the program makes, repairs and removes. */
export abstract class LocalCluster extends pulumi.ComponentResource implements Cluster {
  public readonly kubeconfig: pulumi.Output<string>;
  public readonly identity: pulumi.Output<string>;
  public readonly provider: Provider;
  public readonly access: GatewayAccess;
  public readonly disposable = true;
  public readonly stockEnvoy: boolean;
  public readonly processes: ProcessProvider;
  private readonly node: LocalNode;

  protected constructor(
    token: string,
    private readonly name: string,
    private readonly spec: LocalClusterSpec,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(token, name, {}, opts);
    this.processes = new ProcessProvider(`${name}-processes`, { parent: this });
    this.node = new LocalNode(
      `${name}-node`,
      { kind: spec.kind, name: spec.clusterName, ports: spec.ports, kubernetesVersion: spec.kubernetesVersion },
      { parent: this, provider: this.processes, customTimeouts: { create: "15m", update: "15m" } },
    );
    this.kubeconfig = pulumi.secret(this.node.kubeconfig);
    this.identity = this.node.identity;
    this.access = spec.access(this.node.address);
    this.stockEnvoy = spec.stockEnvoy;
    this.provider = clusterProvider(`${name}-kubernetes`, this, this);
    this.registerOutputs({ kubeconfig: this.kubeconfig, identity: this.identity });
  }

  public images(apps: readonly AppImage[]): AvailableImages {
    const sorted = [...apps].sort((a, b) => (a.app < b.app ? -1 : 1));
    const loaded = new ClusterImages(
      `${this.name}-images`,
      {
        kind: this.spec.kind,
        name: this.spec.clusterName,
        apps: sorted.map((image) => image.app),
        refs: sorted.map((image) => image.ref),
        identity: this.identity,
      },
      { parent: this, provider: this.processes, dependsOn: [this.node] },
    );
    return { refs: Object.fromEntries(sorted.map((image) => [image.app, image.ref])), dependsOn: [loaded] };
  }
}
