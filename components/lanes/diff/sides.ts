import type { AllowedCall } from "../../security/calls";
import type { RenderedObject } from "../object";
import type { LaneGroup } from "../spec";

/** What the pods of a workload run: told when asked, since a large stack has thousands of versions and few of them change. */
export interface WorkloadPods {
  /** All that follows from the config: where two workloads agree in it, so do their pods. */
  readonly source: string;
  /** Of a version that the workload has. */
  of(version: string): VersionPods;
}

export interface VersionPods {
  readonly image: string;
  /** All but the image. */
  readonly others: string;
  /** So long a pod that is told to stop serves on before its app is told; undefined where a hook of the user's decides. */
  readonly drainSeconds?: number;
  /** Labels of the pods. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * `authorization`: the proxy of the callee answers 403. `network`: NetworkPolicies, by which the call gets no answer, where the
 * cluster's network plugin enforces them.
 */
export type RefusedBy = "authorization" | "network";

/** One of the two configs: all that a diff looks at. */
export interface DiffSide {
  /** In words: a revision, a file. */
  readonly name: string;
  readonly groups: readonly LaneGroup[];
  /** The versions that run, where this program runs them. */
  readonly workloads: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly versions: readonly string[];
    readonly pods?: WorkloadPods;
  }[];
  /**
   * Namespace with pods of the stack -> the control plane of their proxies, in words.
   * @default of none is it known
   */
  readonly planes?: Readonly<Record<string, string>>;
  /** Where the pods of the gateway are, and so long they serve open connections when they are told to stop. @default unknown */
  readonly gatewayDrain?: { readonly namespace: string; readonly seconds: number };
  /** What else the config says, by section, without secrets: each key of it that differs is told. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Path -> an encrypted value as it stands in the file; it is compared, and never told. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Who may call whom; undefined where no policy refuses anything. */
  readonly calls: readonly AllowedCall[] | undefined;
  /** What refuses any other call. @default authorization alone */
  readonly refusedBy?: readonly RefusedBy[];
  /**
   * The objects of a group, as this config's mesh takes them.
   *
   * @param part what is looked at: objects that are no part of a listener may be left out. @default all
   */
  render(group: LaneGroup, part?: "listeners"): readonly RenderedObject[];
  /** URL of a gateway without a path, as far as a config knows it. */
  gatewayUrl(gateway: string): string;
}

export interface GroupPair {
  readonly before: LaneGroup;
  readonly after: LaneGroup;
}

/** Groups of the same name on both sides, those that changed only. */
export function changedGroups(before: Pick<DiffSide, "groups">, after: Pick<DiffSide, "groups">): GroupPair[] {
  return after.groups.flatMap((group) => {
    const old = before.groups.find(({ name }) => name === group.name);
    return old && JSON.stringify(old) !== JSON.stringify(group) ? [{ before: old, after: group }] : [];
  });
}

/** Groups that only the second side has. */
export function newGroups(before: DiffSide, after: DiffSide): LaneGroup[] {
  return after.groups.filter((group) => !before.groups.some(({ name }) => name === group.name));
}
