import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Service } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { after, type ChildOptions, childOptions } from "../child-options";
import type { GatewayAccess } from "../cluster/cluster";
import { removeClientLane } from "../lanes/istio/lane-header";
import { type ChartsArgs, chartSource } from "../mesh/charts";
import { releaseTimeoutSeconds } from "../mesh/istio";
import { pairName, type ResourceName } from "../names";
import type { Gateway } from "./gateway";
import {
  type GatewayListeners,
  type GatewayPort,
  gatewayServers,
  gatewayUrl,
  gatewayUrls,
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
  readonly ports: readonly GatewayPort[];
  /**
   * More `Gateway` objects on the same pods. A port of theirs may be one that is there already, for other hosts.
   * @default none
   */
  readonly further?: readonly GatewayListeners[];
  readonly access: GatewayAccess;
  /** Revision of the control plane that injects the proxy; none for the default one. */
  readonly revision?: string;
}

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
  /** Keeps clients from writing into the access logs which lane they are in. */
  public readonly clientLane: pulumi.Resource;

  public constructor(name: string, args: IngressGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:IngressGateway", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    const releaseName = `istio-${args.gatewayName}`;
    this.selector = { istio: args.gatewayName };
    this.account = releaseName;
    const own = { name: args.gatewayName, namespace: args.namespace, ports: args.ports };
    const gateways = [own, ...(args.further ?? [])];

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
          autoscaling: { enabled: false },
          replicaCount: 1,
          resources: { requests: { cpu: "10m", memory: "64Mi" } },
          service: serviceValues(sharedPorts(gateways), args.access),
        },
      },
      child,
    );
    this.listeners = gateways.map((gateway) => {
      const listeners = `${name}-listeners`;
      const resource: ResourceName =
        gateway === own ? { name: listeners } : pairName(gateway.namespace, gateway.name, `${listeners}-`);
      return new CustomResource(
        resource.name,
        {
          apiVersion: "networking.istio.io/v1",
          kind: "Gateway",
          metadata: { name: gateway.name, namespace: gateway.namespace },
          spec: { selector: this.selector, servers: gatewayServers(gateway.ports) },
        },
        { ...after(child, [proxy]), aliases: resource.aliases },
      );
    });

    this.clientLane = new CustomResource(
      `${name}-client-lane`,
      {
        apiVersion: "networking.istio.io/v1alpha3",
        kind: "EnvoyFilter",
        metadata: { name: `${args.gatewayName}-client-lane`, namespace: args.namespace },
        spec: removeClientLane(this.selector),
      },
      after(child, [proxy]),
    );

    const address = this.address(`${name}-service`, `${args.namespace}/${releaseName}`, args.access, proxy, child);
    this.urls = address.apply((host) => gatewayUrls(gateways, host, args.access));
    const [first] = args.ports;
    this.url = address.apply((host) => (first ? gatewayUrl(first, host, args.access) : ""));
    this.gateway = pulumi.output(`${args.namespace}/${args.gatewayName}`);
    this.registerOutputs({ gateway: this.gateway, url: this.url, urls: this.urls });
  }

  private address(
    name: string,
    id: string,
    access: GatewayAccess,
    proxy: Release,
    { parent, provider }: ChildOptions,
  ): pulumi.Output<string> {
    switch (access.kind) {
      case "externalIp":
        return access.address;
      case "hostPort":
        return pulumi.output(access.host);
      case "loadBalancer": {
        const running = pulumi.output(proxy.status).apply(() => id);
        const service = Service.get(name, running, { parent, provider });
        return service.status.loadBalancer.ingress.apply((ingress) => ingress?.[0]?.ip ?? ingress?.[0]?.hostname ?? "");
      }
      default:
        return unknownAccess(access);
    }
  }
}

function unknownAccess(access: never): never {
  throw new Error(`unknown access to the gateway: ${JSON.stringify(access)}`);
}
