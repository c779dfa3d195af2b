import { getClusterCredentialOutput } from "@pulumi/alicloud/cs/getClusterCredential";
import { ManagedKubernetes } from "@pulumi/alicloud/cs/managedKubernetes";
import { Provider as AlicloudProvider } from "@pulumi/alicloud/provider";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../tools/user-error";
import { providerOf } from "../child-options";
import { withServer } from "./ack-kubeconfig";
import { NewAckCluster, type NewAckClusterArgs } from "./ack-new";
import { type AppImage, type AvailableImages, type Cluster, clusterProvider, type GatewayAccess } from "./cluster";
import { ProcessProvider } from "./process-resource";

export interface AckClusterArgs {
  /**
   * Region of the cluster, such as `cn-hangzhou`: a provider is made for it. Either this, or a provider of @pulumi/alicloud in the
   * component's options.
   * @default none: that of the provider in the options
   */
  readonly region?: pulumi.Input<string>;
  /** Name of the cluster, and the first part of the names of what belongs to it. */
  readonly clusterName: string;
  /**
   * Id of an existing cluster; it is used as it is. Either this or `create`.
   * @default none: `create` says what to make
   */
  readonly clusterId?: pulumi.Input<string>;
  /** What a new cluster is like. Either this or `clusterId`. @default none: `clusterId` names the cluster */
  readonly create?: NewAckClusterArgs;
  /**
   * Reach the API server from the internet. Without it, whoever runs Pulumi must be in the virtual private cloud (VPC) or have a
   * way into it.
   * @default false
   */
  readonly publicEndpoint?: boolean;
  /** How long the credential of one update is valid, 15 to 4320. @default 120 */
  readonly credentialMinutes?: pulumi.Input<number>;
}

/** What is known of the cluster, whether it was made or found. */
interface Facts {
  /** Known when there are nodes. */
  readonly clusterId: pulumi.Output<string>;
  /** The same, known when there is an API server. */
  readonly controlPlaneId: pulumi.Output<string>;
  readonly vpcId: pulumi.Output<string>;
  readonly switchId: pulumi.Output<string>;
  readonly privateEndpoint: pulumi.Output<string>;
  /** Zone -> a vSwitch in it. */
  readonly zoneSwitchIds: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * A managed Kubernetes cluster of Alibaba Cloud (ACK): a new one, or an existing one by its id.
 *
 * Credentials of the account come from the environment of the process, as with every tool of Alibaba Cloud. The credential
 * for the API server is asked for in each update and ends by itself, so `pulumi destroy` and `pulumi refresh` need
 * `--run-program`: what is in the state has ended.
 */
export class AckCluster extends pulumi.ComponentResource implements Cluster {
  public readonly kubeconfig: pulumi.Output<string>;
  /** The cluster's id. */
  public readonly identity: pulumi.Output<string>;
  public readonly provider: Provider;
  public readonly processes: ProcessProvider;
  public readonly access: GatewayAccess = { kind: "loadBalancer" };
  public readonly disposable = false;
  public readonly stockEnvoy = false;
  /** Provider of the account and region: for whatever else the program makes there. */
  public readonly alicloud: pulumi.ProviderResource;
  /** The VPC that it is in. */
  public readonly vpcId: pulumi.Output<string>;
  /** A vSwitch of its nodes. */
  public readonly switchId: pulumi.Output<string>;
  /** Zone -> its vSwitch of nodes, of a new cluster; those of one that exists are not known here. */
  public readonly zoneSwitchIds: Readonly<Record<string, pulumi.Output<string>>>;

  public constructor(name: string, args: AckClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:AckCluster", name, {}, opts);
    this.alicloud =
      args.region === undefined
        ? providerOf(this, name, "alicloud")
        : new AlicloudProvider(`${name}-alicloud`, { region: args.region }, { parent: this });
    this.processes = new ProcessProvider(`${name}-processes`, { parent: this });
    const facts = this.facts(name, args);
    this.identity = facts.clusterId;
    this.vpcId = facts.vpcId;
    this.switchId = facts.switchId;
    this.zoneSwitchIds = facts.zoneSwitchIds;
    this.kubeconfig = this.credential(facts, args);
    this.provider = clusterProvider(`${name}-kubernetes`, this, this);
    this.registerOutputs({ kubeconfig: this.kubeconfig, identity: this.identity });
  }

  /** Images are pulled: references are used as they are. */
  public images(apps: readonly AppImage[]): AvailableImages {
    return { refs: Object.fromEntries(apps.map(({ app, ref }) => [app, ref])), dependsOn: [] };
  }

  private facts(name: string, { clusterId, create, ...args }: AckClusterArgs): Facts {
    if (clusterId !== undefined && create === undefined) return this.find(name, clusterId);
    if (clusterId !== undefined || create === undefined) {
      const got = create === undefined ? "got neither clusterId nor create" : "got clusterId and create";
      const fix = "Give clusterId for an existing cluster, create for a new one.";
      throw new UserError(`AckCluster ${name} cannot be made.`, [
        { path: "args", got, expected: "clusterId or create", fix },
      ]);
    }
    return new NewAckCluster(
      name,
      {
        ...create,
        clusterName: args.clusterName,
        publicEndpoint: args.publicEndpoint ?? false,
      },
      { parent: this, provider: this.alicloud },
    );
  }

  /**
   * Read as the resource that a new one is. The data sources of clusters do not do: that of managed ones is deprecated, tells no
   * vSwitches, and asks for every node by an API that answers it page by page (data_source_alicloud_cs_managed_kubernetes_clusters.go);
   * the one that replaces it, `getClusters`, tells no addresses of the API server.
   */
  private find(name: string, clusterId: pulumi.Input<string>): Facts {
    const found = ManagedKubernetes.get(
      `${name}-control-plane`,
      clusterId,
      // Else a client key of the cluster would be an output in the state.
      { skipSetCertificateAuthority: true },
      { parent: this, provider: this.alicloud, additionalSecretOutputs: ["certificateAuthority"] },
    );
    return {
      clusterId: found.id,
      controlPlaneId: found.id,
      vpcId: found.vpcId,
      switchId: found.vswitchIds.apply(([first]) => {
        if (first !== undefined) return first;
        throw new pulumi.RunError(`ACK tells no vSwitch of the cluster ${clusterId}: is it a managed cluster?`);
      }),
      privateEndpoint: found.connections.apiServerIntranet,
      zoneSwitchIds: {},
    };
  }

  /**
   * The data source of credentials asks for the public address, and the cluster's own `kube_config` is gone since 1.212
   * of the provider (see terraform-provider-alicloud#5486): so the private address is put in here.
   */
  private credential(
    { clusterId, controlPlaneId, privateEndpoint }: Facts,
    { publicEndpoint = false, credentialMinutes = 120 }: AckClusterArgs,
  ): pulumi.Output<string> {
    // Pulumi asks no function whose arguments wait for something that a preview knows no id of, such as nodes that are to be replaced.
    const { kubeConfig } = getClusterCredentialOutput(
      { clusterId: controlPlaneId, temporaryDurationMinutes: credentialMinutes },
      { parent: this, provider: this.alicloud },
    );
    return pulumi.secret(
      pulumi
        .all([kubeConfig, privateEndpoint, clusterId])
        .apply(([text, server]) => (publicEndpoint ? text : withServer(text, server))),
    );
  }
}
