import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { asmGatewayNamespace } from "../alibaba/values";
import { after, childOptions } from "../child-options";
import { gatewayLabels } from "../lanes/object";
import { anyAccount } from "../security/calls";
import type { Gateway } from "./gateway";
import type { GatewayDeployment } from "./gateway-deployment";
import { createGatewayObjects } from "./gateway-objects";
import { type GatewayListeners, type GatewayPort, gatewayUrl, gatewayUrls, sharedPorts } from "./listeners";

/** A CLB instance that exists before the gateway, so that its address stays when the gateway is recreated. */
export interface AsmLoadBalancer {
  /** Id of the instance, such as `lb-bp1****`. */
  readonly id: pulumi.Input<string>;
  /** Address, or a host name that leads there. */
  readonly address: pulumi.Input<string>;
  /**
   * Whether listeners of the gateway's ports are the cluster's to write. Those that somebody else has there would be overwritten.
   * @default false: listeners stay as they are, and whoever runs the instance adds those of the gateway
   */
  readonly overrideListeners?: boolean;
}

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
  /** The instance at which clients reach it: a `GatewayLoadBalancer`, or one that exists. */
  readonly loadBalancer: AsmLoadBalancer;
  /** Number of its pods in each cluster. @default 2 */
  readonly replicas?: pulumi.Input<number>;
  /** What HTTPS ports ask of clients. @default Istio's own defaults */
  readonly deployment?: Pick<GatewayDeployment, "minTlsVersion" | "clientCertificates">;
}

/**
 * An ingress gateway of Alibaba Cloud Service Mesh: the `IstioGateway` that the mesh makes pods and a Service of, in its
 * clusters, and the listeners. Everything here goes to the mesh's own API server, which is the provider in the options.
 *
 * It must come after the mesh, the namespaces of further gateways, and what makes the TLS secrets that the ports name (in
 * istio-system of the clusters): `opts.dependsOn`.
 */
export class AsmIngressGateway extends pulumi.ComponentResource implements Gateway {
  public readonly selector: Readonly<Record<string, string>>;
  /** No document names it. Only the mesh's own pods are in the gateway's namespace. */
  public readonly account = anyAccount;
  public readonly urls: pulumi.Output<Record<string, string>>;
  public readonly url: pulumi.Output<string>;
  public readonly listeners: readonly pulumi.Resource[];

  public constructor(name: string, args: AsmIngressGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
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
      child,
    );
    const { selector } = this;
    const apiVersion = "networking.istio.io/v1beta1";
    const { deployment } = args;
    this.listeners = createGatewayObjects({ name, apiVersion, selector, gateways, deployment }, after(child, [proxy]));

    const access = { kind: "loadBalancer" as const };
    const address = pulumi.output(args.loadBalancer.address);
    this.urls = address.apply((host) => gatewayUrls(gateways, host, access));
    const [first] = args.ports;
    this.url = address.apply((host) => (first ? gatewayUrl(first, host, access) : ""));
    this.registerOutputs({ url: this.url, urls: this.urls });
  }
}

/** Fields from "CRD fields for an ASM gateway". */
function istioGatewaySpec(
  { clusterIds, loadBalancer, replicas }: AsmIngressGatewayArgs,
  gateways: readonly GatewayListeners[],
) {
  return {
    gatewayType: "ingress",
    clusterIds: [...clusterIds],
    serviceType: "LoadBalancer",
    serviceAnnotations: {
      "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id": loadBalancer.id,
      // An instance that the cluster has not made keeps the listeners that it has otherwise: none, where this program made it.
      "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-force-override-listeners": String(
        loadBalancer.overrideListeners ?? false,
      ),
    },
    // The client's own address reaches the access log.
    externalTrafficPolicy: "Local",
    replicaCount: replicas ?? 2,
    ports: sharedPorts(gateways).map(({ name, port }) => ({ name, port, targetPort: port })),
    resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "2", memory: "2G" } },
  };
}
