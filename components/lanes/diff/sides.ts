import type { AllowedCall } from "../../security/calls";
import type { RenderedObject } from "../object";
import type { LaneGroup } from "../spec";

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
    /** Version -> what its pods run. */
    readonly pods?: Readonly<
      Record<
        string,
        {
          readonly image: string;
          /** All but the image. */
          readonly others: string;
          /** Labels of the pods. */
          readonly labels?: Readonly<Record<string, string>>;
        }
      >
    >;
  }[];
  /** What else the config says, by section, without secrets: each key of it that differs is told. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Path -> an encrypted value as it stands in the file; it is compared, and never told. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Who may call whom; undefined where no policy refuses anything. */
  readonly calls: readonly AllowedCall[] | undefined;
  /**
   * The objects of a group, as this config's mesh takes them.
   *
   * @param only kinds that are looked at; others may be left out. @default all
   */
  render(group: LaneGroup, only?: readonly string[]): readonly RenderedObject[];
  /** URL of a gateway without a path, as far as a config knows it. */
  gatewayUrl(gateway: string): string;
}

export interface GroupPair {
  readonly before: LaneGroup;
  readonly after: LaneGroup;
}

/** Groups of the same name on both sides, those that changed only. */
export function changedGroups(before: DiffSide, after: DiffSide): GroupPair[] {
  return after.groups.flatMap((group) => {
    const old = before.groups.find(({ name }) => name === group.name);
    return old && JSON.stringify(old) !== JSON.stringify(group) ? [{ before: old, after: group }] : [];
  });
}

/** Groups that only the second side has. */
export function newGroups(before: DiffSide, after: DiffSide): LaneGroup[] {
  return after.groups.filter((group) => !before.groups.some(({ name }) => name === group.name));
}
