import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { type AppImage, type AvailableImages, type Cluster, clusterProvider, type GatewayAccess } from "./cluster";
import { clusterIdentity } from "./kubeconfig";
import { ProcessProvider } from "./process-resource";

export interface ExistingClusterArgs {
  /** A kubeconfig of one context, as `selectContext` makes it. */
  readonly kubeconfig: pulumi.Input<string>;
  /**
   * Where the images of the apps are pulled from; the app and its tag are added.
   * @example "registry.example.com/lanes"
   * @default none: references are used as they are
   */
  readonly imageRegistry?: string;
}

/** A cluster that somebody else runs. The program only adds to it; it neither makes nor removes it. */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  public readonly kubeconfig: pulumi.Output<string>;
  public readonly identity: pulumi.Output<string>;
  public readonly provider: Provider;
  public readonly processes: ProcessProvider;
  public readonly access: GatewayAccess = { kind: "loadBalancer" };
  public readonly disposable = false;
  public readonly stockEnvoy = false;
  private readonly imageRegistry: string | undefined;

  public constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:ExistingCluster", name, {}, opts);
    this.kubeconfig = pulumi.secret(args.kubeconfig);
    this.identity = pulumi.unsecret(pulumi.output(args.kubeconfig).apply(clusterIdentity));
    this.processes = new ProcessProvider(`${name}-processes`, { parent: this });
    this.imageRegistry = args.imageRegistry;
    this.provider = clusterProvider(`${name}-kubernetes`, this, this);
    this.registerOutputs({ kubeconfig: this.kubeconfig, identity: this.identity });
  }

  /** Nothing is loaded: references are those of the registry, where whoever runs the cluster has put the images. */
  public images(apps: readonly AppImage[]): AvailableImages {
    return { refs: Object.fromEntries(apps.map(({ app, ref }) => [app, this.pulledRef(ref)])), dependsOn: [] };
  }

  private pulledRef(ref: string): string {
    if (this.imageRegistry === undefined) return ref;
    return `${this.imageRegistry.replace(/\/+$/, "")}/${ref.slice(ref.lastIndexOf("/") + 1)}`;
  }
}
