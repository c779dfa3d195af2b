import { type Problem, UserError } from "../../tools/user-error";
import type { UnknownRecord } from "../../tools/values";

/** An object of Kubernetes as plain data. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** None for an object of the whole cluster. */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: UnknownRecord;
}

/** Istio's root namespace is ASM's too: what stands in it holds for every pod of the mesh. */
export { istioNamespace as rootNamespace } from "../../components/mesh/root-namespace";

/** `TrafficLabel default/test`. */
export function wordsOf({ kind, metadata: { name, namespace } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** What ASM's documents leave open, or this controller does not do: it stops, and guesses nothing. */
export function refused(object: KubeObject, { path, got, expected, fix }: Problem): UserError {
  return new UserError("asm-controller: no rule for this", [
    { path: `${wordsOf(object)}: ${path}`, got, expected, fix },
  ]);
}
