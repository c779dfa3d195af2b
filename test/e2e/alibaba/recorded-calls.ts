import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { actionsOf, type Phase, phases, recordedCalls } from "../../../components/alibaba/policies";
import { projectRoot } from "../../../tools/paths";
import type { Call } from "../../cloud/account";
import type { RunResult } from "../support";
import type { AccountStack } from "./stack";

/** With MESH_LANES_RECORD=1 everything is allowed, and in the end what was called is what the policies are made of. */
const records = process.env.MESH_LANES_RECORD === "1";
const file = join(projectRoot, "components", "alibaba", "recorded-calls.json");

/** What the tests of an account call in each phase. */
export class RecordedCalls {
  private readonly seen = new Map<Phase, Set<string>>();

  /** A command that has to end well, under the policy of its phase. */
  public async during(
    phase: Phase,
    stack: AccountStack,
    ...args: readonly string[]
  ): Promise<RunResult & { readonly calls: readonly Call[] }> {
    const result = await stack.may(records ? undefined : actionsOf(phase), ...args);
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    // The second is what the stand-in does not know; the provider gets over some refusals without a word.
    const strange = ["Forbidden.RAM", "InvalidAction.NotFound"];
    const refused = result.calls.filter((call) => strange.includes(call.refused ?? "")).map(({ action }) => action);
    assert.deepEqual([...new Set(refused)], [], `calls that the policy of ${phase} does not have`);
    const seen = this.seen.get(phase) ?? new Set();
    this.seen.set(phase, seen);
    for (const { action } of result.calls) seen.add(action);
    return result;
  }

  /** What was called in each phase, compared with what is checked in. */
  public compare(): void {
    const seen = Object.fromEntries(phases.map((phase) => [phase, [...(this.seen.get(phase) ?? [])].sort()]));
    if (records) writeFileSync(file, `${JSON.stringify(seen, undefined, 2)}\n`);
    else assert.deepEqual(seen, recordedCalls);
  }
}
