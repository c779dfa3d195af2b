import { imageProblem, pinFix } from "../../components/images/reference";
import { asRecord } from "../../tools/values";
import { list, objectName, type ResourceRule, text } from "../resource";

/** Kinds with pods, and where in their props the pod's spec is. */
const podPaths: Readonly<Record<string, readonly string[]>> = {
  "core/v1:Pod": ["spec"],
  "apps/v1:Deployment": ["spec", "template", "spec"],
  "apps/v1:StatefulSet": ["spec", "template", "spec"],
  "apps/v1:DaemonSet": ["spec", "template", "spec"],
  "apps/v1:ReplicaSet": ["spec", "template", "spec"],
  "batch/v1:Job": ["spec", "template", "spec"],
  "batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** An image says exactly what runs: a digest, or a tag that names one build. */
export const pinnedImages: ResourceRule = (resource) => {
  const path = podPaths[resource.type.replace(/^kubernetes:/, "")];
  if (!path || !resource.type.startsWith("kubernetes:")) return [];
  const pod = path.reduce((value, key) => asRecord(value[key]), resource.props);
  return [...list(pod.initContainers), ...list(pod.containers)].flatMap((container) => {
    const { name, image } = asRecord(container);
    // `auto` is what Istio's webhook replaces by its own, pinned image.
    const problem = text(image) === "auto" ? undefined : imageProblem(text(image));
    if (problem === undefined) return [];
    const where = `Container ${text(name)} of ${objectName(resource)}`;
    return [`${where} has image ${text(image)}, ${problem}. ${pinFix}`];
  });
};
