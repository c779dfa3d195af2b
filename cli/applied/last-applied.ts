import { appliedOutput, readAppliedConfig } from "../../config/applied";
import type { StackConfig } from "../../config/stack";
import { nothingOf, type Source } from "../diff/source";
import type { StateDeployment } from "../pulumi/pending";
import type { LastRun } from "../pulumi/stack-session";
import { noteOf, stackOutputs } from "./note";

/** What a stack last applied, as far as its state tells. */
export interface LastApplied {
  /** Its name says when the stack was never updated, and when its last update did not end well. */
  readonly before: Source;
  /**
   * Whether `before` is what was noted, or nothing where there is nothing; else the config that was handed over: `no` update noted
   * its own, or the note is `locked`, since the state was exported without the key to its secrets.
   */
  readonly noted: "yes" | "no" | "locked";
}

/** What the state has of a stack that made nothing: its root, and the engine's own provider, by which the program reads the note. */
const nothing = ["pulumi:pulumi:Stack", "pulumi:providers:pulumi"];

const noteName = "what the stack last applied";

/** How an update that did not end well is told; one that did is not. */
const endings: Readonly<Record<LastRun["result"], string | undefined>> = {
  succeeded: undefined,
  failed: "failed half-way",
  interrupted: "was interrupted",
  running: "is still running",
};

/** The config that the last update noted, where that ended well. */
export function lastNoted(config: StackConfig): LastApplied {
  return { before: { name: noteName, config }, noted: "yes" };
}

/**
 * The config that the last update noted, from a stack's state and history: any backend has both.
 *
 * The program notes it once all resources are there, so an update that failed or was killed half-way leaves the note of before.
 *
 * @param state as it was exported with its secrets: the note is one, so that Pulumi prints it nowhere.
 * @param run the last update or destroy; undefined where there was none.
 * @param config the config now. What is no lane and no workload of it is taken for a stack that has nothing yet.
 */
export function lastApplied(state: StateDeployment, run: LastRun | undefined, config: StackConfig): LastApplied {
  const outputs = stackOutputs(state);
  const noted = readAppliedConfig(noteOf(state));
  const isPending = (state.pending_operations ?? []).length > 0;
  // Of one that still runs, something is pending at any moment.
  const ending = isPending && run?.result !== "running" ? endings.interrupted : run && endings[run.result];
  if (noted) return { before: { name: named(noteName, run, ending), config: noted }, noted: "yes" };
  const { resources = [] } = state;
  if (resources.every(({ type }) => nothing.includes(type))) {
    const why = run?.kind === "destroy" ? "the stack was destroyed" : "the stack was never updated";
    const name = ending === undefined ? `nothing (${why})` : named("nothing", run, ending);
    return { before: nothingOf(name, config), noted: "yes" };
  }
  // Without the right key the engine exports a secret as `null`.
  const locked = outputs !== undefined && appliedOutput in outputs;
  const name = named("an update that noted no config", run, ending);
  return { before: { name, config }, noted: locked ? "locked" : "no" };
}

/** Of what an update did that did not end well, a part may be there and a part not. */
function named(what: string, run: LastRun | undefined, ending: string | undefined): string {
  const last = run?.kind ?? "update";
  return ending === undefined
    ? what
    : `${what} (its last ${last} ${ending}: a part of that may be there, and a part not)`;
}
