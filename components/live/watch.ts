import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../../tools/values";
import { claimName } from "./claim";
import { ClusterObjects } from "./cluster-objects";
import { type Check, Gate } from "./gate";
import { judge } from "./judge";
import { isPatch, soughtKindOf, watchedKindOf, watchedKinds } from "./kinds";
import { kubectlWith, type RunKubectl } from "./kubectl";
import { type LiveObject, sharedLabel, stackLabel, stackName, type Texts, type Tree } from "./object";
import { readState, type StateObjects } from "./state";

/**
 * How a cluster and the state are looked at. A program under test, whose cluster does not exist, sets `kubectl` to undefined;
 * where only the program counts and not its cluster, it gives back undefined.
 */
export const looking: {
  kubectl: ((kubeconfig: string) => RunKubectl | undefined) | undefined;
  state: (stack: string) => Promise<StateObjects | undefined>;
} = { kubectl: kubectlWith, state: readState };

/** Undefined: the cluster is still to be made or started, in a preview, or nobody looks at it. */
type Observed = Promise<ClusterObjects | undefined>;

const observed = new WeakMap<pulumi.ProviderResource, Observed>();
/** Whether the cluster of a provider is still to be made or started, in a preview. */
const toBeMade = new WeakMap<pulumi.ProviderResource, Promise<boolean>>();
const gates = new WeakMap<pulumi.ProviderResource, Gate>();

/** The program that is being built. */
const program: {
  built: Promise<void> | undefined;
  adopt: ReadonlySet<string>;
  readonly fixes: Map<string, string>;
} = { built: undefined, adopt: new Set(), fixes: new Map() };

/**
 * Builds a program whose resources are all made when it resolves. Nothing is written to a cluster before that, so that all that
 * is in the way is known at once.
 *
 * @param adopt objects that the program takes over, such as `Deployment shop/web-v1`.
 */
export async function building<T>(adopt: readonly string[], build: () => Promise<T>): Promise<T> {
  let done = (): void => {};
  program.built = new Promise((resolve) => {
    done = resolve;
  });
  program.adopt = new Set(adopt);
  program.fixes.clear();
  try {
    return await build();
  } finally {
    done();
  }
}

/** Says what to do where an object of others is in the way of this one, in front of the ways that are always open. */
export function suggest(claim: string, fix: string): void {
  program.fixes.set(claim, fix);
}

/** Has something checked in the provider's cluster before anything is written there. */
export function checkFirst(provider: pulumi.ProviderResource | undefined, check: Check): void {
  if (provider) gates.get(provider)?.check(check);
}

/** Makes what is on a provider's cluster known to the components that use the provider. */
export function observe(provider: pulumi.ProviderResource, kubeconfig: pulumi.Input<string>): void {
  const { kubectl } = looking;
  if (!kubectl) return;
  const stack = thisStack();
  const objects: Observed = new Promise((resolve) => {
    const text = pulumi.output(kubeconfig);
    // A refresh that runs the program gives nothing for a resource that is not in the state.
    text.apply((known: string | undefined) => {
      const run = known === undefined ? undefined : kubectl(known);
      resolve(run && new ClusterObjects(run, stack));
    });
    // What is unknown in a preview is never applied. Pulumi's types do not have this promise.
    const { isKnown } = text as unknown as { readonly isKnown: Promise<boolean> };
    // Where it could not be had, nothing is known of it.
    const known = isKnown.catch(() => undefined);
    toBeMade.set(
      provider,
      known.then((is) => is === false),
    );
    void known.then((is) => is || resolve(undefined));
  });
  observed.set(provider, objects);
  let state: Promise<StateObjects | undefined> | undefined;
  const claimant = {
    stack,
    get adopt() {
      return program.adopt;
    },
    fixes: program.fixes,
    state: () => {
      state ??= looking.state(fullStackName());
      return state;
    },
  };
  gates.set(provider, new Gate(objects, claimant, () => program.built));
}

/** Backends of one's own call the organization so, and those with the old layout know no other name than the stack's. */
function fullStackName(): string {
  const organization = knownOrganization();
  const stack = pulumi.getStack();
  return organization === "organization" ? stack : `${organization}/${pulumi.getProject()}/${stack}`;
}

/** A component provider is told none by the language hosts of some languages: then the stack is that of the program's folder. */
function knownOrganization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}

/** What is on the cluster of a provider; undefined when nobody has said how to look. */
export function observedObjects(provider: pulumi.ProviderResource | undefined): Observed | undefined {
  return provider && observed.get(provider);
}

/** Whether a preview cannot look at the cluster of a provider, because the update makes or starts it. */
export async function isToBeMade(provider: pulumi.ProviderResource): Promise<boolean> {
  return (await toBeMade.get(provider)) ?? false;
}

function thisStack(): string {
  return stackName(pulumi.getProject(), pulumi.getStack());
}

/**
 * Has what is on the provider's cluster compared with the program, and what differs written again: see `judge`. Each object gets
 * the stack's label too.
 */
export function restoring(provider: pulumi.ProviderResource): pulumi.ResourceTransformation {
  return ({ type, name: resourceName, props, opts }) => {
    const gate = gates.get(provider);
    const objects = observed.get(provider);
    if (!gate || !objects || (opts.provider ?? opts.parent?.getProvider(type)) !== provider) return undefined;
    if (type === releaseType) return { props: behind(gate, props), opts };
    const kind = watchedKindOf(type);
    const sought = soughtKindOf(type);
    const { metadata } = props;
    if ((kind === undefined && sought === undefined) || !isRecord(metadata)) return undefined;
    // A component of ours brings this with it, and may be in another that does.
    if (texts(metadata.labels)[stackLabel] !== undefined) return undefined;
    const patch = isPatch(type);
    const own = texts(metadata.annotations);
    const shared = texts(metadata.labels)[sharedLabel] !== undefined;
    const place = { name: String(metadata.name), namespace: text(metadata.namespace) };
    const open = sought ? gate.pass({ ...sought, ...place, type, resourceName, shared }) : gate.wait();
    const retain = program.adopt.has(claimName({ kind: sought?.kind ?? "", ...place })) && { retainOnDelete: true };
    if (kind === undefined) {
      const labels = { ...texts(metadata.labels), [stackLabel]: thisStack() };
      const name = pulumi.output(open.then(() => metadata.name));
      return { props: { ...props, metadata: { ...metadata, labels, name } }, opts: { ...opts, ...retain } };
    }
    const stack = shared ? sharedStack(objects, kind, place) : Promise.resolve(thisStack());
    const wanted = stack.then((value) => ({
      ...place,
      labels: { ...texts(metadata.labels), ...(!patch && { [stackLabel]: value }) },
      annotations: own,
      patch,
    }));
    const judged = pulumi.output(props).apply(async (planned) => {
      await open;
      return { ...own, ...(await judgeLive(objects, kind, await wanted, contentOf(planned))) };
    });
    const labels = {
      ...texts(metadata.labels),
      ...(!patch && { [stackLabel]: shared ? pulumi.output(stack) : thisStack() }),
    };
    return {
      // Whether an object is as planned is no secret, even where the object is one.
      props: { ...props, metadata: { ...metadata, labels, annotations: pulumi.unsecret(judged) } },
      opts: patch
        ? opts
        : {
            ...opts,
            ...retain,
            // A promise: of an output the engine would keep what it depends on, in a preview only, and see a change in that.
            replacementTrigger: wanted.then((known) => made(objects, kind, known)),
            // Two objects cannot have one name.
            deleteBeforeReplace: true,
          },
    };
  };
}

const releaseType = "kubernetes:helm.sh/v3:Release";

/** A release that waits until it may be installed. */
function behind(gate: Gate, props: pulumi.Inputs): pulumi.Inputs {
  const { name, namespace } = props;
  if (typeof name !== "string" || typeof namespace !== "string") return props;
  const open = gate.passRelease({ namespace, name });
  return { ...props, name: pulumi.output(open.then(() => name)) };
}

/** What stacks share stays the first one's: two values of one label would be a conflict for the API server. */
async function sharedStack(
  objects: Observed,
  kind: string,
  place: Pick<Wanted, "name" | "namespace">,
): Promise<string> {
  const live = await (await objects)?.find(kind, place.namespace, place.name);
  return live?.labels[stackLabel] ?? thisStack();
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
  return isRecord(value) ? (value as Texts) : {};
}
