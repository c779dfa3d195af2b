import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { appliedConfig, appliedOutput, readableConfig } from "../config/applied";
import { allowedUpdate, allowsUnsafeOrder, isOrderSeen, refusedUpdate } from "../config/order/refusal";
import type { WholeStackConfig } from "../config/read";
import type { StackConfig } from "../config/stack";
import { firstLine, isRecord } from "../tools/values";

/**
 * Refuses an update that no order of its steps makes safe, by what the stack's last update noted; to be called before anything is
 * registered. Where that is not known, as before the first update, nothing is refused. Commands of this project that run the engine
 * compare the configs themselves, and the environment says so.
 *
 * @param whole the config as it was read; where the last update noted the same, nothing else is looked at.
 * @throws UserError with the sequence to use. Where the environment allows the change, that is a warning.
 */
export async function requireSafeOrder(
  whole: WholeStackConfig,
  config: StackConfig,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  // Asked in each run: the engine keeps the provider of the call in the state, and a run without it would take that out again.
  const note = await lastNote();
  if (isOrderSeen(env)) return;
  // What is undefined is left out of a note.
  if (isDeepStrictEqual(note, JSON.parse(JSON.stringify(appliedConfig(whole))))) return;
  const before = readableConfig(note);
  if (!before) return;
  const { unsafeInOneUpdate } = await import("../config/order/unsafe");
  const unsafe = unsafeInOneUpdate(before, config);
  if (unsafe.length === 0) return;
  if (!allowsUnsafeOrder(env)) throw refusedUpdate(unsafe);
  void pulumi.log.warn(allowedUpdate(unsafe));
}

/**
 * The note of the last update: until this run has outputs of its own, the stack's root has those of the last one. The provider of
 * the call is the engine's own and no process, and reads nothing again.
 * https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/builtins.go (`getResource`)
 */
async function lastNote(): Promise<unknown> {
  try {
    const urn = pulumi.runtime.getStackResource()?.urn;
    if (!urn) return undefined;
    const { state } = await pulumi.runtime.invoke("pulumi:pulumi:getResource", { urn });
    return isRecord(state) ? state[appliedOutput] : undefined;
  } catch (error) {
    void pulumi.log.warn(
      `what the stack last applied cannot be read (${firstLine(error)}): a change that is unsafe in one update is not refused`,
    );
    return undefined;
  }
}
