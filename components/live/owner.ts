import { type LiveObject, sharedLabel, stackLabel } from "./object";

const managedBy = "app.kubernetes.io/managed-by";

/** Whether a stack may write an object: it has made it, or it is one that stacks share. */
export function mayWrite(live: LiveObject, stack: string, planned: { readonly shared: boolean }): boolean {
  if (live.labels[stackLabel] === stack) return true;
  return planned.shared && live.labels[managedBy] === "mesh-lanes";
}

/** Who has an object, in words. */
export function ownerInWords({ labels, annotations, managers }: LiveObject): string {
  const release = annotations["meta.helm.sh/release-name"];
  const claims = [
    labels[stackLabel] !== undefined && `stack ${labels[stackLabel]} of this project`,
    release !== undefined && `Helm release ${annotations["meta.helm.sh/release-namespace"] ?? "?"}/${release}`,
    labels["argocd.argoproj.io/instance"] !== undefined &&
      `Argo CD application ${labels["argocd.argoproj.io/instance"]}`,
    labels["kustomize.toolkit.fluxcd.io/name"] !== undefined && `Flux ${labels["kustomize.toolkit.fluxcd.io/name"]}`,
    labels[managedBy] !== undefined && labels[sharedLabel] === undefined && `managed by ${labels[managedBy]}`,
    managers.length > 0 && `written by ${managers.join(", ")}`,
  ].filter((claim) => claim !== false);
  return claims.length > 0 ? claims.join("; ") : "nobody says whose";
}
