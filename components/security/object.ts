import { groupLabel } from "../../tools/mesh/group-label";
/**
 * In which order objects come to life: what allows before what denies, or calls would fail in between. They go in the
 * reverse order.
 */
export type SecurityStage = "allow" | "deny";

/** A Kubernetes object as plain data. */
export interface SecurityObject {
  readonly stage: SecurityStage;
  readonly apiVersion: "security.istio.io/v1" | "security.istio.io/v1beta1" | "networking.k8s.io/v1";
  readonly kind: "PeerAuthentication" | "AuthorizationPolicy" | "NetworkPolicy";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Stands for these objects where a lane group's are named by their group: no group can have a name with a dot. */
export const securityGroup = "mesh-lanes.security";

export function securityMetadata(namespace: string, name: string): SecurityObject["metadata"] {
  return {
    name,
    namespace,
    labels: { "app.kubernetes.io/managed-by": "mesh-lanes", [groupLabel]: securityGroup },
  };
}

/** What is secured: all pods of a namespace, or in a namespace of others the pods of one service. */
export interface Secured {
  readonly namespace: string;
  /** Undefined: the whole namespace. */
  readonly pods?: { readonly service: string; readonly labels: Readonly<Record<string, string>> };
}

/** Whether the policies of these hold for a service. */
export function isSecured(
  secured: readonly Secured[],
  { namespace, service }: { readonly namespace: string; readonly service: string },
): boolean {
  return secured.some((each) => each.namespace === namespace && (!each.pods || each.pods.service === service));
}

/** The name of a policy for what is secured. */
export function policyName(name: string, { pods }: Secured): string {
  return pods ? `${name}.${pods.service}` : name;
}
