import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type EngineEvent,
  LocalWorkspace,
  type LocalWorkspaceOptions,
  type OutputMap,
  Stack,
  type UpdateSummary,
} from "@pulumi/pulumi/automation";
import { stackName as stackLabelValue } from "../../components/live/object";
import { appliedOutput, readableConfig } from "../../config/applied";
import { mayBeUnsafe, orderSeen } from "../../config/order/refusal";
import type { OrderedConfig } from "../../config/order/unsafe";
import { projectName, type StackConfig } from "../../config/stack";
import { fullDiskIn } from "../../tools/disk/full";
import { workPaths } from "../../tools/paths";
import { waitFor } from "../../tools/poll";
import type { Reporter } from "../../tools/report/reporter";
import { preparePulumiHome } from "../../tools/toolchain/pulumi-home";
import type { Toolchain } from "../../tools/toolchain/toolchain";
import { UserError } from "../../tools/user-error";
import { noteOf } from "../applied/note";
import { endStrays } from "../strays";
import { fullDisk } from "./backend/room";
import { StackFiles } from "./backend/stack-files";
import { pulumiCommand } from "./command";
import {
  backendUrl,
  collectingRarely,
  makeWorkFolders,
  pulumiEnvironment,
  requireSecretsProvider,
  type StackOwner,
} from "./environment";
import { kubeconfigsOf } from "./kubeconfigs";
import { livingHolders, removeDeadLocks } from "./locks";
import { lostReleases } from "./lost-state";
import type { StateDeployment } from "./pending";
import { endStrayProviders, type Recovery, recover } from "./recovery";
import { requireNoRoutesOfOthers } from "./require-no-routes-of-others";
import { requireNoStackBeside } from "./require-no-stack-beside";
import { isBrokenHistory, lookingAtState, withoutKey } from "./state-problem";
import { LastUpdate } from "./unsaved/last-update";
import { outsideLanes } from "./unsaved/outside-lanes";
import { removeUnnoted } from "./unsaved/remove";
import { UpdateProgress } from "./update-progress";
import { withUsedCommandsOnly } from "./used-commands";

/**
 * The engine saves the whole state before and after each resource: with 110 objects of lanes that was four fifths of an update.
 * With this it saves it at its end, also where a resource fails or the update is cancelled.
 * https://github.com/pulumi/pulumi/blob/master/pkg/backend/snapshot.go (`unsafeServiceLoop`)
 */
const saveAtEnd = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/** Imports and refreshes are in the history too; an update is among so many. */
const historyPage = 50;

/** Error of whatever looks at a stack that its backend does not have. */
export { StackNotFoundError } from "@pulumi/pulumi/automation";

/** An update or a destroy, as the stack's history has it. */
export interface LastRun {
  readonly kind: "update" | "destroy";
  /** `interrupted`: it never came to its end, and what it did may be unknown. */
  readonly result: "succeeded" | "failed" | "running" | "interrupted";
}

/** How a stack is looked at. */
export interface StackLook {
  readonly stack: string;
  /** The folder with Pulumi.yaml. */
  readonly workDir: string;
  /** Whose `pulumi` is run. @default the one on PATH */
  readonly tools?: Pick<Toolchain, "binFolder" | "choices">;
  /** What is added to the user's own environment. */
  readonly environment: Record<string, string>;
  /** Whose plugins are laid out in this checkout's PULUMI_HOME. @default the user's own are used */
  readonly providers?: Toolchain;
  readonly progress: Reporter;
}

/** What only some sessions have. */
interface SessionParts {
  /** None where the state is not in this checkout. */
  readonly lastUpdate?: LastUpdate | undefined;
  /** The config that the last update noted; none where the stack is only looked at. */
  readonly applied?: StackConfig | undefined;
  /** None where the stack is only looked at. */
  readonly files?: StackFiles;
  /** Has the engine take the stack for the one that commands without a name mean, where that is still to be done. */
  readonly select?: () => Promise<unknown>;
}

/** A local stack of this project, opened with the pinned tools. */
export class StackSession {
  private constructor(
    private readonly stack: Stack,
    private readonly reporter: Reporter,
    private readonly owner: StackOwner,
    private readonly more: SessionParts,
  ) {}

  /**
   * Opens the stack, making it where it is new.
   *
   * @param owner whose passphrase and backend count.
   * @param workDir the folder with Pulumi.yaml and Pulumi.<stackName>.yaml.
   * @param alone whether the caller holds the checkout's lock: what an earlier run left at work is ended then.
   */
  public static async open(
    stackName: string,
    workDir: string,
    toolchain: Toolchain,
    owner: StackOwner,
    reporter: Reporter,
    alone = false,
  ): Promise<StackSession> {
    requireSecretsProvider(owner, readFileSync(join(workDir, `Pulumi.${stackName}.yaml`), "utf8"));
    makeWorkFolders();
    await preparePulumiHome(toolchain, workPaths.pulumiHome);
    const free = (): boolean => {
      const holders = livingHolders();
      if (holders.length === 0) return true;
      const who = holders.map(({ pid, timestamp = "an unknown time" }) => `process ${pid} since ${timestamp}`);
      reporter.blocked(`waiting for pulumi (${who.join(", ")}), which is at work on this state`);
      return false;
    };
    await waitFor("the stack's state", free, { withinMs: Number.POSITIVE_INFINITY, everyMs: 500 });
    const dead = removeDeadLocks();
    if (dead.length > 0) reporter.note(`removed the stack lock of a run that was killed (process ${dead.join(", ")})`);
    if (alone) await endStrays(reporter, true);
    const environment = pulumiEnvironment(toolchain, owner);
    const lastUpdate = lastUpdateOf(stackName, environment);
    const files = new StackFiles(stackName, { workDir, environment }, lastUpdate, reporter);
    files.repair();
    // To select a stack the engine writes to its home, and a new one's salt into its config file, which it does not in one step.
    files.requireRoom("pulumi");
    const selected = () => lookingAtState(stackName, () => select(stackName, workDir, toolchain, environment));
    const noted = readableConfig(dead.length === 0 ? lastUpdate?.noted() : undefined);
    if (noted) {
      // The stack is there, and nothing in its state is pending: the engine need not be asked first.
      const named = await namedStack(stackName, workDir, toolchain, environment);
      return new StackSession(named, reporter, owner, { lastUpdate, applied: noted, files, select: selected });
    }
    const stack = await selected();
    if (dead.length > 0) await endStrayProviders(workPaths.pulumiHome);
    const recovery = await lookingAtState(stackName, () => recover(stack, stackLabelValue(projectName, stackName)));
    reportRecovery(recovery, reporter);
    const applied = readableConfig(noteOf(recovery.state));
    return new StackSession(stack, reporter, owner, { lastUpdate, applied, files });
  }

  /**
   * Opens the stack to look at it: nothing is recovered, and nobody at work on its state is waited for.
   *
   * Nobody asks here whether its backend has it, which would take as long as to read its state: `state` and `lastRun` throw
   * StackNotFoundError where it does not.
   */
  public static async look(options: StackLook): Promise<StackSession> {
    const { stack, workDir, tools, environment, providers, progress } = options;
    if (providers) await preparePulumiHome(providers, workPaths.pulumiHome);
    const named = await lookingAtState(stack, () => namedStack(stack, workDir, tools, environment));
    const lastUpdate = lastUpdateOf(stack, environment);
    return new StackSession(named, progress, "user", { lastUpdate });
  }

  /** Makes the stack in its backend, which has none of that name. */
  public async make(): Promise<void> {
    await lookingAtState(this.stack.name, () => this.stack.workspace.createStack(this.stack.name));
  }

  /**
   * `pulumi preview`, also of a change that an update refuses as unsafe: whether it is, who asks for a preview finds in the configs.
   *
   * @param onBegin called once the engine has read the state and comes to the program, and not where it does not come to that.
   * @returns every event of the engine; values of secrets are masked in them.
   * @throws UserError with the engine's own diagnostics when the preview fails.
   */
  public async preview(policyPacks: readonly string[] = [], onBegin = () => {}): Promise<readonly EngineEvent[]> {
    const events: EngineEvent[] = [];
    await this.run("preview", async ({ onEvent, onOutput }) => {
      const keep = (event: EngineEvent) => {
        if (events.length === 0) onBegin();
        events.push(event);
        onEvent(event);
      };
      await this.within(orderSeen, () =>
        this.stack.preview({ onEvent: keep, onOutput, policyPacks: [...policyPacks] }),
      );
    });
    return events;
  }

  /**
   * The config that the last update noted, where that is known without the engine: it was made here, ended well, and nobody has
   * written the state since. Else the state and the history tell.
   */
  public noted(): StackConfig | undefined {
    return readableConfig(this.more.lastUpdate?.noted());
  }

  /** The stack's state as the last update left it; secrets are plain here. */
  public async state(): Promise<StateDeployment> {
    return (await lookingAtState(this.stack.name, () => this.stack.exportStack())).deployment;
  }

  /** Name of the Pulumi project, as objects of its stacks carry it. */
  public async project(): Promise<string> {
    return (await this.stack.workspace.projectSettings()).name;
  }

  /** How the last update or destroy of the stack ended; undefined where there was none. */
  public async lastRun(): Promise<LastRun | undefined> {
    // Without secrets, which the config of an update has.
    const isRunning = this.more.lastUpdate !== undefined && livingHolders(this.more.lastUpdate.locks).length > 0;
    if (isRunning) return { kind: "update", result: "running" };
    const runs = await lookingAtState(this.stack.name, () => this.stack.history(historyPage, 1, false)).catch(
      (error) => {
        // An update whose disk was full.
        if (error instanceof UserError && isBrokenHistory(error)) return undefined;
        throw error;
      },
    );
    if (!runs) return { kind: "update", result: "interrupted" };
    const last = runs.find(({ kind }) => kind === "update" || kind === "destroy");
    if (!last) return undefined;
    // One that is killed comes into no history.
    const killed = last.result === "succeeded" && this.more.lastUpdate?.unsavedSince() !== undefined;
    return { kind: last.kind === "destroy" ? "destroy" : "update", result: killed ? "interrupted" : resultOf(last) };
  }

  /**
   * `pulumi up` with progress by resource. Where nothing but lanes has changed the state is saved once, at the end. Objects that an
   * earlier one has made which was killed before that, and that no config has any more, are deleted.
   *
   * @param config what the update is to make.
   * @param options.allowUnsafeOrder whether a change is made that no order of its steps makes safe. @default as the environment says
   * @returns the stack's outputs; secrets among them are plain here, so never print the whole map.
   * @throws UserError with the engine's own diagnostics when the update fails, and before it begins where it is unsafe.
   */
  public async up(
    config: OrderedConfig,
    { allowUnsafeOrder }: { readonly allowUnsafeOrder?: boolean | undefined } = {},
  ): Promise<{ outputs: OutputMap; changes: Record<string, number> }> {
    // Where the program refuses, the stack's last update is one that failed.
    const { requireSafeOrder } = await import("../applied/require-safe-order");
    const warning = requireSafeOrder(this.more.applied, config, allowUnsafeOrder);
    if (warning !== undefined) this.reporter.note(`warning: ${warning}`);
    const { name, workspace } = this.stack;
    const { workDir } = workspace;
    const outside = this.more.lastUpdate && outsideLanes(join(workDir, `Pulumi.${name}.yaml`), workDir);
    const since = this.unknownSince();
    const marked = this.more.lastUpdate?.unsavedSince() !== undefined;
    let changes: Record<string, number> = {};
    let began = false;
    const { outputs } = await this.run("update", async ({ onEvent, onOutput }) => {
      const savesOften = outside === undefined || !this.more.lastUpdate?.differsInLanesOnly(outside);
      this.more.lastUpdate?.keep(new Date());
      if (!savesOften) this.more.lastUpdate?.begins(new Date());
      const count = (event: EngineEvent) => {
        began = true;
        changes = event.summaryEvent?.resourceChanges ?? changes;
        onEvent(event);
      };
      // What was compared above is the config as it was read; the program compares what it applies, if that may matter.
      const more = { ...(mayBeUnsafe(allowUnsafeOrder) && orderSeen), ...(!savesOften && saveAtEnd) };
      return this.within(more, () => this.stack.up({ onEvent: count, onOutput }));
    }).catch((error) => {
      // The engine came to nothing, such as without the key to the state: nothing can be unsaved.
      if (!began && !marked) this.more.lastUpdate?.neverBegan();
      throw error;
    });
    if (since) await this.removeUnnoted(since);
    if (this.more.files) this.more.files.restoredSince = undefined;
    if (outside !== undefined) this.more.lastUpdate?.ended(outside, outputs[appliedOutput]?.value);
    return { outputs, changes };
  }

  /**
   * `pulumi destroy`, and what `up` says of killed updates.
   *
   * @throws UserError also where routes of others name subsets of the stack.
   */
  public async destroy(): Promise<void> {
    const since = this.unknownSince();
    // A cluster of this program goes with the stack.
    const known = kubeconfigsOf(await this.state());
    const label = stackLabelValue(projectName, this.stack.name);
    const clusters = this.owner === "user" ? known : [];
    await requireNoRoutesOfOthers(label, clusters);
    if (this.owner === "program") await requireNoStackBeside(label, known);
    await this.run("destroy", async (options) => {
      this.more.lastUpdate?.keep(new Date());
      await this.stack.destroy(options);
    });
    if (since) await this.removeUnnoted(since, clusters);
    this.more.lastUpdate?.forget();
  }

  /** Since when there may be objects that the state does not know. */
  private unknownSince(): Date | undefined {
    return this.more.lastUpdate?.unsavedSince() ?? this.more.files?.restoredSince;
  }

  private async removeUnnoted(since: Date, clusters?: readonly string[]): Promise<void> {
    const deployment = await this.state();
    const label = stackLabelValue(projectName, this.stack.name);
    await removeUnnoted({ deployment, label, since, clusters: clusters ?? kubeconfigsOf(deployment) }, this.reporter);
  }

  /** The outputs of the last update; secrets among them are plain here. */
  public async outputs(): Promise<OutputMap> {
    return lookingAtState(this.stack.name, () => this.stack.outputs());
  }

  /** Runs a command of the engine with more in its environment. */
  private async within<T>(more: Readonly<Record<string, string>>, command: () => Promise<T>): Promise<T> {
    const { workspace } = this.stack;
    const { envVars } = workspace;
    workspace.envVars = { ...envVars, ...more };
    try {
      return await command();
    } finally {
      workspace.envVars = envVars;
    }
  }

  private async run<T>(
    what: string,
    action: (options: { onEvent: (event: EngineEvent) => void; onOutput: (text: string) => void }) => Promise<T>,
  ): Promise<T> {
    this.more.files?.requireRoom(`pulumi ${what}`);
    mkdirSync(workPaths.logs, { recursive: true });
    const progress = new UpdateProgress(this.reporter, join(workPaths.logs, `pulumi-${what}.log`));
    let selected: Promise<unknown> | undefined;
    try {
      const done = await action({
        onEvent: (event) => {
          // Once the engine has begun: two that begin at once would both write a missing salt into the stack's file.
          selected ??= this.more.select?.();
          selected?.catch(() => {});
          progress.onEvent(event);
        },
        onOutput: (text) => progress.log(text),
      });
      await selected;
      return done;
    } catch (error) {
      if (error instanceof UserError) throw error;
      const broken = this.more.files?.repairAfterFailure() ?? [];
      const locked = withoutKey(this.stack.name, error);
      if (locked) throw locked;
      const failure = progress.failure(error);
      const full = fullDiskIn(failure);
      const problems = [
        ...(full === undefined ? [] : [fullDisk(full)]),
        ...lostReleases(failure, this.stack.name),
        ...broken,
      ];
      throw new UserError(`pulumi ${what} failed:\n${failure}`, problems);
    } finally {
      progress.close();
    }
  }
}

/** What is noted beside the state, where that is in this checkout. */
function lastUpdateOf(stackName: string, environment: Readonly<Record<string, string>>): LastUpdate | undefined {
  if (environment.PULUMI_BACKEND_URL !== backendUrl(workPaths.state)) return undefined;
  return new LastUpdate(workPaths.state, projectName, stackName);
}

/** The stack, made where it is new. */
async function select(
  stackName: string,
  workDir: string,
  tools: StackLook["tools"],
  envVars: Record<string, string>,
): Promise<Stack> {
  const options = await workspaceOptions(tools, envVars);
  return withUsedCommandsOnly(await LocalWorkspace.createOrSelectStack({ stackName, workDir }, options));
}

/** The stack as far as its name goes: no command asks its backend for it. */
async function namedStack(
  stackName: string,
  workDir: string,
  tools: StackLook["tools"],
  envVars: Record<string, string>,
): Promise<Stack> {
  const workspace = await LocalWorkspace.create({ workDir, ...(await workspaceOptions(tools, envVars)) });
  workspace.selectStack = async () => {};
  return withUsedCommandsOnly(await Stack.select(stackName, workspace));
}

async function workspaceOptions(
  tools: StackLook["tools"],
  envVars: Record<string, string>,
): Promise<LocalWorkspaceOptions> {
  const { PULUMI_HOME: pulumiHome } = envVars;
  return {
    pulumiCommand: await pulumiCommand(tools),
    envVars: { ...collectingRarely(), ...envVars },
    ...(pulumiHome !== undefined && { pulumiHome }),
  };
}

function resultOf({ result }: UpdateSummary): LastRun["result"] {
  if (result === "succeeded" || result === "failed") return result;
  return result === "in-progress" ? "running" : "interrupted";
}

function reportRecovery({ noted, dropped, unknown }: Recovery, reporter: Reporter): void {
  const all = [...noted, ...dropped, ...unknown];
  if (all.length === 0) return;
  reporter.note(`an update was interrupted while it was ${all.join(", ")}`);
  if (noted.length > 0) reporter.note(`found in the cluster, and noted in the state: ${noted.length}`);
  if (unknown.length > 0) reporter.note(`cannot be asked for, because the cluster does not answer: ${unknown.length}`);
}
