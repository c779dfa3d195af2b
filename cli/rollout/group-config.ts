import { readStackFiles, writtenItems } from "../../config/edit/files";
import { promote } from "../../config/lifecycle/promote";
import { type LaneChange, type Subject, subjectOf } from "../../config/lifecycle/subject";
import { shift, weightsOf } from "../../config/lifecycle/weights";
import { planChange } from "../lifecycle/change";
import { groupOfLanes } from "../lifecycle/group";
import { writeFiles } from "../lifecycle/write";
import type { GroupConfig } from "./run";

/**
 * The group of a stack's config that has the lane. Each change is the edit of `lanes shift` or `lanes promote`, judged and written
 * in the same way.
 *
 * @param group its name, where the lane's is not enough.
 */
export function groupConfig(stack: string, group: string | undefined, lane: string, folder: string): GroupConfig {
  const write = async (command: string, change: (subject: Subject) => LaneChange): Promise<readonly string[]> => {
    const { rewrites } = await planChange(
      command,
      { stack, ...(group !== undefined && { group }) },
      [lane],
      change,
      folder,
    );
    writeFiles(rewrites);
    return rewrites.map(({ after }) => after.name);
  };
  return {
    read: () => {
      const { config, files } = readStackFiles(stack, folder);
      const found = groupOfLanes(config.laneGroups, group, [lane]);
      const written = { laneGroups: writtenItems(files, "laneGroups"), workloads: writtenItems(files, "workloads") };
      return { group: found, weights: weightsOf(subjectOf(config, written, found)) };
    },
    shift: (weights) => write("shift", (subject) => shift(subject, weights)),
    promote: (name) => write("promote", (subject) => promote(subject, name)),
  };
}
