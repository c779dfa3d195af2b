import type { EngineEvent } from "@pulumi/pulumi/automation";
import { diffLanes } from "../../components/lanes/diff/diff";
import { stackName } from "../../components/live/object";
import type { StackConfig } from "../../config/stack";
import type { UserError } from "../../tools/user-error";
import { lastApplied, lastNoted } from "../applied/last-applied";
import { sideOf } from "../diff/side";
import type { Source } from "../diff/source";
import type { StateDeployment } from "../pulumi/pending";
import type { LastRun } from "../pulumi/stack-session";
import { clusterNotes, countsOf, plannedChanges, policyNotes, resourceChanges, warnings } from "./changes";
import { findDrift } from "./drift";
import type { Previewed } from "./previewed";
import { refusedIn } from "./refused";
import { type PreviewReport, previewFormat } from "./report";

/** What Pulumi says of a stack. */
export interface StackSeen {
  readonly run: { readonly value: readonly EngineEvent[] } | { readonly error: UserError };
  /** What the last update noted, where that ended well; else the state and the history tell. */
  readonly applied: StackConfig | readonly [StateDeployment, LastRun | undefined];
  /** The state with its secrets. */
  readonly state: () => Promise<StateDeployment>;
  /** Name of the Pulumi project. */
  readonly project: string;
}

/** What the next update does, from one `pulumi preview`, and from what the stack last applied. */
export async function previewedStack(
  stack: string,
  config: StackConfig,
  { run, applied, state, project }: StackSeen,
  allowUnsafeOrder?: boolean,
): Promise<Previewed> {
  const events = "value" in run ? run.value : [];
  const planned = plannedChanges(events);
  const { drift, notes } = await findDrift(planned, state, stackName(project, stack));
  const { before, noted } = "laneGroups" in applied ? lastNoted(applied) : lastApplied(...applied, config);
  const after: Source = { name: "the working tree", config };
  const lanes = diffLanes(sideOf(before), sideOf(after));
  const report: PreviewReport = {
    format: previewFormat,
    stack,
    mode: "pulumi",
    refused: refusedIn(lanes, allowUnsafeOrder),
    lanes,
    failed: "value" in run ? null : run.error.message,
    counts: countsOf(events, planned),
    changes: resourceChanges(planned, drift),
    notes: [
      ...(noted === "yes" ? [] : [unnotedNote]),
      ...clusterNotes(planned),
      ...policyNotes(events),
      ...warnings(events),
      ...notes,
    ],
  };
  return { before, after, report };
}

const unnotedNote = `the last update noted no config, which an update of this project from now on does: lanes are told as if nothing changed; \`lanes diff <revision> --stack\` compares with a revision`;
