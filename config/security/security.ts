import { z } from "zod";
import { podSecurityLevels } from "../../components/security/pod-security";

export const securitySchema = z
  .strictObject({
    mtls: z
      .enum(["strict", "permissive"])
      .default("strict")
      .describe("strict (no request without a certificate of the mesh) or permissive; default strict"),
    authorization: z
      .boolean()
      .default(true)
      .describe("true or false: only calls of lane groups, of workloads and of allow; default true"),
    // The default depends on the mesh; see stack.ts.
    networkPolicies: z
      .boolean()
      .optional()
      .describe("true or false: the same calls for the network; default true with istio, and not with asm"),
    podSecurity: z
      .enum(podSecurityLevels)
      .default("privileged")
      .describe(`${podSecurityLevels.join(", ")}: what pods must satisfy; default privileged, see docs/security.md`),
  })
  .describe("security of the workloads' namespaces: mtls, authorization, networkPolicies, podSecurity")
  .prefault({});

export const allowSchema = z
  .array(
    z
      .strictObject({
        from: z
          .string()
          .meta({ description: "namespace/account: the service account of the caller", examples: ["jobs/nightly"] }),
        to: z.string().describe("namespace/service: a workload or a service of a lane group"),
      })
      .describe("a call that is allowed besides those of lane groups and workloads: from, to"),
  )
  .default([])
  .describe("a list of further calls that are allowed");
