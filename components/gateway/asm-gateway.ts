import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { asmGatewayNamespace } from "../alibaba/values";
import { after, childOptions } from "../child-options";
import type { Cluster } from "../cluster/cluster";
import { gatewayLabels } from "../lanes/object";
import { anyAccount } from "../security/calls";
import { AsmGatewayReady } from "./asm-gateway-ready";
import {
  type AsmLoadBalancer,
  type AsmNetworkLoadBalancer,
  loadBalancerFields,
  networkLoadBalancerClass,
  refuseZones,
} from "./asm-load-balancer";
import type { Gateway } from "./gateway";
import type { GatewayDeployment } from "./gateway-deployment";
import { createGatewayObjects } from "./gateway-objects";
import { type GatewayListeners, type GatewayPort, gatewayUrl, gatewayUrls, sharedPorts } from "./listeners";

export interface AsmIngressGatewayArgs {
  /**
   * Name of the gateway, of the `Gateway` object, and value of the pods' label `istio`.
   * @example "ingressgateway"
   */
  readonly gatewayName: string;
  /** What it listens on; its load balancer has the same ports. */
  readonly ports: readonly GatewayPort[];
  /**
   * More `Gateway` objects on the same pods. A port of theirs may be one in use already, for other hosts.
   * @default none
   */
  readonly further?: readonly GatewayListeners[];
  /** Ids of the clusters that its pods run in, as the mesh knows them. */
  readonly clusterIds: readonly pulumi.Input<string>[];
  /** The cluster that its pods run in. There they are waited for: the mesh takes a gateway before anything of it runs. */
  readonly cluster: Pick<Cluster, "kubeconfig" | "processes">;
  /**
   * The instance at which clients reach it: a `GatewayLoadBalancer`, one that exists, or a Network Load Balancer (NLB) that the
   * cluster makes.
   */
  readonly loadBalancer: AsmLoadBalancer | AsmNetworkLoadBalancer;
  /** Number of its pods in each cluster. @default 2 */
  readonly replicas?: pulumi.Input<number>;
  /** What HTTPS ports ask of clients. @default Istio's own defaults */
  readonly deployment?: Pick<GatewayDeployment, "minTlsVersion" | "clientCertificates">;
}

/**
 * An ingress gateway of Alibaba Cloud Service Mesh: the `IstioGateway` that the mesh makes pods and a Service of, in its
 * clusters, and the listeners. Everything here goes to the mesh's own API server, which is the provider in the options. Its
 * listeners come when its pods are Ready and its load balancer has an address.
 *
 * It must come after the mesh, the namespaces of further gateways, and what makes the TLS secrets that the ports name (in
 * istio-system of the clusters): `opts.dependsOn`.
 *
 * @throws UserError when an NLB instance has fewer than two zones.
 */
export class AsmIngressGateway extends pulumi.ComponentResource implements Gateway {
  public readonly selector: Readonly<Record<string, string>>;
  /** No document names it. Only the mesh's own pods are in the gateway's namespace. */
  public readonly account = anyAccount;
  public readonly urls: pulumi.Output<Record<string, string>>;
  public readonly url: pulumi.Output<string>;
  public readonly listeners: readonly pulumi.Resource[];

  public constructor(name: string, args: AsmIngressGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseZones(args.gatewayName, args.loadBalancer);
    super("mesh-lanes:index:AsmIngressGateway", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    this.selector = gatewayLabels(args.gatewayName);
    const own = { name: args.gatewayName, namespace: asmGatewayNamespace, ports: args.ports };
    const gateways = [own, ...(args.further ?? [])];

    const proxy = new CustomResource(
      `${name}-proxy`,
      {
        apiVersion: "istio.alibabacloud.com/v1beta1",
        kind: "IstioGateway",
        metadata: { name: args.gatewayName, namespace: asmGatewayNamespace },
        spec: istioGatewaySpec(args, gateways),
      },
      // A Service cannot go from CLB to NLB or back: it must go with its gateway.
      { ...child, replaceOnChanges: ["spec.loadBalancerClass"], deleteBeforeReplace: true },
    );
    const network = args.loadBalancer.kind === "nlb";
    const ready = new AsmGatewayReady(
      `${name}-ready`,
      {
        kubeconfig: args.cluster.kubeconfig,
        gateway: args.gatewayName,
        replicas: args.replicas ?? usualReplicas,
        ports: sharedPorts(gateways).map(({ port }) => port),
        ...(network && { loadBalancerClass: networkLoadBalancerClass }),
      },
      { ...after(child, [proxy]), provider: args.cluster.processes },
    );
    const { selector } = this;
    const apiVersion = "networking.istio.io/v1beta1";
    const { deployment } = args;
    this.listeners = createGatewayObjects({ name, apiVersion, selector, gateways, deployment }, after(child, [ready]));

    const access = { kind: "loadBalancer" as const };
    // Whoever may not look into the cluster is not told the host name.
    const address =
      args.loadBalancer.kind === "nlb"
        ? ready.address.apply((host) => host ?? "")
        : pulumi.output(args.loadBalancer.address);
    this.urls = address.apply((host) => gatewayUrls(gateways, host, access));
    const [first] = args.ports;
    this.url = address.apply((host) => (first ? gatewayUrl(first, host, access) : ""));
    this.registerOutputs({ url: this.url, urls: this.urls });
  }
}

const usualReplicas = 2;

/**
 * Fields from "CRD fields for an ASM gateway"; `affinity` from "Improve availability for the ingress gateway of an ASM instance", which
 * names the label of the pods; `loadBalancerClass` from "Associate an NLB instance with an ingress gateway".
 */
function istioGatewaySpec(
  { clusterIds, gatewayName, loadBalancer, replicas }: AsmIngressGatewayArgs,
  gateways: readonly GatewayListeners[],
) {
  return {
    gatewayType: "ingress",
    clusterIds: [...clusterIds],
    serviceType: "LoadBalancer",
    ...loadBalancerFields(loadBalancer),
    // The client's own address reaches the access log.
    externalTrafficPolicy: "Local",
    replicaCount: replicas ?? usualReplicas,
    ports: sharedPorts(gateways).map(({ name, port }) => ({ name, port, targetPort: port })),
    resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "2", memory: "2G" } },
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: apart(`istio-${gatewayName}`) } },
  };
}

/** In another zone if there is room, else on another node: the loss of either leaves pods of the gateway. */
function apart(app: string) {
  const labelSelector = { matchExpressions: [{ key: "app", operator: "In", values: [app] }] };
  const from = (topologyKey: string, weight: number) => ({ weight, podAffinityTerm: { labelSelector, topologyKey } });
  return [from("topology.kubernetes.io/zone", 100), from("kubernetes.io/hostname", 50)];
}
