import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { observe } from "../live/watch";
import type { ProcessProvider } from "./process-resource";

/** How traffic from outside reaches the ingress gateway of a cluster. */
export type GatewayAccess =
  /** The gateway's Service takes its ports on an address of the node. */
  | {
      readonly kind: "externalIp";
      /** IP address of the node. */
      readonly address: pulumi.Output<string>;
    }
  /** Node ports that the host publishes under ports of its own. */
  | {
      readonly kind: "hostPort";
      /** Address or name of the host. */
      readonly host: string;
      /** What the host publishes. */
      readonly ports: readonly PublishedPort[];
    }
  /** The cluster's own load balancer. */
  | { readonly kind: "loadBalancer" };

/** One port of the gateway that the host publishes. */
export interface PublishedPort {
  /** Port of the gateway's Service. */
  readonly port: number;
  /** Port of the node. */
  readonly nodePort: number;
  /** Port of the host. */
  readonly hostPort: number;
}

/** An app under apps/ and the image made from it. */
export interface AppImage {
  /** Name of its folder. @example "mock" */
  readonly app: string;
  /** Full image reference; its tag is a hash of the sources. */
  readonly ref: string;
}

/** Images that pods of the cluster can use. */
export interface AvailableImages {
  /** App -> image reference. */
  readonly refs: Readonly<Record<string, string>>;
  /** What pods must wait for; empty when the images are pulled. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** What each kind of cluster gives to the rest of a program. */
export interface Cluster extends pulumi.ComponentResource {
  /** Admin kubeconfig as text, a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Changes when the cluster is recreated, and only then. */
  readonly identity: pulumi.Output<string>;
  /** Provider of Kubernetes for what is made on it. */
  readonly provider: Provider;
  /** How clients reach a gateway on it: an argument of `IngressGateway`. */
  readonly access: GatewayAccess;
  /** Provider of what processes of this project do; one for all, since each is a process of its own in every preview. */
  readonly processes: ProcessProvider;
  /** Whether it lives and dies with the program, with all that is on it. */
  readonly disposable: boolean;
  /** Whether its sidecars run an Envoy that is not Istio's own build and so lacks Istio's filters. */
  readonly stockEnvoy: boolean;
  /** Makes the images of apps available to its pods. Call it once. */
  images(apps: readonly AppImage[]): AvailableImages;
}

export interface ClusterProviderArgs {
  readonly kubeconfig: pulumi.Input<string>;
  readonly identity: pulumi.Input<string>;
  /** Whether a cluster that does not answer counts as gone, with all that it held. Right for clusters of ours only. */
  readonly disposable: boolean;
}

/**
 * The provider of a cluster. It is replaced, with everything on it, when the identity changes and only then: a renewed
 * certificate in the kubeconfig is an update.
 */
export function clusterProvider(name: string, args: ClusterProviderArgs, parent: pulumi.Resource): Provider {
  const provider = new Provider(
    name,
    {
      kubeconfig: args.kubeconfig,
      clusterIdentifier: args.identity,
      enableServerSideApply: true,
      // Else a renewed TLS secret would be deleted and recreated, and the gateway without it in between.
      enableSecretMutable: true,
      deleteUnreachable: args.disposable,
    },
    { parent },
  );
  observe(provider, args.kubeconfig);
  return provider;
}
