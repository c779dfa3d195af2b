import assert from "node:assert/strict";
import { lanes, removeStackFile, stack, writeStack } from "./support";

/** With MESH_LANES_E2E_KEEP=1 a run leaves its stack up, which makes the next one quicker. */
export const keep = process.env.MESH_LANES_E2E_KEEP === "1";

let isUp = false;

/** Of an update from what another file left: nobody sends requests then, so that none can fail. */
export const fromAnything = "--allow-unsafe-order";

/**
 * `lanes up` of the suite's stack, which has to end well, whatever another file left. Without `endStack` it stays up for the next
 * file, whose own config changes what runs: that is quicker than a node from nothing. The end of the run takes down what no file has.
 */
export async function bringUp(...flags: readonly string[]): Promise<void> {
  await safeChange(fromAnything, ...flags);
}

/** The same of a change that is to be safe: one that is not is refused. */
export async function safeChange(...flags: readonly string[]): Promise<void> {
  isUp = true;
  const { exitCode, stdout, stderr } = await lanes("up", "--stack", stack, ...flags);
  assert.equal(exitCode, 0, stdout + stderr);
}

/** Removes the suite's stack with its node, state and config. */
export async function endStack(): Promise<void> {
  isUp = false;
  const { exitCode } = await lanes("stop", "--stack", stack, "--purge");
  removeStackFile();
  assert.equal(exitCode, 0);
}

after(async () => {
  if (!isUp || keep) return;
  // Without its file nobody knows what kind of cluster the stack has.
  writeStack();
  await endStack();
});
