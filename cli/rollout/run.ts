import { baselineOf } from "../../components/lanes/analysis/baseline";
import { type HopCount, noRequests, type Tally } from "../../components/lanes/analysis/tally";
import type { LaneGroup } from "../../components/lanes/spec";
import { refuse, unknownLane } from "../../config/lifecycle/subject";
import { UserError } from "../../tools/user-error";
import { copiesOf, copiesStep, ownCopies, requireCopiesAllowed } from "./copies";
import type { RolloutResult } from "./events";
import { shareText } from "./events";
import type { GroupConfig } from "./group-config";
import type { RolloutPlan } from "./options";
import type { RolloutState, StateStore } from "./state";
import { type Gates, watchStep } from "./watch";

/** What a rollout works on; tests have their own. */
export interface World extends Gates {
  readonly config: GroupConfig;
  readonly state: StateStore;
  /** An update as `lanes up` makes it. @returns whether the mesh is as planned. @throws when it fails. */
  update(): Promise<boolean>;
  ask(question: string): Promise<boolean>;
}

/** Why a rollout ends before its end. */
class Ended extends Error {
  public constructor(
    public readonly result: RolloutResult,
    public readonly reasons: readonly string[] = [],
  ) {
    super(result);
  }
}

/**
 * Rolls a lane out step by step. Each step is an edit of the config and an update, then the proxies are watched. A lane that is
 * worse gets nobody new any more. Where it stands, the weights in the config say, so a run that was killed goes on.
 *
 * @returns how it ended.
 */
export async function rollOut(plan: RolloutPlan, world: World): Promise<RolloutResult> {
  const { config, state: store, say } = world;
  const { weights } = config.read();
  const found = current(store.load(), plan.lane, config);
  requireStart(plan, config, found);
  await requireCopiesAllowed(plan, config, found);
  const state = { ...(found ?? { format: "mesh-lanes/rollout/1" as const, before: weights, earlier: {} }) };
  say({ event: "begin", lane: plan.lane, weights, steps: plan.steps });
  try {
    if (state.failed) {
      say({ event: "note", text: "an earlier run was rolling it back, which continues" });
      throw new Ended("rolled back", state.failed);
    }
    if (!found) store.save(state);
    if (state.promoting !== true) await takeSteps(plan, world, state);
    if (plan.promote || state.promoting === true) await promoteLane(plan, world, state);
    store.clear();
    const promoted = config.read().group.baseline === plan.lane;
    return ended(world, promoted ? "promoted" : "done", plan);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    if (error.result === "rolled back") return rollBack(plan, world, { ...state, failed: [...error.reasons] });
    return ended(world, error.result, plan, error.reasons);
  }
}

/**
 * The same before anything else is looked at.
 *
 * @param loaded what an earlier run left, if anything.
 * @throws UserError where there is nothing to roll out, or where requests are to be copied and may not be.
 */
export async function requireRollout(
  plan: RolloutPlan,
  config: GroupConfig,
  loaded: RolloutState | undefined,
): Promise<void> {
  requireStart(plan, config, current(loaded, plan.lane, config));
  await requireCopiesAllowed(plan, config, loaded);
}

/** A state of a rollout that is under way; one that ended by hand, with nobody and no copies in the lane, is of no use. */
function current(found: RolloutState | undefined, lane: string, config: GroupConfig): RolloutState | undefined {
  const { group, weights } = config.read();
  const ended = (weights[lane] ?? 0) === 0 && ownCopies(group, lane, found) === undefined;
  return found?.failed !== undefined || found?.promoting === true || !ended ? found : undefined;
}

/** @throws UserError where there is nothing to roll out. */
function requireStart({ lane, steps }: RolloutPlan, config: GroupConfig, found: RolloutState | undefined): void {
  const { group, weights } = config.read();
  const summary = `lane ${lane} cannot be rolled out`;
  if (!group.lanes.some(({ name }) => name === lane)) throw new UserError(summary, [unknownLane(group, lane)]);
  if (found?.failed !== undefined || found?.promoting === true) return;
  if (group.baseline === lane) {
    const fix = "Name a lane that is to take its place.";
    refuse(summary, `${lane} is the baseline already`, "another lane", fix);
  }
  if (baselineOf(group, lane) === undefined) {
    const fix = `Set the group's baseline, or give the lanes weights: \`lanes shift\`.`;
    refuse(
      summary,
      `no lane of group ${group.name} gets the other requests`,
      "a lane to compare with",
      fix,
      "baseline",
    );
  }
  const weight = weights[lane] ?? 0;
  const last = steps.at(-1) ?? 0;
  if (weight > last) {
    const fix = `Name more steps, such as --steps ${[...steps, 100].join(",")}, or shift it back: \`lanes shift ${lane}=${last}\`.`;
    refuse(summary, `${lane} has ${weight} % already`, `at most the last step, ${last} %`, fix, "--steps");
  }
}

/** The steps that are left by the weights of now; the one that these are at is taken again, since nobody knows its verdict. */
export function stepsLeft(steps: readonly number[], weight: number): readonly number[] {
  return steps.filter((step) => step >= weight);
}

async function takeSteps(plan: RolloutPlan, world: World, state: RolloutState): Promise<void> {
  const { config } = world;
  for (const step of stepsLeft(plan.steps, config.read().weights[plan.lane] ?? 0)) {
    await writeStep(step, plan, world, state);
    await updateStep(step, world);
    const { group } = config.read();
    const outcome = await watchStep(
      step,
      plan,
      { group, baseline: baselineOf(group, plan.lane), earlier: earlierOf(state) },
      world,
    );
    if (outcome.kind === "worse") throw new Ended("rolled back", failedAt(world, step, outcome.reasons));
    if (outcome.kind !== "passed") throw new Ended(outcome.kind, outcome.reasons);
    // What arrived at the entry is no measure of what is sent to it.
    if (step === copiesStep) continue;
    remember(state, group, baselineOf(group, plan.lane), outcome.tally, plan.limits.minRequests);
    world.state.save(state);
  }
}

async function updateStep(step: number, world: World): Promise<void> {
  if (await update(world, step)) return;
  throw new Ended("rolled back", failedAt(world, step, ["the mesh is not as planned after the update"]));
}

/** The edit of a step, where the config does not say so already. */
async function writeStep(step: number, plan: RolloutPlan, world: World, state: RolloutState): Promise<void> {
  const { config } = world;
  const { lane } = plan;
  const { group, weights } = config.read();
  const own = ownCopies(group, lane, state);
  if (step !== copiesStep) {
    if (weights[lane] === step) return;
    await approve(`Shift ${lane} to ${step} %?`, plan, world);
    if (own !== undefined) await stopCopies(step, plan, world, state);
    await write(world, plan, () => config.shift({ [lane]: step }));
  } else if (own !== plan.copies) {
    await approve(`Copy ${plan.copies} % of the requests to ${lane}?`, plan, world);
    // Those of a run that copied another share, before the new ones are known: killed in between, nothing is taken for somebody else's.
    if (own !== undefined) await write(world, plan, () => config.endCopies());
    // Known as its own before it is there, whatever is killed.
    state.copies = plan.copies;
    world.state.save(state);
    await write(world, plan, () => config.beginCopies(plan.copies));
  }
}

/**
 * Copies end in an update of their own: of a step, what makes them goes last, and until then it would copy the requests that the lane
 * gets by its new share as well.
 */
async function stopCopies(step: number, plan: RolloutPlan, world: World, state: RolloutState): Promise<void> {
  await write(world, plan, () => world.config.endCopies());
  forgetCopies(world, state);
  await updateStep(step, world);
}

/** From now on, a mirror in the config is somebody else's. */
function forgetCopies(world: World, state: RolloutState): void {
  if (state.copies === undefined) return;
  state.copies = undefined;
  world.state.save(state);
}

async function promoteLane(plan: RolloutPlan, world: World, state: RolloutState): Promise<void> {
  const { config } = world;
  if (config.read().group.baseline !== plan.lane) {
    await approve(`Promote ${plan.lane}?`, plan, world);
    state.promoting = true;
    world.state.save(state);
    await write(world, plan, () => config.promote(plan.lane));
  }
  if (!(await update(world, "promote"))) {
    throw new Ended("update failed", ["the mesh is not as planned after the promotion"]);
  }
}

/** Nobody new comes into the lane; the others get what they had. */
async function rollBack(plan: RolloutPlan, world: World, state: RolloutState): Promise<RolloutResult> {
  const { config } = world;
  // Written first: whatever is killed from here on, the next run rolls back and does not begin again.
  world.state.save(state);
  const { group, weights } = config.read();
  const copies = ownCopies(group, plan.lane, state);
  if ((weights[plan.lane] ?? 0) > 0) {
    const baseline = baselineOf(group, plan.lane);
    const others = Object.entries(state.before).filter(([lane]) => {
      return lane !== plan.lane && lane !== baseline && group.lanes.some(({ name }) => name === lane);
    });
    await write(world, plan, () => config.shift({ ...Object.fromEntries(others), [plan.lane]: 0 }));
  } else if (copies !== undefined) {
    await write(world, plan, () => config.endCopies());
    forgetCopies(world, state);
  }
  try {
    const well = await update(world, "roll back");
    if (!well) world.say({ event: "note", text: "the mesh is not as planned after the update: `lanes status`" });
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    return ended(world, error.result, plan, [...error.reasons, "the roll back is in the config, and not in the mesh"]);
  }
  world.state.clear();
  const text = copies === undefined ? undefined : "no more copies are sent to it, and nobody was in it";
  return ended(world, "rolled back", plan, state.failed, text);
}

async function approve(question: string, plan: RolloutPlan, world: World): Promise<void> {
  requireGoingOn(world);
  if (plan.approve && !(await world.ask(question))) throw new Ended("stopped", ["it was not approved"]);
}

function requireGoingOn({ stopped }: World): void {
  if (stopped.aborted) throw new Ended("stopped", ["it was interrupted"]);
}

async function write(world: World, { lane }: RolloutPlan, change: () => Promise<readonly string[]>): Promise<void> {
  const files = await change();
  const { group, weights } = world.config.read();
  world.say({ event: "written", weights, files, ...copiesOf(group, lane) });
}

async function update(world: World, step: number | "promote" | "roll back"): Promise<boolean> {
  world.say({ event: "update", step });
  try {
    return await world.update();
  } catch (error) {
    throw new Ended("update failed", [error instanceof Error ? error.message : String(error)]);
  }
}

function failedAt({ say }: World, step: number, reasons: readonly string[]): readonly string[] {
  say({ event: "failed", step, reasons });
  return reasons;
}

function earlierOf({ earlier }: RolloutState): ReadonlyMap<string, HopCount> {
  return new Map(
    Object.entries(earlier).map(([service, { times, ...counts }]) => {
      return [service, { ...noRequests, ...counts, times: new Map(times) }];
    }),
  );
}

function remember(
  state: RolloutState,
  group: LaneGroup,
  baseline: string | undefined,
  tally: Tally,
  enough: number,
): void {
  if (baseline === undefined || tally.of(baseline, group.entry.service).requests < enough) return;
  state.earlier = Object.fromEntries(
    group.services.map(({ name }) => {
      const { requests, errors, times } = tally.of(baseline, name);
      return [name, { requests, errors, times: [...times] }];
    }),
  );
}

function ended(
  { config, say }: World,
  result: RolloutResult,
  { lane }: RolloutPlan,
  reasons: readonly string[] = [],
  told?: string,
): RolloutResult {
  const { weights, group } = config.read();
  const sticky = result === "rolled back" && group.entry.sticky !== false;
  const share = { weights, ...copiesOf(group, lane) };
  const more: Readonly<Record<RolloutResult, string>> = {
    done: `it is rolled out: \`lanes promote ${lane}\` makes it the baseline`,
    promoted: "it is the baseline",
    "rolled back": sticky
      ? `nobody new comes into it; clients that have its cookie keep it: \`lanes retire ${lane}\` ends that`
      : "nobody new comes into it",
    "no verdict": "nothing was changed since; run the command again to go on",
    stopped: "the config says so; run the command again to go on",
    "update failed": "the config says so and the mesh may not; run the command again to go on",
  };
  const lines = [...reasons.map((reason) => `  ${reason}`), `${result}: ${shareText(share)}; ${told ?? more[result]}`];
  say({ event: "end", result, ...share, text: lines.join("\n") });
  return result;
}
