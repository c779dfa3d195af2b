import { ClusterObjects } from "../../components/live/cluster-objects";
import { differencesOf } from "../../components/live/judge";
import { isPatch, watchedKindOf, watchedKinds } from "../../components/live/kinds";
import { kubectlWith, type RunKubectl } from "../../components/live/kubectl";
import type { LiveObject, Texts, Tree } from "../../components/live/object";
import { isRecord } from "../../tools/values";
import { kubeconfigOf, plainValue, type StateDeployment, type StateResource } from "../pulumi/pending";
import type { PlannedChange } from "./changes";

export interface FoundDrift {
  /** URN -> where the object is not as the last update wrote it. */
  readonly drift: ReadonlyMap<string, readonly string[]>;
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

/**
 * The program marks each object that the cluster has otherwise than it is planned. Whether the plan has changed or the object,
 * what the last update wrote tells: it stands in the state, which is read where there is such an object.
 *
 * @param stack value of the stack's label.
 */
export async function findDrift(
  changes: readonly PlannedChange[],
  readState: () => Promise<StateDeployment>,
  stack: string,
  kubectlFor: (kubeconfig: string) => RunKubectl = kubectlWith,
): Promise<FoundDrift> {
  const marked = new Set(changes.flatMap(({ urn, marked: is }) => (is ? [urn] : [])));
  if (marked.size === 0) return { drift: new Map(), notes: [] };
  const state = await readState();
  const clusters = new Map<string, ClusterObjects>();
  const drift = new Map<string, readonly string[]>();
  const silent = new Set<string>();
  const looks = (state.resources ?? [])
    .filter(({ urn }) => marked.has(urn))
    .map(async (resource) => {
      const kubeconfig = kubeconfigOf(state, resource.provider);
      const kind = watchedKindOf(resource.type);
      if (kubeconfig === undefined || kind === undefined) return;
      const cluster = clusters.get(kubeconfig) ?? new ClusterObjects(kubectlFor(kubeconfig), stack);
      clusters.set(kubeconfig, cluster);
      try {
        const { name, namespace } = metadataOf(resource);
        const paths = differences(kind, resource, await cluster.find(kind, namespace, name));
        if (paths.length > 0) drift.set(resource.urn, paths);
      } catch (error) {
        silent.add((error instanceof Error ? error.message : String(error)).replace(/\s+/g, " "));
      }
    });
  await Promise.all(looks);
  const notes = [...silent].map((why) => `what was changed in the cluster could not be told from the config: ${why}`);
  return { drift, notes };
}

function differences(kind: string, resource: StateResource, live: LiveObject | undefined): readonly string[] {
  if (!live) return ["(deleted)"];
  const { apiVersion: _api, kind: _kind, metadata: _metadata, ...content } = inputsOf(resource);
  const { labels, annotations } = metadataOf(resource);
  const planned = { metadata: { labels, annotations }, content: isPatch(resource.type) ? {} : content };
  const whole = !isPatch(resource.type) && (watchedKinds[kind]?.whole ?? false);
  return differencesOf(planned, live, whole).paths;
}

function inputsOf({ inputs }: StateResource): Tree {
  const plain = plainValue(inputs ?? {});
  return isRecord(plain) ? Object.fromEntries(Object.entries(plain).filter(([key]) => !key.startsWith("__"))) : {};
}

function metadataOf(resource: StateResource): { name: string; namespace: string; labels: Texts; annotations: Texts } {
  const { metadata } = inputsOf(resource);
  const { name, namespace, labels, annotations } = isRecord(metadata) ? metadata : {};
  const texts = (value: unknown): Texts => (isRecord(value) ? (value as Texts) : {});
  return {
    name: String(name),
    namespace: typeof namespace === "string" ? namespace : "",
    labels: texts(labels),
    annotations: texts(annotations),
  };
}
