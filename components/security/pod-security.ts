/** Levels of Kubernetes' pod security standards, from the loosest. */
export const podSecurityLevels = ["privileged", "baseline", "restricted"] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

/**
 * Labels of a namespace for pod security admission. Whatever is enforced, pods that are not `restricted` are named in
 * warnings and in the audit log: the apps are, and it is seen when one ceases to be.
 *
 * @param enforce what a pod must satisfy to be let in. Without Istio CNI the init container of each sidecar needs
 * NET_ADMIN, NET_RAW and root, which `baseline` refuses already: https://istio.io/latest/docs/setup/additional-setup/cni/
 */
export function podSecurityLabels(enforce: PodSecurityLevel): Record<string, string> {
  return {
    "pod-security.kubernetes.io/enforce": enforce,
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/audit": "restricted",
  };
}
