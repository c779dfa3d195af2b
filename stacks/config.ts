import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { completeLaneGroup, type LaneGroup, laneGroupSchema } from "../components/lanes/spec";
import { validateLaneGroups } from "../components/lanes/validate";
import { type Problem, UserError } from "../tools/user-error";
import { crossCheck } from "./cross-check";
import { type appNames, type StackConfigInput, stackConfigSchema } from "./schema";
import { toProblems, withoutUnknownKeys } from "./zod-problems";

/** Prefix of this project's keys in a stack file. */
export const configNamespace = "mesh-lanes";

export type ClusterConfig =
  | {
      readonly kind: "auto" | "embedded" | "kind";
      readonly name: string;
      readonly kubernetesVersion?: string;
    }
  | {
      readonly kind: "existing";
      readonly name: string;
      /** Path of the file, relative to the folder of the checkout. */
      readonly kubeconfig: string;
      readonly context: string;
      readonly kubernetesVersion?: string;
    };

export interface MeshConfig {
  readonly kind: "istio";
  readonly version: string;
  /** Folder that stands in for the chart repository. */
  readonly charts?: string;
  readonly revision?: string;
}

export interface GatewayPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS";
  readonly hosts: readonly string[];
  /** TLS secret in the gateway's namespace; HTTPS only, and required there. */
  readonly credentialName?: string;
}

export interface GatewayConfig {
  readonly name: string;
  readonly namespace: string;
  readonly ports: readonly GatewayPort[];
}

export type AppName = (typeof appNames)[number];

export interface WorkloadConfig {
  readonly name: string;
  readonly app: AppName;
  readonly namespace: string;
  readonly port: number;
  readonly portName: string;
  readonly targetPort: number;
  readonly calls?: string;
  readonly versions: readonly string[];
  readonly versionLabel: string;
  /** Version -> number of pods; every version is there. */
  readonly replicas: Readonly<Record<string, number>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Stack config with every default filled in. */
export interface StackConfig {
  readonly cluster: ClusterConfig;
  readonly mesh: MeshConfig;
  readonly gateway: GatewayConfig;
  readonly workloads: readonly WorkloadConfig[];
  readonly laneGroups: readonly LaneGroup[];
}

/**
 * Checks and completes stack config.
 *
 * @param raw the values of the stack by key, without the `mesh-lanes:` prefix.
 * @throws UserError with every problem at once.
 */
export function parseStackConfig(raw: Record<string, unknown>): StackConfig {
  const parsed = stackConfigSchema.safeParse(raw);
  if (!parsed.success) {
    // Groups that have the right shape but for unknown keys are judged all the same, so that nobody finds their problems one round later.
    const problems = [...toProblems(stackConfigSchema, raw, parsed.error), ...validateLaneGroups(wellShaped(raw))];
    throw invalid(problems);
  }
  const config = complete(parsed.data);
  const located = (parsed.data.laneGroups ?? []).map((input, index) => ({ path: `laneGroups[${index}]`, input }));
  const problems = [...crossCheck(parsed.data, config), ...validateLaneGroups(located)];
  if (problems.length > 0) throw invalid(problems);
  return config;
}

/**
 * The `mesh-lanes:` values of a stack file (Pulumi.<stack>.yaml), without their prefix. Secrets are left out: they are not
 * readable without the stack's key, and no value checked here is one.
 *
 * @throws UserError when the file is missing or is not YAML.
 */
export function readStackConfigFile(path: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = parse(readFileSync(path, "utf8"));
  } catch (error) {
    const got = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    const mend = "Name a stack that has a file, or correct the file.";
    throw new UserError("The stack's config cannot be read.", [{ path, got, allowed: "a YAML file", mend }]);
  }
  const config = isRecord(document) && isRecord(document.config) ? document.config : {};
  const prefix = `${configNamespace}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key, value]) => key.startsWith(prefix) && !(isRecord(value) && "secure" in value))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

function invalid(problems: readonly Problem[]): UserError {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return new UserError(`The stack's config has ${count}.`, problems);
}

function wellShaped(raw: Record<string, unknown>) {
  const groups: readonly unknown[] = Array.isArray(raw.laneGroups) ? raw.laneGroups : [];
  return groups.flatMap((group, index) => {
    const first = laneGroupSchema.safeParse(group);
    const parsed = first.success ? first : laneGroupSchema.safeParse(withoutUnknownKeys(group, first.error));
    return parsed.success ? [{ path: `laneGroups[${index}]`, input: parsed.data }] : [];
  });
}

function complete(input: StackConfigInput): StackConfig {
  return {
    cluster: completeCluster(input.cluster ?? {}),
    mesh: { ...input.mesh, kind: "istio", version: input.mesh?.version ?? "1.29.1" },
    gateway: {
      name: input.gateway?.name ?? "ingressgateway",
      namespace: input.gateway?.namespace ?? "istio-system",
      ports: (input.gateway?.ports ?? [{ name: "http", port: 80, protocol: "HTTP" as const }]).map((port) => ({
        ...port,
        hosts: port.hosts ?? ["*"],
      })),
    },
    workloads: (input.workloads ?? []).map(completeWorkload),
    laneGroups: (input.laneGroups ?? []).map(completeLaneGroup),
  };
}

function completeCluster(input: NonNullable<StackConfigInput["cluster"]>): ClusterConfig {
  const { kind = "auto", name = "mesh-lanes", kubeconfig = "", context = "", kubernetesVersion } = input;
  const common = { name, ...(kubernetesVersion !== undefined && { kubernetesVersion }) };
  // Both are required by the cross check; an empty text never leaves this file.
  return kind === "existing" ? { ...common, kind, kubeconfig, context } : { ...common, kind };
}

function completeWorkload(input: NonNullable<StackConfigInput["workloads"]>[number]): WorkloadConfig {
  const { replicas = 1 } = input;
  return {
    name: input.name,
    app: input.app,
    namespace: input.namespace ?? "default",
    port: input.port,
    portName: input.portName ?? "http",
    targetPort: input.targetPort ?? input.port,
    ...(input.calls !== undefined && { calls: input.calls }),
    versions: input.versions,
    versionLabel: input.versionLabel ?? "version",
    replicas: Object.fromEntries(
      input.versions.map((version) => [version, typeof replicas === "number" ? replicas : (replicas[version] ?? 1)]),
    ),
    env: input.env ?? {},
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
