import { isDeepStrictEqual } from "node:util";
import { diffLanes } from "../components/lanes/diff/diff";
import { renderMermaid } from "../components/lanes/topology/mermaid";
import { stackName } from "../components/live/object";
import { projectRoot } from "../tools/paths";
import { LineReporter, silentReporter } from "../tools/report/reporter";
import { UserError } from "../tools/user-error";
import { lastApplied } from "./applied/last-applied";
import { type Form, type FormOptions, groupsShown, writeForms } from "./diff/forms";
import { sideOf } from "./diff/side";
import type { Source } from "./diff/source";
import { readSources } from "./diff/sources";
import { countsOf, plannedChanges, policyNotes, resourceChanges } from "./preview/changes";
import { findDrift } from "./preview/drift";
import { previewMarkdown } from "./preview/markdown";
import { objectChanges } from "./preview/offline";
import { changesAnything, type PreviewReport, previewFormat } from "./preview/report";
import { previewText } from "./preview/text";

export interface PreviewOptions extends FormOptions {
  readonly stack: string;
  /** A revision, range or file, as `lanes diff` takes it, for `offline`. */
  readonly from?: string;
  readonly offline: boolean;
  readonly policyPack?: readonly string[];
  readonly exitCode: boolean;
}

/**
 * `lanes preview`: what the next update does to lanes and to resources, from one `pulumi preview`; offline from two configs
 * alone.
 *
 * @returns what goes to stdout, whether something changes, and whether the preview itself went well.
 */
export async function preview(
  options: PreviewOptions,
): Promise<{ readonly text: string; readonly changed: boolean; readonly well: boolean }> {
  const { before, after, report } = options.offline ? await previewOffline(options) : await previewStack(options);
  const groups = () => groupsShown(report.lanes, before.config.laneGroups, after.config.laneGroups).after;
  const render: Readonly<Record<Form, () => string>> = {
    json: () => `${JSON.stringify(report, null, 2)}\n`,
    markdown: () => {
      const shown = groups();
      return previewMarkdown(report, shown.length > 0 ? renderMermaid(shown).text : undefined);
    },
  };
  const text = writeForms("lanes preview", options, render, () => `${previewText(report)}\n`);
  return { text, changed: changesAnything(report), well: report.failed === null };
}

interface Previewed {
  readonly before: Source;
  readonly after: Source;
  readonly report: PreviewReport;
}

async function previewOffline({ stack, from }: PreviewOptions): Promise<Previewed> {
  const { before, after } = await readSources({
    stack,
    folder: projectRoot,
    workingFolder: process.cwd(),
    ...(from !== undefined && { from }),
  });
  const lanes = diffLanes(sideOf(before), sideOf(after));
  const base = { format: previewFormat, stack, mode: "offline", lanes, failed: null } as const;
  // One program renders both sides: the same config gives the same objects.
  if (isDeepStrictEqual(before.config, after.config)) {
    return { before, after, report: { ...base, counts: {}, changes: [], notes: [] } };
  }
  const { renderStack } = await import("./render");
  const [old, now] = [await renderStack(stack, before.config), await renderStack(stack, after.config)];
  return { before, after, report: { ...base, ...objectChanges(old, now) } };
}

async function previewStack({ stack, from, policyPack = [] }: PreviewOptions): Promise<Previewed> {
  if (from !== undefined) {
    const fix = "Add --offline, or leave it out: what is compared with is what the stack last applied.";
    const problem = { path: from, got: "a revision", expected: "none without --offline", fix };
    throw new UserError("lanes preview cannot run like this", [problem]);
  }
  // Both are slow to load, and the first is of use in every other case too.
  const [{ readStack }, { lookAt, mayMake, StackNotFoundError }] = await Promise.all([
    import("./stack/read"),
    import("./pulumi/look"),
  ]);
  const config = readStack(stack);
  const reporter = new LineReporter(1);
  reporter.phase(`pulumi preview of stack ${stack}`);
  // What the engine comes to is in the report.
  const session = await lookAt(config, stack, { reporter, progress: silentReporter });
  const look = async () => {
    const run = settled(session.preview(policyPack));
    try {
      const [state, lastRun, project] = await Promise.all([session.state(), session.lastRun(), session.project()]);
      return { run: await run, state, lastRun, project };
    } finally {
      await run;
    }
  };
  const { run, state, lastRun, project } = await look().catch(async (error) => {
    if (!(error instanceof StackNotFoundError)) throw error;
    if (!mayMake(config)) throw noSuchStack(stack);
    await session.make();
    return look();
  });
  reporter.done();
  const events = "value" in run ? run.value : [];
  const planned = plannedChanges(events);
  const { drift, notes } = await findDrift(planned, state, stackName(project, stack));
  const { before, noted } = lastApplied(state, lastRun, config);
  const after: Source = { name: "the working tree", config };
  const report: PreviewReport = {
    format: previewFormat,
    stack,
    mode: "pulumi",
    lanes: diffLanes(sideOf(before), sideOf(after)),
    failed: "value" in run ? null : run.error.message,
    counts: countsOf(events, planned),
    changes: resourceChanges(planned, drift),
    notes: [...(noted === "yes" ? [] : [unnotedNote]), ...policyNotes(events), ...notes],
  };
  return { before, after, report };
}

function noSuchStack(stack: string): UserError {
  const fix = `Run \`pulumi stack init ${stack}\`, log in to the backend that has it, or add --offline.`;
  const expected = "a stack of the backend that you are logged in to";
  return new UserError("there is no such stack", [{ path: "--stack", got: `got "${stack}"`, expected, fix }]);
}

const unnotedNote = `the last update noted no config, which an update of this project from now on does: lanes are told as if nothing changed; \`lanes diff <revision> --stack\` compares with a revision`;

async function settled<T>(run: Promise<T>): Promise<{ readonly value: T } | { readonly error: UserError }> {
  try {
    return { value: await run };
  } catch (error) {
    if (error instanceof UserError) return { error };
    throw error;
  }
}
