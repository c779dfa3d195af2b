import { z } from "zod";
import { ackSpecs, asmEditions, asmRoles } from "../components/alibaba/values";

/*
 * The parts of stack config that are about Alibaba Cloud.
 */

const nodesSchema = z
  .strictObject({
    types: z.array(z.string()).min(1).describe("a list of ECS instance types, the preferred one first: ecs.g7.xlarge"),
    min: z.number().int().min(1).optional().describe("the least number of nodes, from 1; default 2"),
    max: z.number().int().min(1).optional().describe("the greatest number of nodes; default: min"),
  })
  .describe("the nodes: types, min, max");

export const ackSchema = z
  .strictObject({
    region: z.string().describe("a region of Alibaba Cloud, such as cn-hangzhou"),
    zones: z
      .array(z.string())
      .min(1)
      .max(3)
      .optional()
      .describe("a list of one to three zones of the region (new clusters only)"),
    nodes: nodesSchema.optional(),
    spec: z
      .enum(ackSpecs)
      .optional()
      .describe(`${ackSpecs.join(", ")}; default ack.pro.small (new clusters only)`),
    cidr: z.string().optional().describe("a private network of 16 bits; default 10.0.0.0/16 (new clusters only)"),
    serviceCidr: z
      .string()
      .optional()
      .describe("a private network of 16 bits, another than cidr; default 172.20.0.0/16 (new clusters only)"),
    encryptionKey: z
      .string()
      .optional()
      .describe("the id of a KMS key that encrypts Kubernetes secrets; default: a new one (new clusters only)"),
    publicEndpoint: z
      .boolean()
      .optional()
      .describe("true or false: whether the API server is reached from the internet; default false"),
    credentialMinutes: z
      .number()
      .int()
      .min(15)
      .max(4320)
      .optional()
      .describe("how long the kubeconfig of an update is valid, 15 to 4320 minutes; default 120"),
    deletionProtection: z
      .boolean()
      .optional()
      .describe("true or false: whether deletion of what the stack makes in the account is refused; default true"),
  })
  .describe(
    "an ACK cluster: region, zones, nodes, spec, cidr, serviceCidr, encryptionKey, publicEndpoint, credentialMinutes, deletionProtection",
  );

const userSchema = z
  .strictObject({
    id: z.string().min(1).describe("the id of a RAM user or role, in quotes"),
    role: z.enum(asmRoles).describe(asmRoles.join(", ")),
    ramRole: z.boolean().optional().describe("true or false: whether the id is that of a RAM role; default false"),
  })
  .describe("who may use the mesh: id, role, ramRole");

export const asmSchema = z
  .strictObject({
    edition: z
      .enum(asmEditions)
      .optional()
      .describe(`${asmEditions.join(", ")}; default enterprise`),
    users: z.array(userSchema).optional().describe("a list of RAM users and roles (new meshes only)"),
    accessLogProject: z
      .string()
      .optional()
      .describe("the SLS project that access logs are collected in; default: none, only stdout (new meshes only)"),
    traceSampling: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe("percent of the requests that are traced, 0 to 100; default 0: no tracing (new meshes only)"),
    settleSeconds: z
      .number()
      .int()
      .min(1)
      .max(300)
      .optional()
      .describe("seconds that proxies are given for each step of a change, 1 to 300; default 10"),
  })
  .describe("an ASM instance: edition, users, accessLogProject, traceSampling, settleSeconds");

export const loadBalancerSchema = z
  .strictObject({
    id: z.string().min(1).describe("the id of a CLB instance"),
    address: z.string().min(1).describe("its address, or a host name that leads there"),
  })
  .describe("a load balancer that is there (asm only): id, address");
