import type { types } from "@pulumi/kubernetes";

/** Bounds between which a HorizontalPodAutoscaler keeps the number of pods. */
export interface Autoscaling {
  /** The fewest pods. */
  readonly min: number;
  /** The most pods; not below `min`. */
  readonly max: number;
  /** Percent of the app container's CPU request that the pods are kept at. @default 80 */
  readonly cpuPercent?: number;
}

/** Number of pods, or who decides it: `auto` leaves it to an autoscaler of somebody else or to `kubectl scale`. */
export type Replicas = number | "auto" | Autoscaling;

/** The number that a Deployment is given; undefined where an autoscaler or somebody else decides. */
export function fixedReplicas(replicas: Replicas): number | undefined {
  return typeof replicas === "number" ? replicas : undefined;
}

/** The fewest pods that there are, as far as this is known. */
export function fewestPods(replicas: Replicas): number | undefined {
  if (replicas === "auto") return undefined;
  return typeof replicas === "number" ? replicas : replicas.min;
}

/** Of one container, so that what the sidecar uses does not count. */
export function autoscalerSpec(
  deployment: string,
  container: string,
  { min, max, cpuPercent = 80 }: Autoscaling,
): types.input.autoscaling.v2.HorizontalPodAutoscalerSpec {
  const target = { type: "Utilization", averageUtilization: cpuPercent };
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
    minReplicas: min,
    maxReplicas: max,
    metrics: [{ type: "ContainerResource", containerResource: { name: "cpu", container, target } }],
  };
}
