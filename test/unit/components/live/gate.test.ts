import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Claimant } from "../../../../components/live/claim";
import { ClusterObjects } from "../../../../components/live/cluster-objects";
import { Gate } from "../../../../components/live/gate";
import type { Problem } from "../../../../tools/user-error";
import { collectRefusals } from "../../refusals";

const claimant: Claimant = {
  ...{ stack: "mesh-lanes.test", adopt: new Set(), fixes: new Map() },
  state: async () => undefined,
};
const cluster = new ClusterObjects(async () => "", claimant.stack);
const problem: Problem = { path: "Service a", got: "it exists", expected: "no such object", fix: "Rename it." };

describe("the gates of a program that writes to two API servers", () => {
  const refusals = collectRefusals();

  const isOpen = async (gate: Gate, withinMs = 300) =>
    Promise.race([gate.wait().then(() => true), sleep(withinMs, false)]);
  const gateOf = (known: Promise<ClusterObjects | undefined>, found: readonly Problem[], afterMs: number) => {
    const gate = new Gate(known, claimant, () => Promise.resolve());
    gate.check(async () => sleep(afterMs, found));
    return gate;
  };

  it("both stay shut where one finds something in the way, however late", async () => {
    const [fine, refusing] = [
      gateOf(Promise.resolve(cluster), [], 0),
      gateOf(Promise.resolve(cluster), [problem], 150),
    ];
    assert.deepEqual(await Promise.all([isOpen(fine), isOpen(refusing)]), [false, false]);
    assert.equal(refusals.length, 1);
    assert.match(refusals.join(), /Nothing was changed/);
  });

  it("tell the problems of both at once", async () => {
    const gates = [20, 120].map((ms, at) =>
      gateOf(Promise.resolve(cluster), [{ ...problem, path: `Service ${at}` }], ms),
    );
    assert.deepEqual(await Promise.all(gates.map((gate) => isOpen(gate))), [false, false]);
    assert.equal(refusals.length, 1);
    assert.match(refusals.join(), /Service 0.*Service 1/s);
  });

  it("tell what both found once", async () => {
    const gates = [20, 120].map((ms) => gateOf(Promise.resolve(cluster), [problem], ms));
    assert.deepEqual(await Promise.all(gates.map((gate) => isOpen(gate))), [false, false]);
    assert.equal(refusals.join().match(/Service a/g)?.length, 1);
  });

  it("both open where nothing is in the way, and one does not wait for a cluster that is still to be made", async () => {
    const both = [gateOf(Promise.resolve(cluster), [], 0), gateOf(Promise.resolve(cluster), [], 50)];
    assert.deepEqual(await Promise.all(both.map((gate) => isOpen(gate))), [true, true]);
    const later = new Promise<undefined>(() => {});
    const [known, unknown] = [gateOf(Promise.resolve(cluster), [], 0), gateOf(later, [problem], 0)];
    assert.deepEqual(await Promise.all([isOpen(known), isOpen(unknown)]), [true, false]);
  });
});
