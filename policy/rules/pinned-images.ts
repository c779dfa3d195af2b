import { list, objectName, type ResourceRule, record, text } from "../resource";

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

/** Tags that publishers move. */
const movingTags = /^(latest|stable|edge|main|master|dev|develop|nightly|canary|lts|current|next|release)$/i;

/** An image says exactly what runs: a digest, or a tag that names one build. */
export const pinnedImages: ResourceRule = (resource) => {
  const path = podPaths[resource.type.replace(/^kubernetes:/, "")];
  if (!path || !resource.type.startsWith("kubernetes:")) return [];
  const pod = path.reduce((value, key) => record(value[key]), resource.props);
  return [...list(pod.initContainers), ...list(pod.containers)].flatMap((container) => {
    const { name, image } = record(container);
    const problem = imageProblem(text(image));
    if (problem === undefined) return [];
    const where = `Container ${text(name)} of ${objectName(resource)}`;
    return [`${where} has image ${text(image)}, ${problem}. Name a whole version or a digest (@sha256:...).`];
  });
};

function imageProblem(image: string): string | undefined {
  // What Istio's webhook replaces by its own, pinned image.
  if (image === "auto") return undefined;
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  const [, tag] = /:([^:/]+)$/.exec(image) ?? [];
  if (tag === undefined) return "which has no tag and so is latest";
  if (movingTags.test(tag)) return "whose tag moves";
  // `20` and `1.29` are moved to each new patch release.
  return /^v?\d{1,4}(\.\d+)?$/.test(tag) ? "whose tag is not a whole version" : undefined;
}
