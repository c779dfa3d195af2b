import type { DiffReport } from "../../components/lanes/diff/report";
import type { LaneGroup } from "../../components/lanes/spec";
import { type Topology, topologyOf } from "../../components/lanes/topology/model";
import { writeOrTell } from "../../tools/disk/write-or-tell";
import { type Problem, UserError } from "../../tools/user-error";

/** Forms of one report that a flag asks for: each a file, or true for stdout. */
export type FormOptions<Name extends string = Form> = { readonly [name in Name]?: string | boolean };
export type Form = "json" | "markdown";

/**
 * Writes each form that is asked for.
 *
 * @param plain what goes to stdout when no form does.
 * @returns what goes to stdout.
 * @throws UserError when two go to stdout, or a file cannot be written.
 */
export function writeForms<Name extends string>(
  command: string,
  options: FormOptions<Name>,
  render: Readonly<Record<Name, () => string>>,
  plain: () => string,
): string {
  const names = (Object.keys(render) as Name[]).filter(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  const toStdout = names.filter((name) => options[name] === true);
  if (toStdout.length > 1) {
    const path = toStdout.map((name) => `--${name}`).join(" and ");
    const fix = "Give the others a file.";
    throw wrong(command, { path, got: "both go to stdout", expected: "one of them", fix });
  }
  for (const name of names) {
    const target = options[name];
    const told = { summary: cannotRun(command), path: `--${name}`, fix: "Name another file." };
    if (target !== true) writeOrTell(String(target), render[name](), told);
  }
  const [shown] = toStdout;
  return shown === undefined ? plain() : render[shown]();
}

function wrong(command: string, problem: Problem): UserError {
  return new UserError(cannotRun(command), [problem]);
}

function cannotRun(command: string): string {
  return `${command} cannot run like this`;
}

/** The groups that changed, named for their side. */
export function groupsShown(report: DiffReport, before: readonly LaneGroup[], after: readonly LaneGroup[]) {
  const pick = (side: "before" | "after", groups: readonly LaneGroup[]): Topology[] => {
    const names = report.tables[side].map(({ group }) => group);
    const shown = groups.filter(({ name }) => names.includes(name)).map(topologyOf);
    return shown.map((topology) => ({ ...topology, group: `${topology.group} ${side}` }));
  };
  return { before: pick("before", before), after: pick("after", after) };
}
