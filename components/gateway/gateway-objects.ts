import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import type { ChildOptions } from "../child-options";
import { pairName, type ResourceName } from "../names";
import type { GatewayDeployment } from "./gateway-deployment";
import { type GatewayListeners, gatewayServers } from "./listeners";

export interface GatewayObjectsArgs {
  /** Name of the component. */
  readonly name: string;
  /** Istio has `v1` from 1.22 on; lanes run on older ASM instances too. */
  readonly apiVersion: "networking.istio.io/v1" | "networking.istio.io/v1beta1";
  /** Labels of the pods that listen. */
  readonly selector: Readonly<Record<string, string>>;
  /** The gateway's own first, whose resource has the short name. */
  readonly gateways: readonly GatewayListeners[];
  readonly deployment?: GatewayDeployment;
}

/** The `Gateway` objects that share the pods of one gateway, the same on every mesh. */
export function createGatewayObjects(args: GatewayObjectsArgs, opts: ChildOptions): pulumi.Resource[] {
  const { apiVersion, selector, gateways, deployment } = args;
  const listeners = `${args.name}-listeners`;
  return gateways.map(({ name, namespace, ports }, index) => {
    const resource: ResourceName = index === 0 ? { name: listeners } : pairName(namespace, name, `${listeners}-`);
    return new CustomResource(
      resource.name,
      {
        apiVersion,
        kind: "Gateway",
        metadata: { name, namespace },
        spec: { selector: { ...selector }, servers: gatewayServers(ports, deployment) },
      },
      { ...opts, aliases: resource.aliases },
    );
  });
}
