import { z } from "zod";
import { ackSpecs } from "../../components/alibaba/values";
import { addProblem } from "../../components/lanes/zod-problems";
import { text } from "../values";
import { common } from "./common";

/** What a new cluster is like: keys of `cluster.ack` that mean nothing where `cluster.id` names an existing one. */
export const newCluster = {
  zones: z
    .array(z.string())
    .min(1)
    .max(3)
    .optional()
    .meta({
      description: "a list of one to three zones of the region (new clusters only)",
      examples: [["cn-hangzhou-i", "cn-hangzhou-j"]],
    }),
  nodes: z
    .strictObject({
      types: z
        .array(z.string())
        .min(1)
        .meta({
          description: "a list of ECS instance types, the preferred one first: ecs.g7.xlarge",
          examples: [["ecs.g7.xlarge"]],
        }),
      min: z.number().int().min(1).default(2).describe("the least number of nodes, from 1; default 2"),
      max: z.number().int().min(1).optional().describe("the greatest number of nodes; default: min"),
    })
    .describe("the nodes of a new cluster: types, min, max")
    .transform((nodes) => ({ ...nodes, max: nodes.max ?? nodes.min }))
    .optional(),
  spec: z
    .enum(ackSpecs)
    .default("ack.pro.small")
    .describe(`${ackSpecs.join(", ")}; default ack.pro.small (new clusters only)`),
  cidr: z
    .string()
    .default("10.0.0.0/16")
    .describe("a private network of 16 bits; default 10.0.0.0/16 (new clusters only)"),
  serviceCidr: z
    .string()
    .default("172.20.0.0/16")
    .describe("a private network of 16 bits, another than cidr; default 172.20.0.0/16 (new clusters only)"),
  encryptSecrets: z
    .boolean()
    .default(true)
    .describe(
      "true or false: whether a key of KMS encrypts Kubernetes secrets, which needs encryptionKey or kmsInstance and an " +
        "ack.pro spec; default true (new clusters only)",
    ),
  encryptionKey: z
    .string()
    .optional()
    .describe("the id of an existing KMS key that encrypts Kubernetes secrets (new clusters only)"),
  kmsInstance: z
    .string()
    .optional()
    .describe("the id of a bought KMS instance, in which a key for Kubernetes secrets is made (new clusters only)"),
};

const ackSchema = z
  .strictObject({
    region: z
      .string()
      .meta({ description: "a region of Alibaba Cloud, such as cn-hangzhou", examples: ["cn-hangzhou"] }),
    ...newCluster,
    publicEndpoint: z
      .boolean()
      .default(false)
      .describe("true or false: whether the API server is reached from the internet; default false"),
    credentialMinutes: z
      .number()
      .int()
      .min(15)
      .max(4320)
      .default(120)
      .describe("how long the kubeconfig of an update is valid, 15 to 4320 minutes; default 120"),
    // Of all that the stack makes in the account.
    deletionProtection: z
      .boolean()
      .default(true)
      .describe("true or false: whether deletion of what the stack makes in the account is refused; default true"),
  })
  .describe("an ACK cluster, the managed Kubernetes of Alibaba Cloud: region, and for a new one zones and nodes");

/** A cluster on Alibaba Cloud: `source` is an existing one, or what a new one is like. */
export const ackClusterSchema = z
  .strictObject({
    kind: z.literal("ack"),
    ...common,
    id: text.optional().describe("the id of an existing cluster; default: a new one"),
    ack: ackSchema,
  })
  .describe("a cluster of Alibaba Cloud (ACK): kind, name, kubernetesVersion, id, ack")
  .transform(({ id, ack, ...cluster }, context) => {
    const { region, publicEndpoint, credentialMinutes, deletionProtection, zones, nodes, ...create } = ack;
    const here = { ...cluster, region, publicEndpoint, credentialMinutes, deletionProtection };
    if (id !== undefined) return { ...here, source: { id } };
    if (zones && nodes) return { ...here, source: { zones, nodes, ...create } };
    const needed = { zones: "one to three zones", nodes: "nodes with their types" };
    for (const key of ["zones", "nodes"] as const) {
      if (ack[key]) continue;
      const fix = `Name ${needed[key]}, or cluster.id.`;
      addProblem(context, ["ack", key], { got: "missing", expected: "required for a new cluster", fix });
    }
    return z.NEVER;
  });
