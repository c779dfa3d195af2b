import { z } from "zod";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { pins } from "../../tools/toolchain/pins";
import { name, text } from "../values";
import { asmSchema } from "./asm";

const istioSchema = z
  .strictObject({
    kind: z.literal("istio").optional().default("istio").describe("istio (upstream Istio) or asm; default istio"),
    version: z.string().default(pins.istio).describe(`a version such as ${pins.istio}`),
    charts: text.optional().describe("a folder that stands in for the chart repository"),
    revision: name.optional().describe("an Istio revision, such as stable"),
    existing: z
      .boolean()
      .default(false)
      .describe("true or false: somebody else runs the control plane, and this stack leaves it alone; default false"),
  })
  .describe("upstream Istio: kind, version, charts, revision, existing");

export const meshSchema = z
  .discriminatedUnion("kind", [istioSchema, asmSchema])
  .describe("a mesh: kind, and the keys of that kind")
  .prefault({});

type MeshConfig = DeepReadonly<z.output<typeof meshSchema>>;
export type IstioMeshConfig = Extract<MeshConfig, { kind: "istio" }>;
/** Alibaba Cloud Service Mesh. */
export type AsmMeshConfig = Extract<MeshConfig, { kind: "asm" }>;
