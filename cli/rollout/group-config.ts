import type { LaneGroup } from "../../components/lanes/spec";
import { readStackFiles, writtenItems } from "../../config/edit/files";
import { beginCopies, endCopies } from "../../config/lifecycle/copies";
import { promote } from "../../config/lifecycle/promote";
import { type LaneChange, type Subject, subjectOf } from "../../config/lifecycle/subject";
import { shift, type Weights, weightsOf } from "../../config/lifecycle/weights";
import { planChange } from "../lifecycle/change";
import { groupOfLanes } from "../lifecycle/group";
import { writeFiles } from "../lifecycle/write";

/** The config of the group that is rolled out; each change writes its files. */
export interface GroupConfig {
  read(): { readonly group: LaneGroup; readonly weights: Weights };
  /**
   * `lanes shift`.
   *
   * @returns names of the files that were written. @throws UserError when the change is refused.
   */
  shift(weights: Weights): Promise<readonly string[]>;
  /** `lanes promote`. */
  promote(lane: string): Promise<readonly string[]>;
  /** Writes nothing. @throws UserError where the lane may not get copies of the baseline's requests. */
  mayCopy(percent: number): Promise<void>;
  /** The lane gets copies. */
  beginCopies(percent: number): Promise<readonly string[]>;
  endCopies(): Promise<readonly string[]>;
}

/**
 * The group of a stack's config that has the lane. Each change is the edit of `lanes shift` or `lanes promote`, judged and written
 * in the same way.
 *
 * @param group its name, where the lane's is not enough.
 */
export function groupConfig(stack: string, group: string | undefined, lane: string, folder: string): GroupConfig {
  const planned = (command: string, change: (subject: Subject) => LaneChange) =>
    planChange(command, { stack, ...(group !== undefined && { group }) }, [lane], change, folder);
  const write = async (command: string, change: (subject: Subject) => LaneChange): Promise<readonly string[]> => {
    const { rewrites } = await planned(command, change);
    writeFiles(rewrites);
    return rewrites.map(({ after }) => after.name);
  };
  const copies = (percent: number) => (subject: Subject) => beginCopies(subject, lane, percent);
  return {
    read: () => {
      const { config, files } = readStackFiles(stack, folder);
      const found = groupOfLanes(config.laneGroups, group, [lane]);
      const written = { laneGroups: writtenItems(files, "laneGroups"), workloads: writtenItems(files, "workloads") };
      return { group: found, weights: weightsOf(subjectOf(config, written, found)) };
    },
    shift: (weights) => write("shift", (subject) => shift(subject, weights)),
    promote: (name) => write("promote", (subject) => promote(subject, name)),
    mayCopy: async (percent) => {
      await planned("rollout", copies(percent));
    },
    beginCopies: (percent) => write("rollout", copies(percent)),
    endCopies: () => write("rollout", endCopies),
  };
}
