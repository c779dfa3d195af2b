import type { AckSpec, AsmEdition, AsmRole } from "../components/alibaba/values";
import type { StackConfigInput } from "./schema";

/** What a new ACK cluster is like. */
export interface NewAckConfig {
  readonly zones: readonly string[];
  readonly nodes: { readonly types: readonly string[]; readonly min: number; readonly max: number };
  readonly spec: AckSpec;
  readonly cidr: string;
  readonly serviceCidr: string;
  readonly encryptionKey?: string;
}

export interface AckClusterConfig {
  readonly kind: "ack";
  readonly name: string;
  readonly kubernetesVersion?: string;
  readonly region: string;
  readonly publicEndpoint: boolean;
  readonly credentialMinutes: number;
  /** Of all that the stack makes in the account. */
  readonly deletionProtection: boolean;
  /** Which cluster it is: one that is there, or a new one. */
  readonly source: { readonly id: string } | NewAckConfig;
}

export interface AsmUserConfig {
  readonly id: string;
  readonly role: AsmRole;
  readonly ramRole: boolean;
}

export interface AsmMeshConfig {
  readonly kind: "asm";
  /** Such as `1.24.6.64`, or in full. */
  readonly version: string;
  readonly edition: AsmEdition;
  readonly users: readonly AsmUserConfig[];
  readonly accessLogProject?: string;
  /** Percent; 0: no tracing. */
  readonly traceSampling: number;
  /** How long each step of a change waits: a managed control plane does not tell what its proxies have. */
  readonly settleSeconds: number;
  /** Of a mesh that is there: its file, relative to the folder of the checkout, and the context. */
  readonly existing?: { readonly kubeconfig: string; readonly context: string };
}

export interface LoadBalancerConfig {
  readonly id: string;
  readonly address: string;
}

type ClusterInput = NonNullable<StackConfigInput["cluster"]>;

/** Fills in the defaults of an ACK cluster. What is required and missing is for the cross check to report. */
export function completeAck(
  common: Pick<AckClusterConfig, "name" | "kubernetesVersion">,
  { id, ack }: Pick<ClusterInput, "id" | "ack">,
): AckClusterConfig {
  return {
    ...common,
    kind: "ack",
    region: ack?.region ?? "",
    publicEndpoint: ack?.publicEndpoint ?? false,
    credentialMinutes: ack?.credentialMinutes ?? 120,
    deletionProtection: ack?.deletionProtection ?? true,
    source: id === undefined ? completeNewAck(ack) : { id },
  };
}

function completeNewAck(ack: ClusterInput["ack"]): NewAckConfig {
  const min = ack?.nodes?.min ?? 2;
  return {
    zones: ack?.zones ?? [],
    nodes: { types: ack?.nodes?.types ?? [], min, max: ack?.nodes?.max ?? min },
    spec: ack?.spec ?? "ack.pro.small",
    cidr: ack?.cidr ?? "10.0.0.0/16",
    serviceCidr: ack?.serviceCidr ?? "172.20.0.0/16",
    ...(ack?.encryptionKey !== undefined && { encryptionKey: ack.encryptionKey }),
  };
}

/** Fills in the defaults of an ASM instance. An empty version never leaves this file: the cross check requires it. */
export function completeAsm(input: NonNullable<StackConfigInput["mesh"]>): AsmMeshConfig {
  const { version = "", kubeconfig, context, asm } = input;
  return {
    kind: "asm",
    version,
    edition: asm?.edition ?? "enterprise",
    users: (asm?.users ?? []).map(({ id, role, ramRole = false }) => ({ id, role, ramRole })),
    ...(asm?.accessLogProject !== undefined && { accessLogProject: asm.accessLogProject }),
    traceSampling: asm?.traceSampling ?? 0,
    settleSeconds: asm?.settleSeconds ?? 10,
    ...(kubeconfig !== undefined && context !== undefined && { existing: { kubeconfig, context } }),
  };
}
