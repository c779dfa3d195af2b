import { add } from "../../config/lifecycle/add/add";
import { drain, undrain } from "../../config/lifecycle/drain";
import { promote } from "../../config/lifecycle/promote";
import { retire } from "../../config/lifecycle/retire";
import type { Subject } from "../../config/lifecycle/subject";
import { shift } from "../../config/lifecycle/weights";
import { projectRoot } from "../../tools/paths";
import { terminal } from "./ask";
import { type Asking, type ChangeOptions, type MakeLaneChange, makeChange, planChange } from "./change";
import { type AddFlags, addOptionsFrom, weightsFrom } from "./flags";
import { laneBefore } from "./history";
import { askOpenRequests } from "./open-requests";
import { requireNothingOpen, waitFrom } from "./require-nothing-open";

/** Where a command works, and whom it asks; tests have their own. */
export interface Surroundings {
  readonly folder: string;
  readonly asking: Asking;
  show(text: string): void;
  /** Progress. */
  tell(text: string): void;
  readonly openRequests: typeof askOpenRequests;
}

const here: Surroundings = {
  folder: projectRoot,
  asking: terminal,
  show: (text) => process.stdout.write(`${text}\n`),
  tell: (text) => process.stderr.write(`${text}\n`),
  openRequests: askOpenRequests,
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
  const change: MakeLaneChange = async (subject, { files }) => {
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

export interface RetireFlags {
  readonly workloads: boolean;
  /** Seconds to wait for its sockets to close. */
  readonly wait?: string;
  /** Nobody is asked what is open. */
  readonly now: boolean;
}

/** The lane goes, unless something is open in it. */
export async function retireLane(name: string, options: ChangeOptions & RetireFlags, where = here): Promise<void> {
  const seconds = waitFrom(options);
  const change: MakeLaneChange = async (subject, { config }) => {
    const { edits, notes } = retire(subject, name, options);
    if (options.now) return { edits, notes: [...notes, "the proxies were not asked what is open in it (--now)"] };
    const ask = () => where.openRequests(config, subject.group, name);
    const note = await requireNothingOpen(name, ask, seconds, where.tell);
    return { edits, notes: [...notes, note] };
  };
  return run("retire", options, [name], change, where);
}

async function run(
  command: string,
  options: ChangeOptions,
  lanes: readonly string[],
  change: MakeLaneChange,
  { folder, asking, show }: Surroundings,
): Promise<void> {
  await makeChange(await planChange(command, options, lanes, change, folder), options, asking, show);
}
