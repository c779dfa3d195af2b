import * as pulumi from "@pulumi/pulumi";
import { childOptions, providerOf } from "../child-options";
import { selectorText, selects } from "../lanes/labels";
import type { GatewayPods } from "../lanes/object";
import type { Check } from "../live/gate";
import { checkFirst } from "../live/watch";
import { anyAccount } from "../security/calls";
import type { Gateway } from "./gateway";
import { createGatewayObjects } from "./gateway-objects";
import { type GatewayListeners, type GatewayPort, gatewayUrl, gatewayUrls } from "./listeners";

export interface ExistingGatewayArgs {
  /** Name and namespace of the `Gateway` object. */
  readonly gatewayName: string;
  /** Namespace of the `Gateway` object. */
  readonly namespace: string;
  /** What that object listens on: the URLs are made of it. */
  readonly ports: readonly GatewayPort[];
  /** The pods that listen. */
  readonly pods: GatewayPods;
  /** Service account of the pods. @default any account of their namespace */
  readonly account?: string;
  /** IP address or host name at which clients reach it. */
  readonly address: pulumi.Input<string>;
  /** `Gateway` objects that this program makes, for the same pods. @default none */
  readonly further?: readonly GatewayListeners[];
}

/**
 * An ingress gateway that somebody else runs. Neither its pods, their Service nor its `Gateway` object are made, changed or
 * removed. Before anything is written to the cluster, pods and object are looked up.
 */
export class ExistingGateway extends pulumi.ComponentResource implements Gateway {
  public readonly selector: Readonly<Record<string, string>>;
  public readonly account: string;
  public readonly urls: pulumi.Output<Record<string, string>>;
  public readonly url: pulumi.Output<string>;
  public readonly listeners: readonly pulumi.Resource[];

  public constructor(name: string, args: ExistingGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:ExistingGateway", name, {}, opts);
    const { gatewayName, namespace, ports, pods, address, account = anyAccount, further = [] } = args;
    this.selector = pods.labels;
    this.account = account;
    checkFirst(providerOf(this, name, "kubernetes"), gatewayIsThere(pods, { namespace, name: gatewayName }));
    const apiVersion = "networking.istio.io/v1";
    this.listeners = createGatewayObjects(
      { name, apiVersion, selector: this.selector, gateways: further },
      childOptions(this, name, "kubernetes", opts),
    );
    const access = { kind: "loadBalancer" as const };
    const host = pulumi.output(address);
    const gateways = [{ name: gatewayName, namespace, ports }, ...further];
    this.urls = host.apply((known) => gatewayUrls(gateways, known, access));
    const [first] = ports;
    this.url = host.apply((known) => (first ? gatewayUrl(first, known, access) : ""));
    this.registerOutputs({ url: this.url, urls: this.urls });
  }
}

/** That the pods and the `Gateway` object of the config are in the cluster. */
function gatewayIsThere(pods: GatewayPods, object: { readonly namespace: string; readonly name: string }): Check {
  return async (cluster) => {
    const [found, objects] = await Promise.all([
      cluster.inNamespace("pods", pods.namespace),
      cluster.inNamespace("gateways.networking.istio.io", object.namespace),
    ]);
    const fix = "Correct gateway, or remove gateway.existing to have this stack run a gateway of its own.";
    const missing = (got: string, expected: string) => ({ path: "gateway.existing", got, expected, fix });
    const listens = found.some(({ labels }) => selects(pods.labels, labels));
    const selector = selectorText(pods.labels);
    return [
      ...(listens
        ? []
        : [
            missing(
              `no pod with ${selector} in namespace ${pods.namespace}`,
              "pods of a gateway that somebody else runs",
            ),
          ]),
      ...(objects.some(({ name }) => name === object.name)
        ? []
        : [missing(`no Gateway ${object.namespace}/${object.name}`, "the Gateway object that somebody else made")]),
    ];
  };
}
