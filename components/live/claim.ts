import type { Problem } from "../../tools/user-error";
import { shellCommand, shellQuoted, shellWord } from "../shell";
import type { ClusterObjects } from "./cluster-objects";
import type { LiveObject } from "./object";
import { mayWrite, ownerInWords } from "./owner";
import type { StateObjects } from "./state";

/** An object that a program is about to write. */
export interface Claim {
  readonly kind: string;
  readonly resource: string;
  /** Empty for an object of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Pulumi's type and name of it, for `pulumi import`. */
  readonly type: string;
  readonly resourceName: string;
  /** Whether several stacks make the same one and use it together. */
  readonly shared: boolean;
}

/** A Helm release that a program is about to install. */
export interface ReleaseClaim {
  readonly namespace: string;
  readonly name: string;
}

/** What a claim is judged by, besides the cluster. */
export interface Claimant {
  /** Value of the stack's label. */
  readonly stack: string;
  /** Names of objects that the user has the stack take over, see `claimName`. */
  readonly adopt: ReadonlySet<string>;
  /** What the state has; asked for where an object carries no label of the stack. */
  state(): Promise<StateObjects | undefined>;
  /** What to do where one of others is in the way, for objects of which a component knows better. */
  readonly fixes: ReadonlyMap<string, string>;
}

/** @example "Deployment shop/web-v1", "Namespace shop" */
export function claimName({ kind, namespace, name }: Pick<Claim, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

/** What is in the way of an object: one in its name that this stack did not make and was not told to take over. */
export async function claimProblems(cluster: ClusterObjects, claim: Claim, claimant: Claimant): Promise<Problem[]> {
  const { kind, namespace, name, resource, type, resourceName } = claim;
  const live = await cluster.find(kind, namespace, name, resource);
  const path = claimName(claim);
  if (!live || mayWrite(live, claimant.stack, claim) || claimant.adopt.has(path)) return [];
  if (await isInState(live, claimant)) return [];
  const id = namespace === "" ? name : `${namespace}/${name}`;
  const ways = claimant.fixes.get(path) ?? "Choose another name for yours";
  const imported = [shellCommand("pulumi", "import", type), shellQuoted(resourceName), shellWord(id)].join(" ");
  return [
    {
      path,
      got: `it exists, and this stack did not make it (${ownerInWords(live)})`,
      expected: "a name that is free, or an object of this stack",
      fix: `${ways}; or have this stack take it over: add "${path}" to mesh-lanes:adopt, or run \`${imported}\`.`,
    },
  ];
}

/** The very object: one that was made before there was a label, was imported, or has the label of the stack's former name. */
async function isInState(live: LiveObject, claimant: Claimant): Promise<boolean> {
  const state = await claimant.state();
  return state?.has(live.uid) ?? false;
}

/** Kinds that a chart of this project makes in the name of its release. */
const namedAsRelease = ["Deployment", "Service", "ServiceAccount"] as const;

/** Helm releases of others in the way of ours, and objects of others in the way of those that the charts make. */
export async function releaseProblems(
  cluster: ClusterObjects,
  claims: readonly ReleaseClaim[],
  claimant: Claimant,
): Promise<Problem[]> {
  if (claims.length === 0) return [];
  const known = await cluster.releases(claims.map(({ name }) => name));
  const found = await Promise.all(
    claims.map(async (claim) => {
      const { namespace, name } = claim;
      const path = `Release ${namespace}/${name}`;
      if (claimant.adopt.has(path)) return [];
      if (!known.has(`${namespace}/${name}`)) return chartObjectProblems(cluster, claim, claimant);
      if (await isOurs(cluster, claim, claimant)) return [];
      const expected = "a name that is free, or a release of this stack";
      const fix = `${claimant.fixes.get(path) ?? "Choose another name for yours"}; or \`${shellCommand("helm", "uninstall", name, "--namespace", namespace)}\`, if nobody needs it.`;
      return [{ path, got: "Helm has a release of this name, and this stack did not install it", expected, fix }];
    }),
  );
  return found.flat();
}

/** Helm would refuse those, in the middle of an update. */
async function chartObjectProblems(
  cluster: ClusterObjects,
  { namespace, name }: ReleaseClaim,
  claimant: Claimant,
): Promise<Problem[]> {
  const objects = await Promise.all(namedAsRelease.map((kind) => cluster.find(kind, namespace, name)));
  return objects.flatMap((live) => {
    if (!live || live.annotations["meta.helm.sh/release-name"] === name) return [];
    const path = claimName(live);
    const got = `it exists, and Helm would have to overwrite it (${ownerInWords(live)})`;
    const fix = `${claimant.fixes.get(`Release ${namespace}/${name}`) ?? "Choose another name for yours"}.`;
    return [{ path, got, expected: "a name that is free, for the chart of this stack", fix }];
  });
}

/**
 * A release carries no label of the stack. Its namespace does, where it came with it; a gateway's `Gateway` does in any
 * namespace. Else the state tells.
 */
async function isOurs(
  cluster: ClusterObjects,
  { namespace, name }: ReleaseClaim,
  claimant: Claimant,
): Promise<boolean> {
  const ours = await cluster.all();
  const marks = ours.some(
    (object) =>
      (object.kind === "Namespace" && object.name === namespace) ||
      (object.kind === "Gateway" && object.namespace === namespace && `istio-${object.name}` === name),
  );
  if (marks) return true;
  const state = await claimant.state();
  return state?.hasRelease(namespace, name) ?? false;
}
