import { add } from "../../config/lifecycle/add";
import { drain, undrain } from "../../config/lifecycle/drain";
import { promote } from "../../config/lifecycle/promote";
import { retire } from "../../config/lifecycle/retire";
import type { LaneChange, Subject } from "../../config/lifecycle/subject";
import { shift } from "../../config/lifecycle/weights";
import { projectRoot } from "../../tools/paths";
import { terminal } from "./ask";
import { type Asking, type ChangeOptions, makeChange, planChange } from "./change";
import { type AddFlags, addOptionsFrom, weightsFrom } from "./flags";
import { laneBefore } from "./history";

/** Where a command works, and whom it asks; tests have their own. */
export interface Surroundings {
  readonly folder: string;
  readonly asking: Asking;
  show(text: string): void;
}

const here: Surroundings = {
  folder: projectRoot,
  asking: terminal,
  show: (text) => process.stdout.write(`${text}\n`),
};

export async function addLane(name: string, options: ChangeOptions & AddFlags, where = here): Promise<void> {
  const wanted = addOptionsFrom(options);
  const known = wanted.from === undefined ? [] : [wanted.from];
  return run("add", options, known, (subject) => add(subject, name, wanted), where);
}

export async function shiftWeights(texts: readonly string[], options: ChangeOptions, where = here): Promise<void> {
  const weights = weightsFrom(texts);
  return run("shift", options, Object.keys(weights), (subject) => shift(subject, weights), where);
}

export async function promoteLane(name: string, options: ChangeOptions, where = here): Promise<void> {
  return run("promote", options, [name], (subject) => promote(subject, name), where);
}

/** Back to the lane that everybody got before. It is a promotion: what it leaves behind stays until it is retired. */
export async function rollBack(options: ChangeOptions & { readonly to?: string }, where = here): Promise<void> {
  const { to } = options;
  const change = async (subject: Subject, files: Parameters<typeof laneBefore>[1]): Promise<LaneChange> => {
    const { group } = subject;
    const { edits, notes } = promote(subject, to ?? (await laneBefore(subject, files, where.folder)));
    const sticky = group.entry.sticky && group.lanes.some(({ weight = 0 }) => weight > 0);
    const kept = "clients that have the cookie of another lane keep it until that lane is retired: `lanes retire`";
    return { edits, notes: sticky ? [...notes, kept] : notes };
  };
  return run("rollback", options, to === undefined ? [] : [to], change, where);
}

export async function drainLane(
  name: string,
  options: ChangeOptions & { readonly undo: boolean },
  where = here,
): Promise<void> {
  const change = (subject: Subject) => (options.undo ? undrain(subject, name) : drain(subject, name));
  return run("drain", options, [name], change, where);
}

export async function retireLane(
  name: string,
  options: ChangeOptions & { readonly workloads: boolean },
  where = here,
): Promise<void> {
  return run("retire", options, [name], (subject) => retire(subject, name, options), where);
}

async function run(
  command: string,
  options: ChangeOptions,
  lanes: readonly string[],
  change: Parameters<typeof planChange>[3],
  { folder, asking, show }: Surroundings,
): Promise<void> {
  await makeChange(await planChange(command, options, lanes, change, folder), options, asking, show);
}
