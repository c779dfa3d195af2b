import { z } from "zod";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { pins } from "../../tools/toolchain/pins";
import { name, text } from "../values";
import { asmSchema } from "./asm";

const previousSchema = z
  .strictObject({
    version: z.string().describe(`the version that it runs, such as ${pins.istio}`),
    revision: name.optional().describe("its revision; default: none, the default control plane"),
    charts: text
      .optional()
      .describe(
        "a folder with the charts of that version; default: mesh.charts where the versions are the same, else Istio's repository",
      ),
    namespaces: z.array(name).meta({
      description: "a list of namespaces of the stack that stay on it; the others move",
      examples: [["shop"]],
    }),
  })
  .describe("the control plane that was the only one before: version, revision, charts, namespaces");

const istioSchema = z
  .strictObject({
    kind: z.literal("istio").optional().default("istio").describe("istio (upstream Istio) or asm; default istio"),
    version: z.string().default(pins.istio).describe(`a version such as ${pins.istio}`),
    charts: text.optional().describe("a folder that stands in for the chart repository"),
    revision: name
      .optional()
      .describe("an Istio revision, such as v1-31; with existing also a tag that stands for one, such as stable"),
    existing: z
      .boolean()
      .default(false)
      .describe("true or false: somebody else runs the control plane, and this stack leaves it alone; default false"),
    previous: previousSchema
      .optional()
      .describe(
        "the control plane of before, kept while namespaces move to the new one: version, revision, charts, namespaces",
      ),
  })
  .describe("upstream Istio: kind, version, charts, revision, existing, previous");

export const meshSchema = z
  .discriminatedUnion("kind", [istioSchema, asmSchema])
  .describe("a mesh: kind, and the keys of that kind")
  .prefault({});

type MeshConfig = DeepReadonly<z.output<typeof meshSchema>>;
export type IstioMeshConfig = Extract<MeshConfig, { kind: "istio" }>;
/** Alibaba Cloud Service Mesh. */
export type AsmMeshConfig = Extract<MeshConfig, { kind: "asm" }>;
