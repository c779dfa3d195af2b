import type { TlsSecret, TlsSource } from "../components/gateway/tls-secret";
import { completeLaneGroup, type LaneGroup, laneGroupSchema, type MeshKind } from "../components/lanes/spec";
import { validateLaneGroups } from "../components/lanes/validate";
import { toProblems, withoutUnknownKeys } from "../components/lanes/zod-problems";
import type { CallRule } from "../components/security/calls";
import type { PodSecurityLevel } from "../components/security/pod-security";
import type { Language } from "../components/telemetry/instrumentation-spec";
import { type Problem, UserError } from "../tools/user-error";
import {
  type AckClusterConfig,
  type AsmMeshConfig,
  completeAck,
  completeAsm,
  type LoadBalancerConfig,
} from "./config-alibaba";
import { checkTelemetry, completeTelemetry, type TelemetryConfig } from "./config-telemetry";
import { crossCheck } from "./cross-check";
import { checkTls } from "./cross-check-tls";
import { type IncludedFile, mergeIncludes } from "./include";
import { type appNames, type StackConfigInput, stackConfigSchema, tlsKeyPrefix } from "./schema";

/** Prefix of this project's keys in a stack file. */
export const configNamespace = "mesh-lanes";
/** `name` in Pulumi.yaml. */
export const projectName = "mesh-lanes";

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
      /** By which an ASM instance knows it. */
      readonly id?: string;
    }
  | AckClusterConfig;

export type MeshConfig = IstioMeshConfig | AsmMeshConfig;

export interface IstioMeshConfig {
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
  /** Whether requests are sent on to HTTPS; HTTP only. */
  readonly redirect?: boolean;
}

export interface GatewayConfig {
  readonly name: string;
  readonly namespace: string;
  readonly ports: readonly GatewayPort[];
  /** Of the first gateway on ASM: one that is there, in place of one that is made. */
  readonly loadBalancer?: LoadBalancerConfig;
}

export type AppName = (typeof appNames)[number];

export interface WorkloadConfig {
  readonly name: string;
  /** One of apps/, whose image is built unless `image` names another. */
  readonly app?: AppName;
  /** With its tag or digest. One of both is there. */
  readonly image?: string;
  readonly namespace: string;
  readonly port: number;
  readonly portName: string;
  readonly targetPort: number;
  readonly calls?: string;
  readonly versions: readonly string[];
  readonly versionLabel: string;
  /** Version -> number of pods; every version is there. */
  readonly replicas: Readonly<Record<string, number | "auto">>;
  readonly env: Readonly<Record<string, string>>;
  readonly sessionAffinity?: "None" | "ClientIP";
  /** Instrumentation that the operator injects. */
  readonly instrument?: Language;
}

/** Security of the namespaces of workloads. */
export interface SecurityConfig {
  readonly mtls: "strict" | "permissive";
  readonly authorization: boolean;
  readonly networkPolicies: boolean;
  readonly podSecurity: PodSecurityLevel;
}

/** Stack config with every default filled in, and with the lists of included files in it. */
export interface StackConfig {
  readonly cluster: ClusterConfig;
  readonly mesh: MeshConfig;
  /** The gateway whose pods serve all gateways. */
  readonly gateway: GatewayConfig;
  /** Further Gateway objects on the same pods. */
  readonly gateways: readonly GatewayConfig[];
  readonly tls: readonly TlsSecret[];
  readonly workloads: readonly WorkloadConfig[];
  readonly laneGroups: readonly LaneGroup[];
  readonly security: SecurityConfig;
  /** Calls that follow from no lane group and no workload. */
  readonly allow: readonly CallRule[];
  readonly telemetry?: TelemetryConfig;
}

/** What belongs to a stack's config and does not stand in it. */
export interface ConfigContext {
  /** Files that it includes. */
  readonly files?: readonly IncludedFile[];
  /** What went wrong when they were read. */
  readonly problems?: readonly Problem[];
  /** Keys whose value is encrypted in the stack's file. */
  readonly encrypted?: ReadonlySet<string>;
  /** @default the present */
  readonly now?: Date;
}

/**
 * Checks and completes stack config.
 *
 * @param raw the values of the stack by key, without the `mesh-lanes:` prefix.
 * @throws UserError with every problem at once. The path of one in an included file begins with the file.
 */
export function parseStackConfig(raw: Record<string, unknown>, context: ConfigContext = {}): StackConfig {
  const { values, keys } = withoutTlsKeys(raw);
  const merged = mergeIncludes(values, context.files ?? []);
  const reading = [...(context.problems ?? []), ...merged.problems];
  const fail = (problems: readonly Problem[]) => invalid([...reading, ...problems.map(merged.place)]);
  const parsed = stackConfigSchema.safeParse(merged.values);
  if (!parsed.success) {
    // Groups that have the right shape but for unknown keys are judged all the same, so that nobody finds their problems
    // one round later.
    const groups = validateLaneGroups(wellShaped(merged.values), meshKind(merged.values));
    throw fail([...toProblems(stackConfigSchema, merged.values, parsed.error), ...groups]);
  }
  const located = (parsed.data.laneGroups ?? []).map((input, index) => ({ path: `laneGroups[${index}]`, input }));
  const groups = validateLaneGroups(located, meshKind(merged.values));
  // What is in a file that was not read would be reported as missing.
  if (reading.length > 0) throw fail(groups);
  const config = complete(parsed.data, keys);
  const problems = [
    ...crossCheck(parsed.data, config),
    ...checkTelemetry(parsed.data.telemetry),
    ...checkTls(parsed.data, config, {
      keys,
      encrypted: context.encrypted ?? new Set(),
      now: context.now ?? new Date(),
    }),
    ...groups,
  ];
  if (problems.length > 0) throw fail(problems);
  return config;
}

/** Private keys by the name of their secret, apart from the values that the schema knows. */
function withoutTlsKeys(raw: Record<string, unknown>) {
  const isKey = ([key]: [string, unknown]) => key.startsWith(tlsKeyPrefix);
  const entries = Object.entries(raw);
  return {
    values: Object.fromEntries(entries.filter((entry) => !isKey(entry))),
    keys: new Map(entries.filter(isKey).map(([key, value]) => [key.slice(tlsKeyPrefix.length), String(value)])),
  };
}

function invalid(problems: readonly Problem[]): UserError {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return new UserError(`The stack's config has ${count}.`, problems);
}

/** Before the config has a shape: groups are judged all the same, each for the mesh that it is meant for. */
function meshKind({ mesh }: Record<string, unknown>): MeshKind {
  return typeof mesh === "object" && mesh !== null && "kind" in mesh && mesh.kind === "asm" ? "asm" : "istio";
}

function wellShaped(raw: Record<string, unknown>) {
  const groups: readonly unknown[] = Array.isArray(raw.laneGroups) ? raw.laneGroups : [];
  return groups.flatMap((group, index) => {
    const first = laneGroupSchema.safeParse(group);
    const parsed = first.success ? first : laneGroupSchema.safeParse(withoutUnknownKeys(group, first.error));
    return parsed.success ? [{ path: `laneGroups[${index}]`, input: parsed.data }] : [];
  });
}

function complete(input: StackConfigInput, keys: ReadonlyMap<string, string>): StackConfig {
  const { gateway = {} } = input;
  const mesh = completeMesh(input.mesh ?? {});
  const instrumented = (input.workloads ?? []).some(({ instrument }) => instrument !== undefined);
  const telemetry = completeTelemetry(input.telemetry, instrumented);
  return {
    cluster: completeCluster(input.cluster ?? {}),
    mesh,
    gateway: completeGateway({
      name: gateway.name ?? "ingressgateway",
      namespace: gateway.namespace ?? "istio-system",
      ports: gateway.ports ?? [{ name: "http", port: 80, protocol: "HTTP" as const }],
      ...(gateway.loadBalancer && { loadBalancer: gateway.loadBalancer }),
    }),
    gateways: (input.gateways ?? []).map(completeGateway),
    tls: (input.tls ?? []).map((entry) => completeTls(entry, keys.get(entry.secret))),
    workloads: (input.workloads ?? []).map(completeWorkload),
    laneGroups: (input.laneGroups ?? []).map(completeLaneGroup),
    security: {
      mtls: input.security?.mtls ?? "strict",
      authorization: input.security?.authorization ?? true,
      networkPolicies: input.security?.networkPolicies ?? mesh.kind === "istio",
      podSecurity: input.security?.podSecurity ?? "privileged",
    },
    allow: input.allow ?? [],
    ...(telemetry && { telemetry }),
  };
}

type GatewayInput = NonNullable<StackConfigInput["gateways"]>[number] & Pick<GatewayConfig, "loadBalancer">;

function completeGateway({ ports, ...gateway }: GatewayInput): GatewayConfig {
  return { ...gateway, ports: ports.map((port) => ({ ...port, hosts: port.hosts ?? ["*"] })) };
}

function completeMesh(input: NonNullable<StackConfigInput["mesh"]>): MeshConfig {
  if (input.kind === "asm") return completeAsm(input);
  const { charts, revision } = input;
  return {
    kind: "istio",
    version: input.version ?? "1.29.1",
    ...(charts !== undefined && { charts }),
    ...(revision !== undefined && { revision }),
  };
}

function completeTls(input: NonNullable<StackConfigInput["tls"]>[number], key: string | undefined): TlsSecret {
  return { secret: input.secret, hosts: input.hosts, source: completeTlsSource(input.source, key) };
}

/** What a kind of source needs and has not is for the cross check to report; an empty text never leaves this file. */
function completeTlsSource(
  { kind, days = 90, certificate = "", issuer }: NonNullable<StackConfigInput["tls"]>[number]["source"],
  key: string | undefined,
): TlsSource {
  switch (kind) {
    case "selfSigned":
      return { kind, days };
    case "pem":
      return { kind, certificate, ...(key !== undefined && { key }) };
    case "certManager":
      return { kind, issuer: { name: issuer?.name ?? "", kind: issuer?.kind ?? "Issuer" } };
    default: {
      const never: never = kind;
      return never;
    }
  }
}

function completeCluster(input: NonNullable<StackConfigInput["cluster"]>): ClusterConfig {
  const { kind = "auto", name = "mesh-lanes", kubeconfig = "", context = "", kubernetesVersion, id } = input;
  const common = { name, ...(kubernetesVersion !== undefined && { kubernetesVersion }) };
  switch (kind) {
    case "existing":
      // Both are required by the cross check; an empty text never leaves this file.
      return { ...common, kind, kubeconfig, context, ...(id !== undefined && { id }) };
    case "ack":
      return completeAck(common, input);
    default:
      return { ...common, kind };
  }
}

function completeWorkload(input: NonNullable<StackConfigInput["workloads"]>[number]): WorkloadConfig {
  const { replicas = 1 } = input;
  return {
    name: input.name,
    ...(input.app !== undefined && { app: input.app }),
    ...(input.image !== undefined && { image: input.image }),
    namespace: input.namespace ?? "default",
    port: input.port,
    portName: input.portName ?? "http",
    targetPort: input.targetPort ?? input.port,
    ...(input.calls !== undefined && { calls: input.calls }),
    versions: input.versions,
    versionLabel: input.versionLabel ?? "version",
    replicas: Object.fromEntries(
      input.versions.map((version) => [version, typeof replicas === "object" ? (replicas[version] ?? 1) : replicas]),
    ),
    env: input.env ?? {},
    ...(input.sessionAffinity && { sessionAffinity: input.sessionAffinity }),
    ...(input.instrument && { instrument: input.instrument }),
  };
}
