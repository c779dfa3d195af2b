import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { createLanes } from "../../../examples/own-cluster/lanes";
import { outputValue, type PulumiMocks, startPulumiMocks } from "../pulumi-mocks";
import { runProgram } from "../stacks/run-stack";

describe("examples/own-cluster", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks();
  });

  const run = (mesh: "istio" | "asm") => runProgram(async () => createLanes(pulumi.secret("kubeconfig"), mesh));
  const objects = () =>
    mocks.resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ name }) => name)
      .sort();

  it("makes the objects of lanes and nothing else on upstream Istio", async () => {
    const { lanes } = await run("istio");
    assert.deepEqual(
      (await outputValue(lanes)).lanes.map(({ lane }) => lane),
      ["stable", "canary"],
    );
    assert.deepEqual(
      new Set(objects().map((name) => name.split("/")[0])),
      new Set(["DestinationRule", "EnvoyFilter", "VirtualService"]),
    );
  });

  it("makes those of ASM on ASM, by the mesh's provider", async () => {
    await run("asm");
    const kinds = new Set(objects().map((name) => name.split("/")[0]));
    assert.ok(kinds.has("VirtualService") && !kinds.has("EnvoyFilter"), [...kinds].join(", "));
    for (const { type, provider, name } of mocks.resources) {
      if (type.startsWith("kubernetes:")) assert.match(provider, /::mesh::/, name);
    }
  });
});
