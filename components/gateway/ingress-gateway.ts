import { Service } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../tools/user-error";
import { after, type ChildOptions, childOptions } from "../child-options";
import type { GatewayAccess } from "../cluster/cluster";
import { gatewayFilters } from "../lanes/istio/proxy-filters";
import { gatewayLabels } from "../lanes/object";
import { createSharedFilter } from "../lanes/shared-filter";
import { type ChartsArgs, chartSource } from "../mesh/charts";
import { releaseTimeoutSeconds } from "../mesh/istio";
import { proxyMark } from "../mesh/proxy-mark";
import type { Gateway } from "./gateway";
import { deploymentProblems, deploymentValues, type GatewayDeployment, serviceType } from "./gateway-deployment";
import { createGatewayObjects } from "./gateway-objects";
import {
  type GatewayListeners,
  type GatewayPort,
  gatewayUrl,
  gatewayUrls,
  portProblems,
  serviceValues,
  sharedPorts,
} from "./listeners";

export interface IngressGatewayArgs extends ChartsArgs {
  /**
   * Name of the `Gateway` object and value of the pods' label `istio`.
   * @example "ingressgateway"
   */
  readonly gatewayName: string;
  /** Namespace of the `Gateway` and of the pods: TLS secrets are read from it. */
  readonly namespace: string;
  /** What it listens on; its Service has the same ports. */
  readonly ports: readonly GatewayPort[];
  /**
   * More `Gateway` objects on the same pods. A port of theirs may be one in use already, for other hosts.
   * @default none
   */
  readonly further?: readonly GatewayListeners[];
  /** How clients reach it: `access` of the cluster. @default the cluster's load balancer */
  readonly access?: GatewayAccess;
  /** How its pods run and how they are reached. @default one pod, reached the way the cluster allows */
  readonly deployment?: GatewayDeployment;
  /**
   * Revision of the control plane that injects the proxy; none for the default one.
   * @default the default control plane
   */
  readonly revision?: string;
}

const loadBalancer: GatewayAccess = { kind: "loadBalancer" };

/**
 * An ingress gateway: its proxy from Istio's chart, made reachable the way the cluster allows, and its listeners.
 *
 * It must come after the mesh, whose control plane injects the proxy into the pods, the namespaces of its listeners, and
 * what makes the TLS secrets that the ports name: `opts.dependsOn`.
 */
export class IngressGateway extends pulumi.ComponentResource implements Gateway {
  /** `namespace/name`, as a VirtualService names it. */
  public readonly gateway: pulumi.Output<string>;
  public readonly selector: Readonly<Record<string, string>>;
  /** As the chart names it. */
  public readonly account: string;
  public readonly urls: pulumi.Output<Record<string, string>>;
  public readonly url: pulumi.Output<string>;
  public readonly listeners: readonly pulumi.Resource[];
  /** What lanes need in its listeners, there before the first lane group: see `istio/proxy-filters.ts`. */
  public readonly laneFilters: pulumi.Resource;

  public constructor(name: string, args: IngressGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    const { deployment = {}, access = loadBalancer } = args;
    const own = { name: args.gatewayName, namespace: args.namespace, ports: args.ports };
    const gateways = [own, ...(args.further ?? [])];
    const ports = sharedPorts(gateways);
    const problems = [
      ...portProblems(`${name}.ports`, ports, access),
      ...deploymentProblems(`${name}.deployment`, access, deployment),
    ];
    if (problems.length > 0) throw new UserError("The gateway cannot run as it is described.", problems);
    super("mesh-lanes:index:IngressGateway", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    const releaseName = `istio-${args.gatewayName}`;
    this.selector = gatewayLabels(args.gatewayName);
    this.account = releaseName;

    const proxy = new Release(
      `${name}-proxy`,
      {
        ...chartSource("gateway", args),
        name: releaseName,
        namespace: args.namespace,
        timeout: releaseTimeoutSeconds,
        values: {
          labels: { app: releaseName, ...this.selector },
          ...(args.revision === undefined ? {} : { revision: args.revision }),
          imagePullPolicy: "IfNotPresent",
          ...deploymentValues(deployment, proxyMark(args.version, args.revision)),
          service: serviceValues(ports, access, deployment),
        },
      },
      child,
    );
    const { selector } = this;
    const apiVersion = "networking.istio.io/v1";
    this.listeners = createGatewayObjects({ name, apiVersion, selector, gateways, deployment }, after(child, [proxy]));

    this.laneFilters = createSharedFilter(
      `${name}-lane-filters`,
      gatewayFilters({ namespace: args.namespace, labels: this.selector }),
      after(child, [proxy]),
    );

    const address = this.address(`${name}-service`, `${args.namespace}/${releaseName}`, args, proxy, child);
    this.urls = address.apply((host) => gatewayUrls(gateways, host, access));
    const [first] = args.ports;
    this.url = address.apply((host) => (first ? gatewayUrl(first, host, access) : ""));
    this.gateway = pulumi.output(`${args.namespace}/${args.gatewayName}`);
    this.registerOutputs({ gateway: this.gateway, url: this.url, urls: this.urls });
  }

  private address(
    name: string,
    id: string,
    { access = loadBalancer, deployment = {} }: IngressGatewayArgs,
    proxy: Release,
    { parent, provider }: ChildOptions,
  ): pulumi.Output<string> {
    if (deployment.address !== undefined) return pulumi.output(deployment.address);
    switch (access.kind) {
      case "externalIp":
        return access.address;
      case "hostPort":
        return pulumi.output(access.host);
      case "loadBalancer": {
        // Nothing tells the address of another type but `deployment.address`.
        if (serviceType(access, deployment) !== "LoadBalancer") return pulumi.output("");
        const running = pulumi.output(proxy.status).apply(() => id);
        const service = Service.get(name, running, { parent, provider });
        return service.status.loadBalancer.ingress.apply((ingress) => ingress?.[0]?.ip ?? ingress?.[0]?.hostname ?? "");
      }
      default: {
        const never: never = access;
        return never;
      }
    }
  }
}
