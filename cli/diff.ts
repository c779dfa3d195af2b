import { writeFileSync } from "node:fs";
import { diffLanes } from "../components/lanes/diff/diff";
import type { DiffReport } from "../components/lanes/diff/report";
import type { LaneGroup } from "../components/lanes/spec";
import { layoutTopology } from "../components/lanes/topology/layout";
import { renderMermaid } from "../components/lanes/topology/mermaid";
import { type Topology, topologyOf } from "../components/lanes/topology/model";
import { renderSvg } from "../components/lanes/topology/svg";
import { projectRoot } from "../tools/paths";
import { type Problem, UserError } from "../tools/user-error";
import { diffMarkdown } from "./diff/markdown";
import { sideOf } from "./diff/side";
import { readSources, type SourceOptions } from "./diff/sources";
import { diffText } from "./diff/text";

export interface DiffOptions extends Omit<SourceOptions, "folder"> {
  /** Each a file, or true for stdout. */
  readonly json?: string | boolean;
  readonly markdown?: string | boolean;
  readonly mermaid?: string | boolean;
  readonly svg?: string | boolean;
  /** Whether a difference is told by the exit code. */
  readonly exitCode: boolean;
}

const formats = ["json", "markdown", "mermaid", "svg"] as const;
type Format = (typeof formats)[number];

/**
 * `lanes diff`: what a change of config does, in every form that is asked for, from one run.
 *
 * @returns what goes to stdout, and whether something changed.
 * @throws UserError when a config is wrong, or a file cannot be written.
 */
export async function diff(
  options: DiffOptions,
  folder = projectRoot,
): Promise<{ readonly text: string; readonly changed: boolean }> {
  const toStdout = formats.filter((format) => options[format] === true);
  if (toStdout.length > 1) {
    const got = toStdout.map((format) => `--${format}`).join(" and ");
    throw wrong({ path: got, got: "both go to stdout", expected: "one of them", fix: "Give the others a file." });
  }
  const { before, after } = await readSources({ ...options, folder });
  const report = diffLanes(sideOf(before), sideOf(after));
  const groups = groupsShown(report, before.config.laneGroups, after.config.laneGroups);
  const render: Readonly<Record<Format, () => string>> = {
    json: () => `${JSON.stringify(report, null, 2)}\n`,
    markdown: () => {
      const mermaid = groups.after.length > 0 ? renderMermaid(groups.after).text : undefined;
      return diffMarkdown(report, { stack: options.stack, ...(mermaid !== undefined && { mermaid }) });
    },
    mermaid: () => renderMermaid([...groups.before, ...groups.after]).text,
    svg: () => renderSvg([...groups.before, ...groups.after].map(layoutTopology)),
  };
  let text = `${diffText(report, options.stack)}\n`;
  for (const format of formats) {
    const target = options[format];
    if (target === undefined || target === false) continue;
    if (target === true) text = render[format]();
    else write(`--${format}`, String(target), render[format]());
  }
  return { text, changed: report.verdict.risk !== null };
}

/** The groups that changed, named for their side. */
function groupsShown(report: DiffReport, before: readonly LaneGroup[], after: readonly LaneGroup[]) {
  const pick = (side: "before" | "after", groups: readonly LaneGroup[]): Topology[] => {
    const names = report.tables[side].map(({ group }) => group);
    const shown = groups.filter(({ name }) => names.includes(name)).map(topologyOf);
    return shown.map((topology) => ({ ...topology, group: `${topology.group} ${side}` }));
  };
  return { before: pick("before", before), after: pick("after", after) };
}

function write(flag: string, file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw wrong({ path: flag, got, expected: "a file that can be written", fix: "Name another file." });
  }
}

function wrong(problem: Problem): UserError {
  return new UserError("lanes diff cannot run like this", [problem]);
}
