import { z } from "zod";
import { type GatewayPods, gatewayLabels } from "../../components/lanes/object";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { name, port, text } from "../values";
import { deploymentKeys } from "./deployment";

const common = {
  name,
  port: port.meta({ examples: [443] }),
  hosts: z.array(z.string()).min(1).default(["*"]).describe('a list of host names; default ["*"]'),
  nodePort: port
    .optional()
    .meta({ description: "the port of every node that leads to it (serviceType NodePort)", examples: [30080] }),
};

const httpSchema = z
  .strictObject({
    ...common,
    protocol: z.literal("HTTP"),
    redirect: z.boolean().optional().describe("true or false: send requests on to HTTPS and serve none; default false"),
  })
  .describe("a port of plain HTTP: name, port, protocol, hosts, redirect, nodePort");

const httpsSchema = z
  .strictObject({
    ...common,
    protocol: z.literal("HTTPS"),
    credentialName: z.string().meta({
      description: "the name of a TLS secret in the gateway's namespace: of an entry of tls, or managed elsewhere",
      examples: ["shop-tls"],
    }),
  })
  .describe("a port of HTTPS: name, port, protocol, hosts, credentialName, nodePort");

const portsSchema = z
  .array(
    z
      .discriminatedUnion("protocol", [httpSchema, httpsSchema])
      .describe("a port: name, port, protocol, hosts, and the keys of that protocol"),
  )
  .min(1)
  .meta({ description: "a list of at least one port", examples: [[{ name: "http", port: 80, protocol: "HTTP" }]] });

/** The gateway whose pods serve all gateways. */
export const gatewaySchema = z
  .strictObject({
    name: name.default("ingressgateway"),
    namespace: name.default("istio-system"),
    ports: portsSchema.prefault([{ name: "http", port: 80, protocol: "HTTP" }]),
    ...deploymentKeys,
    loadBalancer: z
      .strictObject({
        kind: z
          .enum(["clb", "nlb"])
          .default("clb")
          .describe("clb, or nlb: a new one that the cluster makes of the gateway's Service; default clb"),
        id: text.optional().describe("the id of an existing CLB instance; default: a new one"),
        address: text.optional().describe("the address of that instance, or a host name that leads there"),
        overrideListeners: z
          .boolean()
          .default(false)
          .describe("true or false: overwrite listeners of the gateway's ports that it has; default false"),
        zones: z
          .record(z.string(), text)
          .optional()
          .meta({
            description:
              "vSwitches of an nlb by their zones, two or more; default: those of the nodes of a new cluster",
            examples: [{ "cn-hangzhou-i": "vsw-1", "cn-hangzhou-j": "vsw-2" }],
          }),
      })
      .optional()
      .describe("the load balancer (asm only): kind, id, address, overrideListeners, zones"),
  })
  .describe(`a gateway: name, namespace, ports, ${Object.keys(deploymentKeys).join(", ")}, loadBalancer`)
  .prefault({});

/** Further Gateway objects on the same pods. */
export const gatewaysSchema = z
  .array(
    z
      .strictObject({ name, namespace: name, ports: portsSchema })
      .describe("a further gateway on the same pods: name, namespace, ports"),
  )
  .default([])
  .describe("a list of further gateways on the same pods");

type FirstGateway = DeepReadonly<z.output<typeof gatewaySchema>>;
type MayHave = "loadBalancer" | keyof typeof deploymentKeys;
export type GatewayConfig = Omit<FirstGateway, MayHave> & Pick<Partial<FirstGateway>, MayHave>;
export type GatewayPort = GatewayConfig["ports"][number];

/** The TLS secret that a port of HTTPS serves. */
export function credentialOf(of: GatewayPort): string | undefined {
  return of.protocol === "HTTPS" ? of.credentialName : undefined;
}

/** The pods of the gateway: this stack's, or those of whoever runs an existing one. */
export function gatewayPods({ name, namespace, existing }: GatewayConfig): GatewayPods {
  return { namespace: existing?.namespace ?? namespace, labels: existing?.labels ?? gatewayLabels(name) };
}

/** `namespace/name`, as lane groups name it. */
export function gatewayName({ namespace, name }: Pick<GatewayConfig, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}
