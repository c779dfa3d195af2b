import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { appliedConfig } from "../../../config/applied";
import { orderSeen } from "../../../config/order/refusal";
import { withIncludes } from "../../../config/read";
import { configNamespace } from "../../../config/stack";
import main from "../../../index";
import { s2Input } from "../components/lanes/fixtures";
import { type PulumiMocks, startPulumiMocks } from "../pulumi-mocks";
import { kubeconfigOf } from "./existing-cluster";
import { runProgram } from "./run-stack";

const variable = "MESH_LANES_ALLOW_UNSAFE_ORDER";

/** Of the engine itself: what this run has of a resource. */
const question = "pulumi:pulumi:getResource";

interface Monitor {
  invoke(
    request: { getTok(): string },
    callback: (error: Error | undefined, answer: unknown) => void,
  ): void | Promise<void>;
}

describe("the program, where no order of an update's steps makes a change safe", function () {
  this.timeout(60_000);
  let folder: string;
  let asked: string[];
  let failing: Error | undefined;
  let told: string[];
  let mocks: PulumiMocks;
  const { warn } = pulumi.log;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-order-"));
    writeFileSync(join(folder, "kubeconfig"), kubeconfigOf("t"));
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    [asked, told, failing] = [[], [], undefined];
    Object.defineProperty(pulumi.log, "warn", { configurable: true, value: async (text: string) => told.push(text) });
  });
  afterEach(async () => {
    Object.defineProperty(pulumi.log, "warn", { configurable: true, value: warn });
    delete process.env[variable];
    pulumi.runtime.setAllConfig({});
    await startPulumiMocks();
  });

  const versions = ["v1", "v2", "v3", "v4"];
  const services = s2Input.services.map((service) => ({ ...service, versions }));
  /** A strict group whose lane s3 has this version. */
  const values = (version: string) => ({
    cluster: { kind: "existing", kubeconfig: join(folder, "kubeconfig"), context: "mine" },
    mesh: { existing: true },
    laneGroups: [
      { ...s2Input, services, lanes: s2Input.lanes.map((lane) => (lane.name === "s3" ? { ...lane, version } : lane)) },
    ],
  });
  const note = (version: string) => {
    const config = appliedConfig(withIncludes({ values: values(version), encrypted: new Set() }));
    return JSON.parse(JSON.stringify(config));
  };

  /** Runs the program with lane s3 at v4, where the stack's root has these outputs of the last update. */
  async function run(outputs: () => Record<string, unknown>, preview = false) {
    mocks = await startPulumiMocks({
      outputs: ({ type }) => (type === "pulumi:pulumi:Stack" ? outputs() : {}),
      ...(preview && { replaced: [] }),
    });
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const invoke = monitor.invoke.bind(monitor);
    monitor.invoke = async (request, callback) => {
      asked.push(request.getTok());
      if (failing) return callback(failing, undefined);
      return invoke(request, callback);
    };
    const config = Object.entries(values("v4")).map(([key, value]) => [`${configNamespace}:${key}`, value] as const);
    pulumi.runtime.setAllConfig(Object.fromEntries(config.map(([key, value]) => [key, JSON.stringify(value)])));
    return runProgram(() => main());
  }
  const made = () => mocks.resources.filter(({ custom }) => custom).length;

  it("refuses it before anything is registered, with the reason, the sequence, and how to make it all the same", async () => {
    await assert.rejects(
      run(() => ({ appliedConfig: note("v3") })),
      (error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(
          error.message,
          `this update would be unsafe; nothing was applied
  test: strict lane s3 changes its version in place (mocka v3 -> v4, mockb v3 -> v4 and mockc v3 -> v4): its callers have the new label before the routes know it
    expected: a change that is safe in one update
    fix: Add a lane with the new version, shift to it, then remove this one. To make it in one update all the same: \`lanes up --allow-unsafe-order\`, or pulumi with MESH_LANES_ALLOW_UNSAFE_ORDER=1.`,
        );
        return true;
      },
    );
    assert.equal(made(), 0);
    assert.deepEqual(asked, [question]);
  });

  it("refuses it in a preview too, where nobody waits for the answer first", async () => {
    await assert.rejects(
      run(() => ({ appliedConfig: note("v3") }), true),
      /this update would be unsafe/,
    );
  });

  it("makes it where the environment allows it, and says the same as a warning", async () => {
    process.env[variable] = "1";
    await run(() => ({ appliedConfig: note("v3") }));
    assert.ok(made() > 0);
    assert.equal(told.length, 1);
    assert.match(
      told[0] ?? "",
      /^this update is unsafe, and is made all the same \(MESH_LANES_ALLOW_UNSAFE_ORDER=1\)\n {2}test: strict lane s3 .*\n.*\n {4}fix: Add a lane with the new version, shift to it, then remove this one\.$/,
    );
  });

  it("leaves it to the command that runs the engine, and asks all the same: the state has the provider of the call", async () => {
    Object.assign(process.env, orderSeen);
    await run(() => ({ appliedConfig: note("v3") }));
    assert.ok(made() > 0);
    assert.deepEqual([asked, told], [[question], []]);
  });

  it("takes nothing else for leave", async () => {
    process.env[variable] = "0";
    await assert.rejects(
      run(() => ({ appliedConfig: note("v3") })),
      /this update would be unsafe/,
    );
  });

  const unknown: Readonly<Record<string, () => Record<string, unknown>>> = {
    "the same config was applied": () => ({ appliedConfig: note("v4") }),
    "nothing was applied yet": () => ({}),
    "no update noted its config": () => ({ kubeconfig: "k" }),
    "the key to the note is missing": () => ({ appliedConfig: null }),
    "the note is wrong for this version": () => ({
      appliedConfig: { values: { laneGroups: [{ nme: "old" }] }, encrypted: [], secrets: [] },
    }),
  };
  for (const [what, outputs] of Object.entries(unknown)) {
    it(`refuses nothing where ${what}`, async () => {
      await run(outputs);
      assert.ok(made() > 0);
      assert.deepEqual(told, []);
    });
  }

  it("says that it refuses nothing where the engine does not answer", async () => {
    // As an answer of the engine has it.
    failing = Object.assign(new Error(), { details: "no answer\nat all" });
    await run(() => ({ appliedConfig: note("v3") }));
    assert.ok(made() > 0);
    assert.deepEqual(told, [
      "what the stack last applied cannot be read (no answer): a change that is unsafe in one update is not refused",
    ]);
  });
});
