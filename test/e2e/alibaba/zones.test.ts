import assert from "node:assert/strict";
import { AccountStack } from "./stack";

describe("staging that changes its zones", () => {
  let stack: AccountStack;

  before(async () => {
    stack = await AccountStack.make("staging", "e2e-zones");
  });
  after(() => stack?.remove());

  const ok = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await stack.may(undefined, ...args);
    assert.equal(exitCode, 0, stdout + stderr);
  };
  /** Name of each vSwitch, with its id and its addresses. */
  const switches = () =>
    new Map(
      stack.account.all("VSwitch").map(({ id, fields }) => [String(fields.VSwitchName), `${id} ${fields.CidrBlock}`]),
    );

  it("leaves the vSwitches of zones that stay, and is in the new ones", async () => {
    await ok("up", "--yes", "--skip-preview");
    const before = switches();
    const [cluster, mesh] = ["Cluster", "ServiceMesh"].map((kind) => stack.account.all(kind)[0]?.id);
    stack.write((config) =>
      config.setIn(["config", "mesh-lanes:cluster", "ack", "zones"], ["cn-hangzhou-i", "cn-hangzhou-k"]),
    );
    await ok("up", "--yes", "--skip-preview");
    const after = switches();
    const zonesOf = (names: Iterable<string>) => [...new Set([...names].map((name) => name.slice(-1)))].sort();
    assert.deepEqual(zonesOf(after.keys()), ["i", "k"]);
    for (const [name, block] of after) if (name.endsWith("-i")) assert.equal(block, before.get(name));
    assert.deepEqual(
      ["Cluster", "ServiceMesh"].map((kind) => stack.account.all(kind).map(({ id }) => id)),
      [[cluster], [mesh]],
    );
    await ok("preview", "--expect-no-changes");
  });
});
