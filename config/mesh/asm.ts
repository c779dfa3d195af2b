import { z } from "zod";
import { asmEditions, asmRoles, asmSettleSeconds } from "../../components/alibaba/values";
import { addProblem } from "../../components/lanes/zod-problems";
import { text } from "../values";

/** What a new mesh is like: keys of `mesh.asm` that mean nothing where `mesh.kubeconfig` names an existing one. */
export const newMesh = {
  users: z
    .array(
      z
        .strictObject({
          id: text.describe("the id of a RAM user or role, in quotes"),
          role: z.enum(asmRoles).describe(asmRoles.join(", ")),
          ramRole: z
            .boolean()
            .default(false)
            .describe("true or false: whether the id is that of a RAM role; default false"),
        })
        .describe("who may use the mesh: id, role, ramRole"),
    )
    .default([])
    .describe("a list of RAM users and roles (new meshes only)"),
  accessLogProject: z
    .string()
    .optional()
    .describe("the SLS project that access logs are collected in; default: none, only stdout (new meshes only)"),
  traceSampling: z
    .number()
    .min(0)
    .max(100)
    .default(0)
    .describe("percent of the requests that are traced, 0 to 100; default 0: no tracing (new meshes only)"),
};

const instanceSchema = z
  .strictObject({
    edition: z
      .enum(asmEditions)
      .default("enterprise")
      .describe(`${asmEditions.join(", ")}; default enterprise`),
    ...newMesh,
    // A managed control plane does not tell what its proxies have.
    settleSeconds: z
      .number()
      .int()
      .min(1)
      .max(300)
      .default(asmSettleSeconds)
      .describe(`seconds that proxies are given for each step of a change, 1 to 300; default ${asmSettleSeconds}`),
  })
  .describe("an ASM instance: edition, users, accessLogProject, traceSampling, settleSeconds")
  .prefault({});

export const asmSchema = z
  .strictObject({
    kind: z.literal("asm"),
    version: z.string().meta({
      description: "four numbers such as 1.24.6.64, or the full name such as v1.24.6.64-g0c0a6a39-aliyun",
      examples: ["1.24.6.64"],
    }),
    kubeconfig: text.optional().describe("path of the kubeconfig file of an existing mesh; default: a new mesh"),
    context: text.optional().describe("a context of that file"),
    asm: instanceSchema,
  })
  .describe("Alibaba Cloud Service Mesh (ASM): kind, version, kubeconfig, context, asm")
  .transform(({ asm, kubeconfig, context, ...mesh }, at) => {
    const there = kubeconfig !== undefined && context !== undefined;
    if (!there && (kubeconfig ?? context) !== undefined) {
      const missing = context === undefined ? "context" : "kubeconfig";
      const fix = `Add ${missing}: an ambient kubeconfig is never used.`;
      addProblem(at, [missing], { got: "missing", expected: "kubeconfig and context together", fix });
    }
    return { ...mesh, ...asm, ...(there && { existing: { kubeconfig, context } }) };
  });
