import * as pulumi from "@pulumi/pulumi";
import { ClusterObjects } from "./cluster-objects";
import { judge } from "./judge";
import { isPatch, watchedKindOf, watchedKinds } from "./kinds";
import { kubectlWith, type RunKubectl } from "./kubectl";
import { isTree, type LiveObject, stackLabel, stackName, type Texts, type Tree } from "./object";

/** How a cluster is looked at. A program under test, whose cluster does not exist, sets it to undefined. */
export const looking: { kubectl: ((kubeconfig: string) => RunKubectl) | undefined } = { kubectl: kubectlWith };

/** Undefined: the cluster is still to be made or started, in a preview. */
type Observed = Promise<ClusterObjects | undefined>;

const observed = new WeakMap<pulumi.ProviderResource, Observed>();

/** Makes what is on a provider's cluster known to the components that use the provider. */
export function observe(provider: pulumi.ProviderResource, kubeconfig: pulumi.Input<string>): void {
  const { kubectl } = looking;
  if (!kubectl) return;
  const stack = thisStack();
  const objects: Observed = new Promise((resolve) => {
    pulumi.output(kubeconfig).apply((text) => resolve(new ClusterObjects(kubectl(text), stack)));
    // A provider is registered once its kubeconfig is known, or known to be unknown: then the line above is never called.
    provider.urn.apply(() => setImmediate(() => resolve(undefined)));
  });
  observed.set(provider, objects);
}

/** What is on the cluster of a provider; undefined when nobody has said how to look. */
export function observedObjects(provider: pulumi.ProviderResource | undefined): Observed | undefined {
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
    const objects = observed.get(provider);
    const { metadata } = props;
    if (kind === undefined || !objects || !isTree(metadata)) return undefined;
    if ((opts.provider ?? opts.parent?.getProvider(type)) !== provider) return undefined;
    // A component of ours brings this with it, and may be in another that does.
    if (texts(metadata.labels)[stackLabel] !== undefined) return undefined;
    const patch = isPatch(type);
    const labels = { ...texts(metadata.labels), ...(!patch && { [stackLabel]: thisStack() }) };
    const own = texts(metadata.annotations);
    const wanted = {
      name: String(metadata.name),
      namespace: text(metadata.namespace),
      labels,
      annotations: own,
      patch,
    };
    const judged = pulumi
      .output(props)
      .apply(async (planned) => ({ ...own, ...(await judgeLive(objects, kind, wanted, contentOf(planned))) }));
    return {
      // Whether an object is as planned is no secret, even where the object is one.
      props: { ...props, metadata: { ...metadata, labels, annotations: pulumi.unsecret(judged) } },
      opts: patch
        ? opts
        : {
            ...opts,
            // A promise: of an output the engine would keep what it depends on, in a preview only, and see a change in that.
            replacementTrigger: made(objects, kind, wanted),
            // Two objects cannot have one name.
            deleteBeforeReplace: true,
          },
    };
  };
}

interface Wanted {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Texts;
  readonly annotations: Texts;
  /** Only added to an object of somebody else. */
  readonly patch: boolean;
}

/** The annotations that an object gets beside its own. */
async function judgeLive(objects: Observed, kind: string, wanted: Wanted, content: Tree): Promise<Texts> {
  const cluster = await objects;
  if (!cluster) return {};
  const live = await cluster.find(kind, wanted.namespace, wanted.name);
  const { annotations, strays, handOver } = judged(kind, wanted, content, live);
  if (!live || pulumi.runtime.isDryRun()) return annotations;
  if (strays.length > 0) await cluster.remove(live, strays);
  if (handOver) await cluster.handOverReplicas(live);
  return annotations;
}

/** Null: another value than before means nothing. */
async function made(objects: Observed, kind: string, wanted: Wanted): Promise<string | null> {
  const cluster = await objects;
  if (!cluster) return null;
  return judged(kind, wanted, {}, await cluster.find(kind, wanted.namespace, wanted.name)).made;
}

/** One time for all objects of a run. */
const now = new Date().toISOString();

function judged(kind: string, wanted: Wanted, content: Tree, live: LiveObject | undefined) {
  const whole = watchedKinds[kind]?.whole ?? false;
  return judge({ metadata: wanted, content }, live, { whole, patch: wanted.patch }, now);
}

function contentOf({ apiVersion: _api, kind: _kind, metadata: _metadata, status: _status, ...content }: Tree): Tree {
  return content;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): Texts {
  return isTree(value) ? (value as Texts) : {};
}
