import assert from "node:assert/strict";
import { lastApplied } from "../../../../cli/applied/last-applied";
import type { StateDeployment } from "../../../../cli/pulumi/pending";
import type { LastRun } from "../../../../cli/pulumi/stack-session";
import { secretMark } from "../../../../cli/pulumi/values";
import { parseStackConfig } from "../../../../config/parse";
import { s2Input, s4Input } from "../../components/lanes/fixtures";

describe("what a stack last applied", () => {
  const config = parseStackConfig({ laneGroups: [s2Input] });
  const note = (plaintext: string) => ({ [secretMark]: "1b47061264138c4ac30d75fd1eb44270", plaintext });
  const applied = note(JSON.stringify({ values: { laneGroups: [s4Input] }, encrypted: [], secrets: [] }));
  const other = {
    urn: "urn:pulumi:dev::mesh-lanes::kubernetes:core/v1:Namespace::a",
    type: "kubernetes:core/v1:Namespace",
  };
  const state = (outputs?: Readonly<Record<string, unknown>>): StateDeployment => ({
    resources: [
      {
        urn: "urn:pulumi:dev::mesh-lanes::pulumi:pulumi:Stack::a",
        type: "pulumi:pulumi:Stack",
        ...(outputs && { outputs }),
      },
      other,
    ],
  });
  const run = (result: LastRun["result"], kind: LastRun["kind"] = "update"): LastRun => ({ kind, result });
  const told = (deployment: StateDeployment, last?: LastRun) => {
    const { before, noted } = lastApplied(deployment, last, config);
    return [before.name, noted, before.config.laneGroups.map(({ name }) => name).join()];
  };

  it("is what the last update noted", () => {
    const noted = ["what the stack last applied", "yes", "shop"];
    assert.deepEqual(told(state({ appliedConfig: applied }), run("succeeded")), noted);
    // Of a backend without a history.
    assert.deepEqual(told(state({ appliedConfig: applied })), noted);
  });

  it("says when the last update did not end well, or is under way", () => {
    const noted = state({ appliedConfig: applied });
    const words = (how: string) =>
      `what the stack last applied (its last update ${how}: a part of that may be there, and a part not)`;
    assert.equal(told(noted, run("failed"))[0], words("failed half-way"));
    assert.equal(told(noted, run("running"))[0], words("is still running"));
    assert.equal(told(noted, run("interrupted"))[0], words("was interrupted"));
    const pending = { ...noted, pending_operations: [{ type: "creating", resource: other }] };
    assert.equal(told(pending, run("succeeded"))[0], words("was interrupted"));
    // Of one that runs something is pending at any moment.
    assert.equal(told(pending, run("running"))[0], words("is still running"));
    assert.match(told(noted, run("failed", "destroy"))[0] ?? "", /its last destroy failed half-way/);
  });

  it("is nothing where nothing is, and says why", () => {
    assert.deepEqual(told({}), ["nothing (the stack was never updated)", "yes", ""]);
    assert.deepEqual(told({}, run("succeeded", "destroy")), ["nothing (the stack was destroyed)", "yes", ""]);
    // The engine's own provider, by which the program reads the note, is nothing that was made.
    const root = { urn: "a", type: "pulumi:pulumi:Stack" };
    const asked = { resources: [root, { urn: "b", type: "pulumi:providers:pulumi" }] };
    assert.deepEqual(told(asked), ["nothing (the stack was never updated)", "yes", ""]);
    assert.match(told({}, run("failed"))[0] ?? "", /^nothing \(its last update failed half-way/);
  });

  it("is not known where an update noted nothing, or where the key to the note is missing", () => {
    assert.deepEqual(told(state(), run("succeeded")), ["an update that noted no config", "no", "test"]);
    assert.deepEqual(told(state({ kubeconfig: "a" }), run("succeeded"))[1], "no");
    assert.deepEqual(told(state({ appliedConfig: note("null") }), run("succeeded"))[1], "locked");
  });
});
