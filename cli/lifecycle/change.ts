import { diffLanes } from "../../components/lanes/diff/diff";
import type { DiffReport } from "../../components/lanes/diff/report";
import type { LaneGroup } from "../../components/lanes/spec";
import {
  type ConfigFile,
  type ConfigFiles,
  configOf,
  editFiles,
  readStackFiles,
  writtenItems,
} from "../../config/edit/files";
import { type LaneChange, type Subject, subjectOf } from "../../config/lifecycle/subject";
import { orderRefusals } from "../../config/order/refusal";
import { unsafeInOneUpdate } from "../../config/order/unsafe";
import type { StackConfig } from "../../config/stack";
import { projectRoot } from "../../tools/paths";
import { UserError } from "../../tools/user-error";
import { isAccountStack } from "../account-stack";
import { sideOf } from "../diff/side";
import { requireStackFile } from "../stack/read";
import { updateCommand } from "../update-command";
import { groupOfLanes } from "./group";
import { lineDiff } from "./line-diff";
import { type Rewrite, writeFiles } from "./write";

/** Flags of every command that changes a lane. */
export interface ChangeOptions {
  readonly stack: string;
  readonly group?: string;
  /** Not asked before the files are written. */
  readonly yes: boolean;
  /** Nothing is written. */
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** What a stack's files say. */
export interface Written {
  readonly files: ConfigFiles;
  readonly config: StackConfig;
}

/** The edits that a command wants. @throws UserError when it cannot be made. */
export type MakeLaneChange = (subject: Subject, written: Written) => LaneChange | Promise<LaneChange>;

/** What a change of a lane comes to, before anything is written. */
export interface PlannedChange {
  readonly command: string;
  readonly stack: string;
  readonly group: string;
  readonly rewrites: readonly Rewrite[];
  readonly report: DiffReport;
  readonly notes: readonly string[];
  /** Commands to go on with. */
  readonly next: readonly string[];
}

/**
 * Edits the config and judges it as a whole; nothing is written.
 *
 * @param lanes names by which the group is found where `--group` names none.
 * @throws UserError when the change cannot be made, or makes a config that is wrong.
 */
export async function planChange(
  command: string,
  { stack, group: wanted }: Pick<ChangeOptions, "stack" | "group">,
  lanes: readonly string[],
  change: MakeLaneChange,
  folder = projectRoot,
): Promise<PlannedChange> {
  requireStackFile(stack, folder);
  const { config, files } = readStackFiles(stack, folder);
  const group = groupOfLanes(config.laneGroups, wanted, lanes);
  const written = { laneGroups: writtenItems(files, "laneGroups"), workloads: writtenItems(files, "workloads") };
  const { edits, notes } = await change(subjectOf(config, written, group), { files, config });
  const changed = editFiles(files, edits);
  if (changed.length === 0) throw nothingToDo(command, group);
  const after = checked(command, replaced(files, changed), folder);
  refuseUnsafe(command, config, after);
  const report = diffLanes(
    sideOf({ name: "the config", config }),
    sideOf({ name: `the config after lanes ${command}`, config: after }),
  );
  const rewrites = changed.flatMap((file): Rewrite[] => {
    const before = files.find(({ path }) => path === file.path);
    return before ? [{ before, after: file }] : [];
  });
  return {
    command,
    stack,
    group: group.name,
    rewrites,
    report,
    notes,
    next: [`npx lanes preview --stack ${stack}`, updateCommand(stack, { account: isAccountStack(config) })],
  };
}

function replaced([own, ...included]: ConfigFiles, changed: readonly ConfigFile[]): ConfigFiles {
  const now = (file: ConfigFile) => changed.find(({ path }) => path === file.path) ?? file;
  return [now(own), ...included.map(now)];
}

/** The whole config, as the next update will read it. */
function checked(command: string, files: ConfigFiles, folder: string) {
  try {
    return configOf(files, folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`after lanes ${command} the config would be wrong; nothing was written`, error.problems);
  }
}

/** What no order of the steps of one update makes safe. */
function refuseUnsafe(command: string, before: StackConfig, after: StackConfig): void {
  const unsafe = unsafeInOneUpdate(before, after);
  if (unsafe.length > 0) {
    throw new UserError(`lanes ${command} would be unsafe; nothing was written`, orderRefusals(unsafe));
  }
}

function nothingToDo(command: string, { name }: LaneGroup): UserError {
  const fix = "Look at it with `lanes matrix`.";
  const problem = { path: name, got: "the config says so already", expected: "something to change", fix };
  return new UserError(`lanes ${command} has nothing to do`, [problem]);
}

/** The change for a terminal: the text that changes, what it means, what to know. */
function changeText({ rewrites, report, notes }: PlannedChange): string {
  const { verdict, changes } = report;
  return [
    ...rewrites.map(({ before, after }) => lineDiff(before.name, before.text, after.text)),
    "",
    verdict.text,
    ...changes.map(
      ({ risk, group, text }) =>
        `  ${risk === "danger" ? "DANGER" : risk.padEnd(6)}  ${group === null ? "" : `${group}: `}${text}`,
    ),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ].join("\n");
}

/** The same as JSON. */
function changeJson({ rewrites, ...change }: PlannedChange, written: boolean): string {
  const files = rewrites.map(({ before, after }) => ({
    file: before.name,
    diff: lineDiff(before.name, before.text, after.text),
  }));
  return JSON.stringify({ format: "mesh-lanes/change/1", ...change, files, written }, null, 2);
}

/** What a terminal is to a command: whether somebody can be asked, and the answer. */
export interface Asking {
  readonly terminal: boolean;
  ask(question: string): Promise<boolean>;
}

/**
 * Shows a change, asks, and writes it.
 *
 * @returns what goes to stdout at the end, and whether it went well: a question that is answered with no did.
 * @throws UserError where nobody can be asked, and nothing is written.
 */
export async function makeChange(
  change: PlannedChange,
  options: Pick<ChangeOptions, "yes" | "dryRun" | "json">,
  asking: Asking,
  show: (text: string) => void,
): Promise<void> {
  const asks = !options.yes && !options.dryRun;
  if (asks && (options.json || !asking.terminal)) throw unasked(change.command);
  if (!options.json) show(changeText(change));
  if (options.dryRun) {
    show(options.json ? changeJson(change, false) : "\nnothing was written (--dry-run)");
    return;
  }
  if (asks && !(await asking.ask(`\nWrite ${change.rewrites.map(({ before }) => before.name).join(", ")}?`))) {
    show("nothing was written");
    return;
  }
  writeFiles(change.rewrites);
  if (options.json) show(changeJson(change, true));
  else
    show(
      [
        `\nwrote ${change.rewrites.map(({ before }) => before.name).join(", ")}; next:`,
        ...change.next.map((line) => `  ${line}`),
      ].join("\n"),
    );
}

function unasked(command: string): UserError {
  const problem = { path: `lanes ${command}`, got: "nobody can be asked here", expected: "a terminal, or --yes" };
  const fix = "Add --yes to write, or --dry-run to look.";
  return new UserError("nothing was written", [{ ...problem, fix }]);
}
