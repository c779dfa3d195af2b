import { diffLanes } from "../components/lanes/diff/diff";
import type { DiffReport } from "../components/lanes/diff/report";
import { layoutTopology } from "../components/lanes/topology/layout";
import { renderMermaid } from "../components/lanes/topology/mermaid";
import { renderSvg } from "../components/lanes/topology/svg";
import { projectRoot } from "../tools/paths";
import { type FormOptions, groupsShown, writeForms } from "./diff/forms";
import { diffMarkdown } from "./diff/markdown";
import { drainingOf, replayRequests } from "./diff/requests/replay";
import { sideOf } from "./diff/side";
import { readSources, type SourceOptions } from "./diff/sources";
import { diffText } from "./diff/text";

type Form = "json" | "markdown" | "mermaid" | "svg";

export interface DiffOptions extends Omit<SourceOptions, "folder" | "workingFolder">, FormOptions<Form> {
  /** Access logs and HAR files, whose requests are counted by what becomes of them. */
  readonly requests?: readonly string[];
  /** Whether a difference is told by the exit code. */
  readonly exitCode: boolean;
}

/**
 * `lanes diff`: what a change of config does, in every form that is asked for, from one run.
 *
 * @returns what goes to stdout, and whether something changed.
 * @throws UserError when a config is wrong, or a file cannot be written.
 */
export async function diff(
  options: DiffOptions,
  folder = projectRoot,
  workingFolder = process.cwd(),
): Promise<{ readonly text: string; readonly changed: boolean }> {
  const { before, after } = await readSources({ ...options, folder, workingFolder });
  const sides = [sideOf(before), sideOf(after)] as const;
  const found = diffLanes(...sides);
  const [old, now] = [before.config.laneGroups, after.config.laneGroups];
  const { requests = [] } = options;
  const report: DiffReport =
    requests.length > 0
      ? { ...found, replay: await replayRequests(requests, before.config, after.config, drainingOf(found, ...sides)) }
      : found;
  const groups = () => groupsShown(report, old, now);
  const render: Readonly<Record<Form, () => string>> = {
    json: () => `${JSON.stringify(report, null, 2)}\n`,
    markdown: () => {
      const shown = groups().after;
      const mermaid = shown.length > 0 ? renderMermaid(shown).text : undefined;
      return diffMarkdown(report, { stack: options.stack, ...(mermaid !== undefined && { mermaid }) });
    },
    mermaid: () => renderMermaid(Object.values(groups()).flat()).text,
    svg: () => renderSvg(Object.values(groups()).flat().map(layoutTopology)),
  };
  const text = writeForms("lanes diff", options, render, () => `${diffText(report, options.stack)}\n`);
  return { text, changed: report.verdict.risk !== null };
}
