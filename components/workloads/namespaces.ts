import { Namespace, NamespacePatch } from "@pulumi/kubernetes/core/v1";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";

/**
 * A namespace for workloads with lanes. `default` is there on every cluster, so it only gets the label.
 *
 * @param labels what tells the mesh to give its pods a sidecar.
 * @param opts parent, provider, and the mesh in `dependsOn`.
 */
export function laneNamespace(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  opts: CustomResourceOptions,
): Resource {
  if (namespace === "default") {
    return new NamespacePatch(name, { metadata: { name: namespace, labels } }, opts);
  }
  return new Namespace(name, { metadata: { name: namespace, labels } }, opts);
}
