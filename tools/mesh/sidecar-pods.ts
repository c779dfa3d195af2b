import { podLines } from "./pod-lines";

/**
 * Arguments of kubectl that name the pods of all namespaces in which a proxy should be at work, a line `pod.namespace` for each.
 * A pod that is not ready gets no requests; one that is being deleted may have lost its control plane already.
 */
export const sidecarPodsRequest: readonly string[] = [
  ...["get", "pods", "--all-namespaces", "--field-selector=status.phase=Running", "--output"],
  podLines("and $proxy $ready (not $pod.deletionTimestamp)", "{{$pod.name}}.{{$pod.namespace}}"),
];
