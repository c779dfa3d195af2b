import { z } from "zod";
import type { GatewayDeployment } from "../../components/gateway/gateway-deployment";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { name, text } from "../values";

/*
 * How the gateway's pods run and how clients reach them; see `GatewayDeployment`. What of it a mesh or a cluster can have is
 * in checks.ts.
 */

const count = z.number().int().min(1);

const replicas = z
  .union([
    count.describe("a number of pods, from 1"),
    z
      .strictObject({
        min: count.describe("the least number of pods, from 1"),
        max: count.describe("the greatest number of pods"),
        cpuPercent: z
          .number()
          .int()
          .min(1)
          .max(100)
          .optional()
          .describe("percent of the CPU request (100m) that the pods are kept at, 1 to 100; default 80"),
      })
      .describe("the bounds of an autoscaler: min, max, cpuPercent"),
  ])
  .optional()
  .describe("a number of pods, or { min, max, cpuPercent } of an autoscaler; default 1, on asm 2");

/** Keys of `gateway` beside its name, place and ports. */
export const deploymentKeys = {
  serviceType: z
    .enum(["ClusterIP", "NodePort", "LoadBalancer"])
    .optional()
    .describe(
      "the type of the gateway's Service: ClusterIP, NodePort or LoadBalancer; default: what the cluster needs",
    ),
  address: text.optional().meta({
    description: "the IP address or host name at which clients reach the gateway; default: that of the load balancer",
    examples: ["192.0.2.10"],
  }),
  replicas,
  minAvailable: count
    .optional()
    .describe("the pods that a drain of nodes leaves running, fewer than there are; default: no budget"),
  drainSeconds: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe("how long a pod that is told to stop serves open connections, in seconds; default 5, as Istio has it"),
  minTlsVersion: z
    .enum(["1.2", "1.3"])
    .optional()
    .describe("the lowest version of TLS that HTTPS ports take: 1.2 or 1.3; default 1.2, as Istio has it"),
  clientCertificates: z
    .enum(["none", "optional", "required"])
    .optional()
    .describe("whether clients of HTTPS ports show a certificate: none, optional or required; default none"),
  existing: z
    .strictObject({
      namespace: name.optional().describe("the namespace of the gateway's pods; default: that of the Gateway"),
      labels: z
        .record(z.string(), z.string())
        .optional()
        .meta({ description: "labels of the gateway's pods; default: istio: <name of the gateway>" }),
      account: name.optional().describe("the service account of the gateway's pods; default: any of their namespace"),
    })
    .optional()
    .describe("a gateway that somebody else runs, with its Gateway object and its ports: namespace, labels, account"),
};

const deploymentSchema = z.strictObject(deploymentKeys);

/** Keys of the config that say how the gateway runs. */
export type GatewayRunConfig = DeepReadonly<z.output<typeof deploymentSchema>>;

/** What the gateway's component is told of them. */
export function deploymentOf(config: GatewayRunConfig): GatewayDeployment {
  const { existing: _elsewhere, ...deployment } = config;
  return Object.fromEntries(
    Object.keys(deploymentKeys).flatMap((key) => {
      const value = deployment[key as keyof typeof deployment];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
