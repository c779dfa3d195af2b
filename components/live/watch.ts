import * as pulumi from "@pulumi/pulumi";
import { ClusterObjects } from "./cluster-objects";
import { type Judgement, judge } from "./judge";
import { type WatchedKind, watchedKindOf, watchedKinds } from "./kinds";
import { kubectlWith, type RunKubectl } from "./kubectl";
import { isTree, stackLabel, stackName, type Texts, type Tree } from "./object";

/** A function, because Pulumi would take an object apart. */
type ObjectsOf = () => ClusterObjects;

const observed = new WeakMap<pulumi.ProviderResource, pulumi.Output<ObjectsOf>>();

/** How a cluster is looked at. A program under test, whose cluster does not exist, sets it to undefined. */
export const looking: { kubectl: ((kubeconfig: string) => RunKubectl) | undefined } = { kubectl: kubectlWith };

/** Makes what is on a provider's cluster known to the components that use the provider. */
export function observe(provider: pulumi.ProviderResource, kubeconfig: pulumi.Input<string>): void {
  const { kubectl } = looking;
  if (!kubectl) return;
  const stack = thisStack();
  const objects = pulumi.output(kubeconfig).apply((text): ObjectsOf => {
    const cluster = new ClusterObjects(kubectl(text), stack);
    return () => cluster;
  });
  // The way to the cluster is a secret; whether an object is as planned is none.
  observed.set(provider, pulumi.unsecret(objects));
}

/** What is on the cluster of a provider; undefined when nobody has said how to look. */
export function observedObjects(provider: pulumi.ProviderResource | undefined): pulumi.Output<ObjectsOf> | undefined {
  return provider && observed.get(provider);
}

function thisStack(): string {
  return stackName(pulumi.getProject(), pulumi.getStack());
}

/**
 * Has what is on the provider's cluster compared with the program, and what differs written again: see `judge`. Each object gets
 * the stack's label too.
 */
export function restoring(provider: pulumi.ProviderResource): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    const kind = watchedKindOf(type);
    const watched = kind === undefined ? undefined : watchedKinds[kind];
    const objects = observed.get(provider);
    const { metadata } = props;
    if (kind === undefined || !watched || !objects || !isTree(metadata)) return undefined;
    if ((opts.provider ?? opts.parent?.getProvider(type)) !== provider) return undefined;
    const labels = { ...texts(metadata.labels), [stackLabel]: thisStack() };
    const judgement = pulumi.unsecret(
      pulumi
        .all([objects, pulumi.output({ ...props, metadata: { ...metadata, labels } })])
        .apply(([of, planned]) => judgeLive(of(), kind, watched, planned)),
    );
    const annotations = judgement.apply((judged) => ({ ...texts(metadata.annotations), ...judged.annotations }));
    return {
      props: { ...props, metadata: { ...metadata, labels, annotations } },
      opts: pulumi.mergeOptions(opts, {
        replacementTrigger: judgement.apply(({ made }) => made),
        // Two objects cannot have one name.
        deleteBeforeReplace: true,
      }),
    };
  };
}

async function judgeLive(
  cluster: ClusterObjects,
  kind: string,
  { whole }: WatchedKind,
  planned: Tree,
): Promise<Judgement> {
  const { apiVersion: _api, kind: _kind, metadata, status: _status, ...content } = planned;
  const { name, namespace, labels, annotations } = isTree(metadata) ? metadata : {};
  const live = await cluster.find(kind, typeof namespace === "string" ? namespace : "", String(name));
  const wanted = { metadata: { labels: texts(labels), annotations: texts(annotations) }, content };
  const judgement = judge(wanted, live, whole, new Date().toISOString());
  if (live && judgement.strays.length > 0 && !pulumi.runtime.isDryRun()) await cluster.remove(live, judgement.strays);
  return judgement;
}

function texts(value: unknown): Texts {
  return isTree(value) ? (value as Texts) : {};
}
