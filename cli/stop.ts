import { rmSync } from "node:fs";
import { nodeConfig } from "../tools/embedded/config";
import { endOrphans } from "../tools/embedded/orphans";
import { stopNode } from "../tools/embedded/stop";
import { commandRunner } from "../tools/kind/commands";
import { deleteKind, stopKind } from "../tools/kind/kind-cluster";
import { markedKind, unmarkKind } from "../tools/kind/marker";
import { workFolder } from "../tools/paths";
import { LineReporter, type Reporter } from "../tools/report/reporter";
import { isAccountStack } from "./account-stack";
import { withRunLock } from "./run-lock";
import { readStackCluster } from "./stack/read";
import { endStrays } from "./strays";

/**
 * Stops everything that `lanes up` started on this machine. State stays unless `purge`. A cluster that is not ours
 * (`existing`) is left alone: `lanes destroy` takes the stack off it.
 *
 * @returns whether nothing was left behind.
 */
export async function stop(options: { stack: string; purge: boolean }): Promise<boolean> {
  const cluster = readStackCluster(options.stack);
  if (isAccountStack({ cluster })) {
    process.stdout.write("nothing of this stack runs on this machine\n");
    return true;
  }
  const reporter = new LineReporter(1);
  const left = await withRunLock(reporter, async () => {
    reporter.phase(`stop the local cluster ${cluster.name}`);
    await endStrays(reporter);
    const orphaned = await endOrphans(reporter);
    await stopKindCluster(options.purge, reporter);
    const lines = await stopNode(nodeConfig({ name: cluster.name }), { purge: options.purge }, reporter);
    reporter.done();
    return [...orphaned, ...lines];
  });
  for (const line of left) process.stderr.write(`left behind: ${line}\n`);
  if (options.purge && left.length === 0) {
    rmSync(workFolder, { recursive: true, force: true });
    process.stdout.write("stopped, and removed its state\n");
  } else if (left.length === 0) {
    process.stdout.write("stopped; the state stays, so the next start is quick\n");
  }
  return left.length === 0;
}

/** Only a cluster that this checkout made: Docker is not even asked otherwise. */
async function stopKindCluster(purge: boolean, reporter: Reporter): Promise<void> {
  const name = markedKind();
  if (name === undefined) return;
  reporter.waiting(`kind cluster ${name} to stop`);
  const run = commandRunner();
  if (!purge) return stopKind(name, run);
  await deleteKind(name, undefined, run);
  unmarkKind();
}
