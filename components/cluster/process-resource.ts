import * as pulumi from "@pulumi/pulumi";
import { type ProcessProviderSpec, processProviderText } from "./process-provider";

/**
 * Provider of the resources below. It is made explicitly, so that they work under `pulumi:disable-default-providers`,
 * and it takes no arguments: all of them share one provider process.
 */
export class ProcessProvider extends pulumi.ProviderResource {
  public constructor(name: string, opts?: pulumi.ResourceOptions) {
    super("pulumi-nodejs", name, {}, opts);
  }
}

/** Options of a process-backed resource: its provider is never the default one. */
export interface ProcessResourceOptions extends pulumi.CustomResourceOptions {
  readonly provider: ProcessProvider;
}

const nodeSpec: ProcessProviderSpec = {
  noun: "node",
  inputs: ["kind", "name", "ports", "kubernetesVersion"],
  replaceOn: ["kind", "name", "ports", "kubernetesVersion"],
  watched: true,
};

const imagesSpec: ProcessProviderSpec = {
  noun: "images",
  inputs: ["kind", "name", "apps", "refs", "identity"],
  replaceOn: ["kind", "name", "identity"],
  watched: false,
};

/** Kinds of cluster that this machine can run by itself. */
export type LocalClusterKind = "embedded" | "kind";

export interface LocalNodeArgs {
  readonly kind: LocalClusterKind;
  readonly name: string;
  /** `hostPort:nodePort` for each port that kind publishes; empty for the embedded node, which has its own address. */
  readonly ports: readonly string[];
  /**
   * Version of the node image of kind, e.g. `1.35.4`. The embedded node runs the version that its tools are pinned to.
   * @default the one that kind brings
   */
  readonly kubernetesVersion?: string;
}

/**
 * A Kubernetes node on this machine, as part of the program: `pulumi up` makes it and repairs it when one of its
 * processes died, `pulumi destroy` removes it with all it holds.
 *
 * It is inspected on each preview. A node that does not run shows as an update; when its state is gone, or somebody
 * replaced it, the update gives it a new identity, which replaces all that ran on it.
 */
export class LocalNode extends pulumi.CustomResource {
  /** Admin kubeconfig, a secret. */
  declare public readonly kubeconfig: pulumi.Output<string>;
  /** An address or host name at which published ports are reached. */
  declare public readonly address: pulumi.Output<string>;
  /** Changes when the cluster is recreated, and only then. */
  declare public readonly identity: pulumi.Output<string>;

  public constructor(name: string, args: LocalNodeArgs, opts: ProcessResourceOptions) {
    super(
      "pulumi-nodejs:dynamic:LocalNode",
      name,
      {
        ...args,
        kubeconfig: undefined,
        address: undefined,
        identity: undefined,
        __provider: processProviderText(nodeSpec),
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["kubeconfig"] }),
    );
  }
}

export interface ClusterImagesArgs {
  readonly kind: LocalClusterKind;
  readonly name: string;
  /** Names of the apps, sorted. */
  readonly apps: readonly string[];
  /** Their image references, in the same order. A reference holds a hash of the sources: a change loads again. */
  readonly refs: readonly string[];
  /** Identity of the node: a new node needs its images again. */
  readonly identity: pulumi.Input<string>;
}

/** Images of apps, built from their sources and loaded into a local node. They go when the node goes. */
export class ClusterImages extends pulumi.CustomResource {
  public constructor(name: string, args: ClusterImagesArgs, opts: ProcessResourceOptions) {
    super("pulumi-nodejs:dynamic:ClusterImages", name, { ...args, __provider: processProviderText(imagesSpec) }, opts);
  }
}
