import coerce from "semver/functions/coerce";
import lt from "semver/functions/lt";
import type { Problem } from "../../tools/user-error";
import { defaultRevision, olderLabel, revisionLabel } from "../lanes/revisions";
import type { ChartsArgs } from "./charts";

/** A control plane of upstream Istio: what installs it, and what its gateways and sidecars come from. */
export interface IstioControlPlane extends ChartsArgs {
  /**
   * Revision of the control plane, for running two side by side. Another one is installed beside the one of before, which goes at the
   * end of the update, once no proxy uses it (see `guard`), or stays (see `previous`).
   * @default none: the default control plane, whose namespaces are labelled `istio-injection=enabled`
   */
  readonly revision?: string;
}

/** The control plane that was there before, and who stays on it. */
export interface PreviousControlPlane extends IstioControlPlane {
  /**
   * Namespaces that stay on it: they keep its label, their pods keep their proxies, and a gateway in one of them keeps its own. Each
   * one that is taken off the list moves in that update. With none the control plane only waits, ready to be gone back to.
   * @example ["shop"]
   */
  readonly namespaces: readonly string[];
}

/** One control plane, or two of them while namespaces move from one to the other. */
export interface ControlPlanes extends IstioControlPlane {
  /**
   * The control plane that was the only one before, kept on purpose: the namespaces that it lists stay on it, all others are on the
   * new one. To go back, list a namespace again. Without it the last ones move, and it goes once no proxy uses it: see `guard`.
   * `version`, `revision` and `charts` must be what it was installed with; then nothing of it changes.
   * @default none: one control plane for all namespaces
   * @example { version: "1.30.4", namespaces: ["shop"] }
   */
  readonly previous?: PreviousControlPlane;
}

/** Its revision in words, and in the annotations that Istio's injector writes. */
export function revisionName(revision: string | undefined): string {
  return revision ?? defaultRevision;
}

/** The one of before; `default` written out is the default control plane, as messages name it. */
export function previousPlane({ previous }: Pick<ControlPlanes, "previous">): IstioControlPlane | undefined {
  if (!previous) return undefined;
  const { namespaces: _, revision, ...plane } = previous;
  return { ...plane, ...(revision !== undefined && revision !== revisionName(undefined) && { revision }) };
}

/** The control plane of a namespace: that of its label, of its pods, and of a gateway that is in it. */
export function planeOf(
  { previous, ...planes }: Pick<ControlPlanes, "version" | "charts" | "revision" | "previous">,
  namespace: string,
): IstioControlPlane {
  const before = previous?.namespaces.includes(namespace) ? previousPlane({ previous }) : undefined;
  const { version, charts, revision } = planes;
  return before ?? { version, ...(charts !== undefined && { charts }), ...(revision !== undefined && { revision }) };
}

/**
 * The one whose CRDs both are served with: those of a newer Istio serve an older one, those of an older one may lack what a newer one
 * reads. Of versions that are not known yet it is the one that is not the previous.
 */
export function newestPlane(planes: ControlPlanes): IstioControlPlane {
  const before = previousPlane(planes);
  if (typeof before?.version !== "string" || typeof planes.version !== "string") return planes;
  const [now, was] = [coerce(planes.version), coerce(before.version)];
  return now && was && lt(now, was) ? before : planes;
}

/** What would make one control plane of the two. @param path of `previous`. */
export function revisionProblems(path: string, planes: Pick<ControlPlanes, "revision" | "previous">): Problem[] {
  const before = previousPlane(planes);
  if (!before || revisionName(before.revision) !== revisionName(planes.revision)) return [];
  return [
    {
      path: `${path}.revision`,
      got: `${before.revision === undefined ? "none, which is the default control plane" : `"${before.revision}"`}, and the new one is the same`,
      expected: "another revision than that of the new control plane: two are told apart by it",
      fix: "Give the new one a revision of its own, such as one named for its version; or leave previous out, to bring another version in place.",
    },
  ];
}

/** Label of a namespace whose pods get sidecars of a revision. */
export function injectionLabel(revision: string | undefined): Readonly<Record<string, string>> {
  return revision === undefined ? { [olderLabel]: "enabled" } : { [revisionLabel]: revision };
}
