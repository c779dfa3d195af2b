import { z } from "zod";
import type { TlsSecret } from "../components/gateway/tls-secret";
import { laneGroupSchema } from "../components/lanes/spec";
import type { DeepReadonly } from "../tools/deep-readonly";
import { clusterSchema } from "./cluster/cluster";
import { gatewaySchema, gatewaysSchema } from "./gateway/gateway";
import { includableKeys } from "./include";
import { meshSchema } from "./mesh/mesh";
import { adoptSchema, existingNamespacesSchema } from "./ownership/ownership";
import { allowSchema, securitySchema } from "./security/security";
import { telemetrySchema } from "./telemetry/telemetry";
import { tlsSchema } from "./tls/tls";
import { type WorkloadConfig, workloadsSchema } from "./workloads/workloads";

export type { ClusterConfig } from "./cluster/cluster";
export type { GatewayConfig, GatewayPort } from "./gateway/gateway";
export type { AsmMeshConfig, IstioMeshConfig } from "./mesh/mesh";
export type { OperatorConfig, TelemetryConfig } from "./telemetry/telemetry";
export type { WorkloadConfig } from "./workloads/workloads";

// Config is read once: a parser that zod compiles would never pay for itself.
z.config({ jitless: true });

/** Prefix of this project's keys in a stack file. */
export const configNamespace = "mesh-lanes";
/** `name` in Pulumi.yaml. */
export const projectName = "mesh-lanes";

/** Every section, with its defaults. A section that nobody writes is what its schema makes of nothing. */
export const sections = z.strictObject({
  include: z
    .array(z.string())
    .default([])
    .meta({
      description: `a list of YAML files with ${includableKeys.join(", ")}; paths begin at the folder of the project`,
      examples: [["scenarios/s4-permissive.yaml"]],
    }),
  cluster: clusterSchema,
  mesh: meshSchema,
  gateway: gatewaySchema,
  gateways: gatewaysSchema,
  tls: tlsSchema,
  workloads: workloadsSchema,
  laneGroups: z.array(laneGroupSchema).default([]).describe("a list of lane groups"),
  security: securitySchema,
  allow: allowSchema,
  telemetry: telemetrySchema.optional(),
  adopt: adoptSchema,
  existingNamespaces: existingNamespacesSchema,
});

/** With the defaults that follow from another section. */
export function withFollowingDefaults(read: z.output<typeof sections>) {
  const { include: _read, security, telemetry, ...config } = read;
  const instrumented = config.workloads.some(({ instrument }) => instrument !== undefined);
  return {
    ...config,
    security: { ...security, networkPolicies: security.networkPolicies ?? config.mesh.kind === "istio" },
    // An app that is to be instrumented asks for the operator too.
    ...((telemetry || instrumented) && { telemetry: telemetry ?? telemetrySchema.parse({}) }),
  };
}

/** Stack config as its sections make it. */
export type Sections = DeepReadonly<ReturnType<typeof withFollowingDefaults>>;

/** Stack config with every default filled in, and with the lists of included files in it. */
export type StackConfig = Omit<Sections, "tls" | "workloads"> & {
  /** With the secrets that could be read. */
  readonly workloads: readonly WorkloadConfig[];
  /** With the private keys that could be read. */
  readonly tls: readonly TlsSecret[];
};
