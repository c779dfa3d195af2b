import { z } from "zod";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { text } from "../values";
import { ackClusterSchema } from "./ack";
import { common } from "./common";

const localSchema = z
  .strictObject({
    kind: z
      .enum(["auto", "embedded", "kind"])
      .optional()
      .default("auto")
      .describe("auto (kind with Docker at hand, else embedded), embedded or kind; default auto"),
    ...common,
  })
  .describe("a cluster on this machine: kind, name, kubernetesVersion");

const existingSchema = z
  .strictObject({
    kind: z.literal("existing"),
    ...common,
    kubeconfig: text.meta({
      description: "path of a kubeconfig file from the folder of the project; an ambient kubeconfig is never used",
      examples: ["kubeconfig.yaml"],
    }),
    context: text.meta({
      description: "a context of that file; the current context of an ambient kubeconfig is never used",
      examples: ["admin"],
    }),
    id: text.optional().describe("the id by which an ASM mesh knows the cluster (mesh of kind asm only)"),
  })
  .describe("any other cluster: kind, name, kubeconfig, context, kubernetesVersion, id");

export const clusterSchema = z
  .discriminatedUnion("kind", [localSchema, existingSchema, ackClusterSchema])
  .describe("a cluster: kind, and the keys of that kind")
  .prefault({});

export type ClusterConfig = DeepReadonly<z.output<typeof clusterSchema>>;
/** On Alibaba Cloud. */
export type AckClusterConfig = Extract<ClusterConfig, { kind: "ack" }>;
