import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollOut } from "../../../../cli/rollout/run";
import { UserError } from "../../../../tools/user-error";
import { FakeWorld, isKilledAt, plan } from "./world";

const copying = { steps: "0,50", promote: false };

describe("the step of lanes rollout at which requests are copied", () => {
  let folder: string;
  let world: FakeWorld;
  const begin = () => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-copies-"));
    world = new FakeWorld(folder);
  };
  const end = () => rmSync(folder, { recursive: true });
  beforeEach(begin);
  afterEach(end);
  const left = () => {
    const states = join(folder, ".lanes", "rollout");
    return existsSync(states) ? readdirSync(states) : [];
  };
  const mirror = () => world.config.read().group.entry.policy?.mirror;

  it("is an edit and an update, and its mirror goes before the next share, by an edit and an update of its own", async () => {
    const policy = `policy: { timeout: 3s } # the shop's own`;
    const entry = (text: string) =>
      text.replace("header: x-shop }", `header: x-shop, ${policy.split(" #")[0]} } # kept`);
    world.file = entry(world.file);
    const seen: string[] = [];
    world.before = () => seen.push(world.file);
    assert.equal(await rollOut(plan(copying), world), "done");
    assert.deepEqual(world.updates, ["v1 100, copies 10", "v1 100", "v1 50, v2 50"]);
    assert.ok(
      seen.some((text) => text.includes("policy: { timeout: 3s, mirror: { lane: v2, percent: 10 } } } # kept")),
    );
    assert.ok(world.file.includes("header: x-shop, policy: { timeout: 3s } } # kept"), world.file);
    assert.deepEqual(
      world.said.filter((line) => /wrote|as good|rollout of/.test(line)),
      [
        "rollout of v2: now v1 100 %; steps 0, 50 %",
        "wrote Pulumi.dev.yaml: v1 100 %, copies of 10 % to v2",
        "step 0 %: as good as the baseline",
        "wrote Pulumi.dev.yaml: v1 100 %",
        "wrote Pulumi.dev.yaml: v1 50 %, v2 50 %",
        "step 50 %: as good as the baseline",
      ],
    );
    assert.deepEqual(left(), []);
  });

  it("keeps an entry in block style as it is, with its comments and anchors", async () => {
    const flow = / {6}entry: \{.*\n/;
    const block = (policy: string) => `      entry:
        service: mocka
        gateway: &gateway istio-system/ingressgateway # ours
        hosts: [shop.example.com]
        header: x-shop${policy} # testers
`;
    for (const policy of ["", "\n        policy:\n          # three\n          timeout: 3s"]) {
      world.file = world.file.replace(flow, block(policy));
      const before = world.file;
      await world.config.beginCopies(25);
      assert.deepEqual(mirror(), { lane: "v2", percent: 25, writes: false });
      for (const line of before.split("\n")) assert.ok(world.file.split("\n").includes(line), line);
      await world.config.endCopies();
      assert.equal(world.file, before);
      end();
      begin();
    }
  });

  it("tells a lane that fails at a hop though nobody has met it, and leaves the config as it was", async () => {
    const before = world.file;
    world.faults = { mockc: 0.4 };
    assert.equal(await rollOut(plan({ ...copying, mirrorPercent: "50" }), world), "rolled back");
    assert.deepEqual(world.updates, ["v1 100, copies 50", "v1 100"]);
    assert.equal(world.met, false);
    assert.equal(world.file, before);
    const told = world.said.slice(-3);
    assert.match(told[0] ?? "", /^ {2}mockc v2: \d+\.\d % errors \(\d+ of \d+\), baseline v1 0\.0 % \(0 of \d+\)$/);
    assert.equal(told[1], "  seen at mocka, mockb too, which call it");
    assert.equal(told[2], "rolled back: v1 100 %; no more copies are sent to it, and nobody was in it");
    assert.deepEqual(left(), []);
  });

  it("asks, and waits for traffic as any step; then its copies go on until the next run", async () => {
    world.rate = 0.2;
    assert.equal(await rollOut(plan({ ...copying, approve: true }), world), "no verdict");
    assert.deepEqual(world.asked, ["Copy 10 % of the requests to v2?"]);
    assert.match(world.said.at(-3) ?? "", /^ {2}too little traffic: mocka v2: \d+ of 100 requests/);
    assert.equal(world.said.at(-2), "  copies that did not arrive are logged nowhere: are the lane's pods ready?");
    assert.equal(
      world.said.at(-1),
      "no verdict: v1 100 %, copies of 10 % to v2; nothing was changed since; run the command again to go on",
    );
    world = world.again();
    assert.equal(await rollOut(plan(copying), world), "done");
    assert.deepEqual(world.updates, ["v1 100, copies 10", "v1 100", "v1 50, v2 50"]);
  });

  it("is taken with another share by a run that asks for one", async () => {
    world.rate = 0.2;
    await rollOut(plan(copying), world);
    world = world.again();
    assert.equal(await rollOut(plan({ ...copying, mirrorPercent: "25" }), world), "done");
    assert.deepEqual(world.updates, ["v1 100, copies 25", "v1 100", "v1 50, v2 50"]);
    assert.deepEqual(left(), []);
  });

  it("is left out by a run that has no such step, which ends the copies of the one before", async () => {
    world.rate = 0.2;
    await rollOut(plan(copying), world);
    world = world.again();
    assert.equal(await rollOut(plan({ ...copying, steps: "20" }), world), "done");
    assert.deepEqual([world.updates, mirror()], [["v1 100", "v1 80, v2 20"], undefined]);
  });

  for (const [faults, expected] of [
    [{}, "done"],
    [{ mockb: 0.5 }, "rolled back"],
  ] as const) {
    it(`ends ${expected} and without its mirror though it is killed at each moment in turn`, async function () {
      this.timeout(240_000);
      const short = plan({ ...copying, mirrorPercent: "50", pause: "5s", minRequests: "40" });
      const original = world.file;
      let kills = 0;
      for (let moment = 1; ; moment += 1) {
        world.faults = faults;
        world.rate = 200;
        if (!(await isKilledAt(moment, short, world))) break;
        kills += 1;
        world = world.again();
        assert.equal(await rollOut(short, world), expected, `moment ${moment}`);
        assert.deepEqual([mirror(), left()], [undefined, []], `moment ${moment}`);
        if (expected === "rolled back") assert.deepEqual([world.file, world.met], [original, false], `${moment}`);
        end();
        begin();
      }
      assert.ok(kills > (expected === "done" ? 15 : 8), `${kills} moments`);
    });
  }

  it("never touches a mirror of somebody else's", async () => {
    const own = "header: x-shop, policy: { mirror: { lane: v2, percent: 20 } } }";
    world.file = world.file.replace("header: x-shop }", own);
    const before = world.file;
    await refused(copying, /entry\.policy\.mirror: .*copies 20 % of the requests to v2 already/);
    // One that the rollout has written, and somebody changed since.
    world.state.save({ format: "mesh-lanes/rollout/1", before: { v1: 100 }, earlier: {}, copies: 10 });
    await refused(copying, /copies 20 % of the requests to v2 already/);
    await refused({ ...copying, steps: "20" }, /weights give requests to v1 and other lanes by one route/);
    assert.deepEqual([world.updates, world.file], [[], before]);
  });

  it("is refused before anything is written where copies would do harm, or reach nobody", async () => {
    const original = world.file;
    world.file = original.replace("mockc, port: 8000,", "mockc, port: 8000, writes: true,");
    await refused(copying, /copies would reach mockc, which writes: twice for one request/);
    world.file = original.replace("{ name: v2 }", "{ name: v2, services: [mockb] }");
    await refused(copying, /lane v2 has no version of mocka/);
    const shared = original
      .replace("{ name: v1 }", "{ name: v1, weight: 70 }")
      .replace("{ name: v2 }\n", "{ name: v2 }\n        - { name: v3, version: v1, weight: 30 }\n");
    world.file = shared;
    await refused(copying, /weights give requests to v1 and other lanes by one route/);
    assert.deepEqual([world.updates, world.file, left()], [[], shared, []]);
  });

  it("has a share of the requests, and a step behind it", () => {
    const message = (more: Parameters<typeof plan>[0]) => {
      try {
        plan({ promote: false, ...more });
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
        return error.message;
      }
      return assert.fail("nothing was thrown");
    };
    assert.match(message({ steps: "0" }), /--steps: the only step is 0[\s\S]*--steps 0,10/);
    assert.match(message({ steps: "0,0,10" }), /each greater than the one before/);
    assert.match(message({ steps: "0,10", mirrorPercent: "0" }), /--mirror-percent: got "0"/);
    assert.match(message({ steps: "0,10", mirrorPercent: "101" }), /--mirror-percent: got "101"/);
    assert.match(
      message({ steps: "10,20", mirrorPercent: "5" }),
      /--mirror-percent: the first step is 10[\s\S]*--steps 0,10,20/,
    );
    assert.equal(plan(copying).copies, 10);
    assert.equal(plan({ ...copying, mirrorPercent: "2.5 %" }).copies, 2.5);
  });

  async function refused(flags: Parameters<typeof plan>[0], expected: RegExp): Promise<void> {
    const rollout = rollOut(plan(flags), world);
    await assert.rejects(rollout, (error) => error instanceof UserError && expected.test(error.message));
  }
});
