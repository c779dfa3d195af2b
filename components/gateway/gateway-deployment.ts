import type { Input } from "@pulumi/pulumi";
import type { Problem } from "../../tools/user-error";
import type { GatewayAccess } from "../cluster/cluster";
import { drainConfig, proxyConfig } from "../mesh/proxy-drain";

/** How the gateway's pods run and how they are reached. */
export interface GatewayDeployment {
  /**
   * Type of the Service. With `ClusterIP` or `NodePort` a cluster without load balancers (bare metal, minikube) can run the
   * gateway; `address` then tells where clients reach it.
   * @default what the cluster's access needs: ClusterIP with the node's address, NodePort, or LoadBalancer
   */
  readonly serviceType?: GatewayServiceType;
  /**
   * IP address or host name at which clients reach the gateway, where the cluster does not tell it.
   * @default the cluster's own, or that of the load balancer
   * @example "192.0.2.10"
   */
  readonly address?: Input<string>;
  /** Number of pods, or the bounds between which a HorizontalPodAutoscaler keeps it. @default 1 */
  readonly replicas?: number | GatewayAutoscaling;
  /** Pods that a drain of nodes leaves running: a PodDisruptionBudget. Fewer than the pods there are. @default no budget */
  readonly minAvailable?: number;
  /**
   * Seconds that a pod goes on serving open connections, WebSockets among them, when it is told to stop: at a rollout or
   * when its node is drained. @default 5, as Istio has it
   */
  readonly drainSeconds?: number;
  /** The lowest version of TLS that HTTPS ports take. @default "1.2", as Istio has it */
  readonly minTlsVersion?: "1.2" | "1.3";
  /**
   * Whether clients of HTTPS ports show a certificate. The authority that signs theirs is `ca.crt` in the TLS secret of the
   * port, or in the secret of that name with `-cacert` at its end. @default "none"
   */
  readonly clientCertificates?: "none" | "optional" | "required";
}

export type GatewayServiceType = "ClusterIP" | "NodePort" | "LoadBalancer";

export interface GatewayAutoscaling {
  /** The fewest pods. */
  readonly min: number;
  /** The most pods; not below `min`. */
  readonly max: number;
  /** Percent of the CPU request (100m) that the pods are kept at. @default 80 */
  readonly cpuPercent?: number;
}

/** The cluster's own way to reach a gateway. */
const usualType: Readonly<Record<GatewayAccess["kind"], GatewayServiceType>> = {
  externalIp: "ClusterIP",
  hostPort: "NodePort",
  loadBalancer: "LoadBalancer",
};

export function serviceType(access: GatewayAccess, { serviceType: type }: GatewayDeployment): GatewayServiceType {
  return type ?? usualType[access.kind];
}

/** Values of Istio's gateway chart. @param annotations of its pods. */
export function deploymentValues(
  deployment: GatewayDeployment,
  annotations: Readonly<Record<string, Input<string>>> = {},
): Readonly<Record<string, unknown>> {
  const { replicas = 1, minAvailable, drainSeconds } = deployment;
  return {
    ...(typeof replicas === "number" ? fixed(replicas) : scaled(replicas)),
    ...(minAvailable !== undefined && { podDisruptionBudget: { minAvailable } }),
    podAnnotations: {
      ...annotations,
      ...(drainSeconds !== undefined && {
        [proxyConfig]: JSON.stringify(drainConfig(drainSeconds)),
      }),
    },
    ...(drainSeconds !== undefined && {
      // The kubelet kills what is left after it: later than the drain ends, and not sooner than usual.
      terminationGracePeriodSeconds: Math.max(30, drainSeconds + 10),
    }),
  };
}

function fixed(replicaCount: number) {
  return { autoscaling: { enabled: false }, replicaCount, resources: { requests: { cpu: "10m", memory: "64Mi" } } };
}

function scaled({ min, max, cpuPercent = 80 }: GatewayAutoscaling) {
  return {
    autoscaling: {
      enabled: true,
      minReplicas: min,
      maxReplicas: max,
      targetCPUUtilizationPercentage: cpuPercent,
    },
    // What a percentage is of: of 10m a proxy at rest would be over it.
    resources: { requests: { cpu: "100m", memory: "64Mi" } },
  };
}

/** `tls` of a server of Istio's `Gateway`. */
export function serverTls(
  credentialName: Input<string> | undefined,
  { minTlsVersion, clientCertificates = "none" }: GatewayDeployment,
): Readonly<Record<string, unknown>> {
  const modes = { none: "SIMPLE", optional: "OPTIONAL_MUTUAL", required: "MUTUAL" } as const;
  return {
    mode: modes[clientCertificates],
    credentialName,
    ...(minTlsVersion !== undefined && { minProtocolVersion: `TLSV${minTlsVersion.replace(".", "_")}` }),
  };
}

/** Whatever would leave the gateway out of reach, or no node to be drained. */
export function deploymentProblems(path: string, access: GatewayAccess, deployment: GatewayDeployment): Problem[] {
  const { replicas = 1, minAvailable, drainSeconds } = deployment;
  const least = typeof replicas === "number" ? replicas : replicas.min;
  const problems: Problem[] = [];
  const problem = (key: string, got: string, expected: string, fix: string) =>
    problems.push({ path: `${path}.${key}`, got, expected, fix });
  if (!Number.isInteger(least) || least < 1) {
    problem("replicas", `${least} pods`, "a whole number of at least 1", "Give the number of pods.");
  }
  if (typeof replicas !== "number" && !(Number.isInteger(replicas.max) && replicas.max >= replicas.min)) {
    const got = `${replicas.min} to ${replicas.max} pods`;
    problem("replicas.max", got, "a whole number that is not below min", "Raise max.");
  }
  if (minAvailable !== undefined && !(Number.isInteger(minAvailable) && minAvailable >= 1 && minAvailable < least)) {
    const got = `${minAvailable} of ${least} pods`;
    const expected = "at least 1, and fewer than the pods there are: else no node with one could be drained";
    problem("minAvailable", got, expected, "Lower it, or raise replicas.");
  }
  if (drainSeconds !== undefined && !(Number.isInteger(drainSeconds) && drainSeconds >= 0)) {
    problem("drainSeconds", String(drainSeconds), "a whole number of seconds", "Give a number such as 45.");
  }
  if (access.kind === "hostPort" && serviceType(access, deployment) === "ClusterIP") {
    const got = "ClusterIP, on a cluster that publishes node ports";
    problem("serviceType", got, "NodePort or LoadBalancer: a ClusterIP has no node port", "Leave it out.");
  }
  return problems;
}
