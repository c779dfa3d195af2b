import type { OutputMap } from "@pulumi/pulumi/automation";
import { curlCommand, laneRequest } from "../components/lanes/lane-request";
import { planLaneGroup } from "../components/lanes/plan";
import { formatLaneTable, laneTable } from "../components/lanes/table";
import type { StackConfig } from "../config/stack";
import { writeFile } from "../tools/disk/write-file";
import { nodeConfig } from "../tools/embedded/config";
import { checkOwner } from "../tools/embedded/owner";
import { baseLayer } from "../tools/images/base-root";
import { ensureOlderIstioImages } from "../tools/images/ensure-images";
import { projectRoot, workPaths } from "../tools/paths";
import { poll } from "../tools/poll";
import { LineReporter, type Reporter, silentReporter } from "../tools/report/reporter";
import { ensureTools } from "../tools/toolchain/ensure";
import { isAccountStack, upInAccount } from "./account-stack";
import { defaultStack } from "./command-parts";
import { makeWorkFolders, stackOwner } from "./pulumi/environment";
import { withRunLock } from "./run-lock";
import { clusterChoiceOf, toolNeeds } from "./stack/needs";
import { nodeRuns } from "./stack/node";
import { readStack } from "./stack/read";
import { isReadable, statusOf } from "./status";
import { stackKubectl } from "./status/kubectl";
import { printResults, throughUrls, verifyGroups } from "./verify";
import { waitForLanes } from "./verify/settle";
import { type GroupTarget, groupTargets } from "./verify/targets";
import { lanePassed } from "./verify/verify-group";

export interface UpOptions {
  readonly stack: string;
  /** Requests for each lane of the proof. */
  readonly requests: number;
  readonly verify: boolean;
  /** Whether the program makes a change that no order of its steps makes safe. @default as the environment says */
  readonly allowUnsafeOrder?: boolean;
  /** Nothing goes to stdout: it is part of another command, and what is wrong goes to stderr. @default false */
  readonly quiet?: boolean;
}

/** How long pods and proxies may take to come up with what was just changed: milliseconds. */
const settlingMs = 30_000;

/** What `lanes status` says, as soon as it says that all is well; else what it says in the end, in full. */
async function meshIsAsPlanned(config: StackConfig, { stack, quiet }: UpOptions, reporter: Reporter): Promise<boolean> {
  if (!isReadable(config)) {
    reporter.note("not compared: the mesh tells nothing of its proxies here");
    return true;
  }
  const kubectl = stackKubectl(config.cluster, stack);
  let told = "";
  const isWell = async (): Promise<boolean> => {
    const { text, well } = await statusOf(config, kubectl, { stack, json: false, calls: false });
    told = text;
    if (!well) reporter.waiting("the mesh to be as planned");
    return well;
  };
  const well = (await poll(isWell, { withinMs: settlingMs, everyMs: 1000 })) !== undefined;
  reporter.note(told.split("\n").at(-1) ?? "");
  if (!well) {
    reporter.done();
    (quiet ? process.stderr : process.stdout).write(`${told}\n`);
  }
  return well;
}

/**
 * The main job: from nothing, or from whatever an earlier run left, to lanes that were proven with real traffic.
 *
 * @returns whether the mesh is as planned, and every lane that was tried.
 */
export async function up(options: UpOptions): Promise<boolean> {
  const startedAt = performance.now();
  const first = readStack(options.stack);
  if (isAccountStack(first)) {
    if (!options.quiet) printLanes(first);
    return upInAccount(options.stack, first.cluster, options.allowUnsafeOrder);
  }
  makeWorkFolders();
  const reporter = new LineReporter(options.verify ? 5 : 4);
  return withRunLock(reporter, async () => {
    // While another run was waited for, somebody may have edited the file.
    const config = readStack(options.stack);
    if (!options.quiet) printLanes(config);
    reporter.phase("check this machine");
    const choice = clusterChoiceOf(config);
    reporter.note(`cluster: ${choice.kind} (${choice.reason})`);
    // Before minutes of building tools, and again when the node is made.
    if (choice.kind === "embedded") checkOwner(nodeConfig({ name: config.cluster.name }));

    reporter.phase("tools");
    const toolchain = await ensureTools(toolNeeds(config), reporter, {
      // Half a minute of unpacking packages that would otherwise come after many minutes of compiling.
      ...(choice.kind === "embedded" && { meanwhile: () => baseLayer(silentReporter) }),
    });

    reporter.phase(`pulumi up of stack ${options.stack}`);
    const { StackSession } = await import("./pulumi/stack-session");
    const session = await StackSession.open(
      options.stack,
      projectRoot,
      toolchain,
      stackOwner(config.cluster),
      reporter,
      true,
    );
    const starts = !nodeRuns(config);
    // A node that is made now loads them itself.
    if (toolchain.olderIstio && !starts) {
      await ensureOlderIstioImages(nodeConfig({ name: config.cluster.name }), toolchain.olderIstio, reporter);
    }
    const { outputs, changes } = await session.up(config, { allowUnsafeOrder: options.allowUnsafeOrder });
    reporter.note(changesInWords(changes));
    writeKubeconfig(outputs);
    const targets = groupTargets(config.laneGroups, config, outputs.gatewayUrls?.value ?? {});

    reporter.phase("compare the mesh with the plan");
    let passed = await meshIsAsPlanned(config, options, reporter);
    if (options.verify) {
      reporter.phase(`prove the lanes ${throughUrls(targets)}`);
      if (starts) await waitForLanes(targets, reporter);
      const results = await verifyGroups(targets, options.requests, reporter);
      reporter.done();
      printResults(results, targets);
      passed = results.every(lanePassed) && passed;
    }
    reporter.done();
    if (!options.quiet) printNextSteps(options.stack, targets);
    const phases = reporter.times.map((phase) => `${phase.name} ${phase.seconds.toFixed(1)} s`).join(", ");
    process.stderr.write(`total ${((performance.now() - startedAt) / 1000).toFixed(1)} s (${phases})\n`);
    return passed;
  });
}

function printLanes(config: StackConfig): void {
  for (const group of config.laneGroups) {
    process.stdout.write(`${formatLaneTable(laneTable(planLaneGroup(group)))}\n\n`);
  }
}

function writeKubeconfig(outputs: OutputMap): void {
  const kubeconfig = text(outputs, "kubeconfig");
  if (kubeconfig) writeFile(workPaths.kubeconfig, kubeconfig, { mode: 0o600 });
}

function printNextSteps(stack: string, targets: readonly GroupTarget[]): void {
  const lines = ["", "What to try next:"];
  const of = stack === defaultStack ? "" : ` --stack ${stack}`;
  const stop = of === "" ? "npm run stop" : `npm run stop --${of}`;
  const purge = of === "" ? "npm run stop -- --purge" : `${stop} --purge`;
  // curl makes no calls of gRPC.
  const target = targets.find((candidate) => "url" in candidate && candidate.grpc === undefined);
  const lane = target?.group.lanes.at(-1);
  const entering = target && lane ? laneRequest(target.group, lane) : undefined;
  if (target && "url" in target && entering && "request" in entering) {
    lines.push(`  ${curlCommand(entering.request, target.url)}    # into lane ${lane?.name}`);
  }
  lines.push(
    ...[
      [`eval "$(npx lanes env${of})"`, "pulumi and kubectl for this stack"],
      ["pulumi preview", `after a change in Pulumi.${stack}.yaml; pulumi up applies it`],
      [`npx lanes verify${of}`, "every lane and hop again"],
      [stop, `stops everything; \`${purge}\` removes the state too`],
    ].map(([command = "", what]) => `  ${command.padEnd(37)} # ${what}`),
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}

function changesInWords(changes: Record<string, number>): string {
  // What is read, such as the stack's own last outputs, changes nothing.
  const counted = Object.entries(changes).filter(([operation]) => operation !== "read");
  const words = counted.map(([operation, count]) => `${count} ${operation}`);
  return words.length > 0 ? `resources: ${words.join(", ")}` : "no resources";
}

function text(outputs: OutputMap, name: string): string | undefined {
  const value: unknown = outputs[name]?.value;
  return typeof value === "string" ? value : undefined;
}
