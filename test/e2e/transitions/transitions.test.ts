import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Change } from "../../../components/lanes/transition/change";
import { seed } from "../../seed";
import { Load, versionsMet } from "../load";
import { bringUp } from "../suite-stack";
import { lanes, stack, writeGroups } from "../support";
import { placed, render, TransitionMesh } from "./mesh";
import { type Replay, randomReplays } from "./replays";
import { type Tally, table, tally } from "./tally";
import { atOnce, reversed, type Wave } from "./waves";

/** Changes of one lane group each, which are made together in one update. 50 for a longer run. */
const count = Number(process.env.MESH_LANES_TRANSITIONS ?? 10);
const gateway = "http://10.200.0.2";
/** Of all requests together. */
const perSecond = 60;
/** A workload of the stack brings the app's image to the node. */
const image = { name: "mocka", app: "mock", port: 8000, versions: ["v1"] };
/** So long requests are sent before a change, and after it. */
const steadyMs = 3000;

/**
 * Random changes of lane groups that the checker calls safe are made under load, by this program and in two worse ways: everything
 * by one `kubectl apply`, and the steps in the reverse order. The mesh sends nothing a second time.
 */
describe("random changes of lane groups under load", () => {
  const mesh = new TransitionMesh();
  const rows: Record<string, Tally> = {};
  let replays: readonly Replay[];

  const update = async (groups: readonly object[]): Promise<void> => {
    writeGroups([image], groups);
    await bringUp("--no-verify");
  };

  before(async () => {
    replays = randomReplays(seed, count, placed);
    const ordered = replays.filter(({ needsOrder }) => needsOrder).length;
    const requests = replays.flatMap((replay) => replay.requests).length;
    process.stderr.write(
      `MESH_LANES_SEED=${seed}, ${count} changes, of which ${ordered} need their order; ${requests} kinds of requests\n`,
    );
    await update([]);
    await mesh.prepare(replays.flatMap(({ change }) => [change.before, change.after]));
    await update(replays.map(({ inputs }) => inputs.before));
  });

  after(async () => {
    process.stderr.write(`${table(rows)}\n`);
    // Objects that the stack takes for its own.
    await update([]);
    await mesh.clean();
  });

  it("fail no request and mix no chain when this program makes them", async () => {
    writeGroups(
      [image],
      replays.map(({ inputs }) => inputs.after),
    );
    const seen = await underLoad("this program", async () => {
      const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
      assert.equal(exitCode, 0, stdout);
    });
    assert.deepEqual(seen.problems, {});
    assert.deepEqual(seen.unmoved, []);
  });

  it("are counted when everything is applied at once", async () => {
    await back();
    const seen = await underLoad("all at once", () => make(atOnce(changes(), render), "end"));
    assert.deepEqual(seen.unmoved, []);
  });

  it("fail requests or mix chains when the steps come in the reverse order", async () => {
    await back();
    const { failed, mixed } = await underLoad("reversed", () => make(reversed(changes(), render), "each"));
    assert.ok(failed + mixed > 0, "the order of the steps makes no difference");
  });

  const changes = (): Change[] => replays.map(({ change }) => change);

  async function make(waves: readonly Wave[], settle: "each" | "end"): Promise<void> {
    const groups = changes().map(({ after }) => after);
    await mesh.make(waves, { groups, settle });
  }

  /** The groups as they were before, by whatever way: nothing is sent meanwhile. */
  async function back(): Promise<void> {
    const undone = changes().map(({ before, after }) => ({ before: after, after: before }));
    await make(atOnce(undone, render), "end");
  }

  async function underLoad(way: string, change: () => Promise<void>): Promise<Tally> {
    const sent = replays.flatMap(({ requests }) => requests);
    const loads: Load[] = [];
    try {
      for (const { request } of sent) {
        loads.push(new Load(gateway, request, perSecond / sent.length, versionsMet));
        // One after the other, and not all at the same moment.
        await sleep(1000 / perSecond);
      }
      await sleep(steadyMs);
      const startedAt = performance.now();
      await change();
      process.stderr.write(`${way}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
      await sleep(steadyMs);
    } finally {
      await Promise.all(loads.map((load) => load.stop()));
    }
    const seen = tally(sent.map((each, at) => ({ sent: each, result: (loads[at] as Load).result })));
    rows[way] = seen;
    if (way !== "this program") process.stderr.write(`${JSON.stringify(Object.entries(seen.problems).slice(0, 5))}\n`);
    return seen;
  }
});
