import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollOut } from "../../../../cli/rollout/run";
import { UserError } from "../../../../tools/user-error";
import { FakeWorld, isKilledAt, plan } from "./world";

describe("lanes rollout", () => {
  let folder: string;
  let world: FakeWorld;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-rollout-"));
    world = new FakeWorld(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const left = () =>
    existsSync(join(folder, ".lanes", "rollout")) ? readdirSync(join(folder, ".lanes", "rollout")) : [];
  const weights = () => world.config.read().weights;

  it("takes step by step, each an edit and an update, and promotes at the end", async () => {
    assert.equal(await rollOut(plan(), world), "promoted");
    assert.deepEqual(world.updates, ["v1 90, v2 10", "v1 50, v2 50", "v1 0, v2 100", "v1 0, v2 100"]);
    assert.equal(world.config.read().group.baseline, "v2");
    assert.deepEqual(left(), []);
    assert.match(world.file, /- \{ name: v1, weight: 0 \} # the old one/);
    assert.ok(world.now() >= 180_000 && world.now() < 190_000, `${world.now()}`);
    assert.deepEqual(
      world.said.filter((line) => /verdict|as good|promoted/.test(line)),
      [
        ...[10, 50, 100].map((step) => `step ${step} %: as good as the baseline`),
        "promoted: v1 0 %, v2 100 %; it is the baseline",
      ],
    );
  });

  it("ends at the last step where nobody asked for a promotion", async () => {
    assert.equal(await rollOut(plan({ promote: false, steps: "5,20" }), world), "done");
    assert.deepEqual(weights(), { v1: 80, v2: 20 });
    assert.equal(world.config.read().group.baseline, "v1");
  });

  it("rolls a lane back that fails at one hop, soon, and names the hop", async () => {
    world.faults = { mockc: 0.4 };
    assert.equal(await rollOut(plan(), world), "rolled back");
    assert.deepEqual(world.updates, ["v1 90, v2 10", "v1 100, v2 0"]);
    assert.ok(world.now() < 60_000, `${world.now()}`);
    const end = world.said.slice(-3);
    assert.match(end[0] ?? "", /^ {2}mockc v2: \d+\.\d % errors \(\d+ of \d+\), baseline v1 0\.0 % \(0 of \d+\)$/);
    assert.equal(end[1], "  seen at mocka, mockb too, which call it");
    assert.match(
      end[2] ?? "",
      /^rolled back: v1 100 %, v2 0 %; nobody new comes into it; clients that have its cookie/,
    );
    assert.deepEqual(left(), []);
  });

  it("compares the step at 100 % with what the baseline had in the one before", async () => {
    world.before = () => {
      if (world.updates.length === 3) world.faults = { mockb: 0.2 };
    };
    assert.equal(await rollOut(plan(), world), "rolled back");
    assert.deepEqual(world.updates.slice(2), ["v1 0, v2 100", "v1 100, v2 0"]);
    assert.match(world.said.at(-3) ?? "", /^ {2}mockb v2: 20\.\d % errors .*, baseline v1 0\.0 % \(0 of 1,\d+\)$/);
  });

  it("gives the others back what they had", async () => {
    const third = `        - { name: v2 }
        - { name: v3, version: v1, weight: 30 }
`;
    world.file = world.file
      .replace("{ name: v1 }", "{ name: v1, weight: 70 }")
      .replace("        - { name: v2 }\n", third);
    world.file = world.file.replace("{ name: v2 }", "{ name: v2, weight: 0 }");
    world.before = () => {
      if (world.updates.length === 2) world.faults = { mocka: 1 };
    };
    assert.equal(await rollOut(plan({ steps: "50,90", promote: false }), world), "rolled back");
    assert.deepEqual(weights(), { v1: 70, v2: 0, v3: 30 });
  });

  it("waits for traffic, and ends without a verdict and without another change", async () => {
    world.rate = 1;
    assert.equal(await rollOut(plan(), world), "no verdict");
    assert.deepEqual(world.updates, ["v1 90, v2 10"]);
    assert.ok(world.now() >= 300_000, `${world.now()}`);
    assert.match(world.said.at(-2) ?? "", /^ {2}too little traffic: mocka v2: \d+ of 100 requests/);
    assert.match(world.said.at(-1) ?? "", /^no verdict: v1 90 %, v2 10 %; nothing was changed since; run the command/);
    // More traffic comes, and it goes on.
    world = world.again();
    assert.equal(await rollOut(plan(), world), "promoted");
    assert.deepEqual(world.updates[0], "v1 90, v2 10");
  });

  it("passes no step that it has not seen to its end", async () => {
    world.readable = () => world.now() < 50_000;
    assert.equal(await rollOut(plan(), world), "no verdict");
    assert.deepEqual(world.updates, ["v1 90, v2 10"]);
    assert.ok(world.said.includes("the proxies cannot be read: no proxy answers"));
    assert.match(world.said.at(-2) ?? "", /the proxies could not be read/);
    world = new FakeWorld(folder);
    world.readable = () => world.now() < 50_000 || world.now() > 90_000;
    assert.equal(await rollOut(plan(), world), "promoted");
  });

  it("stops where a step is not approved, and asks before each", async () => {
    assert.equal(await rollOut(plan({ approve: true, steps: "10,100" }), world), "promoted");
    assert.deepEqual(world.asked, ["Shift v2 to 10 %?", "Shift v2 to 100 %?", "Promote v2?"]);
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-rollout-"));
    world = new FakeWorld(folder);
    world.answer = false;
    const before = world.file;
    assert.equal(await rollOut(plan({ approve: true }), world), "stopped");
    assert.deepEqual([world.updates, world.file], [[], before]);
  });

  it("says what is left where an update fails, and goes on from there", async () => {
    world.updateEnds = () => {
      throw new Error("pulumi update failed:\nno answer");
    };
    assert.equal(await rollOut(plan(), world), "update failed");
    assert.deepEqual(weights(), { v1: 90, v2: 10 });
    assert.match(
      world.said.join("\n"),
      /no answer\nupdate failed: v1 90 %, v2 10 %; the config says so and the mesh may not/,
    );
    world = world.again();
    assert.equal(await rollOut(plan(), world), "promoted");
  });

  it("rolls back where the mesh is not as planned after a step", async () => {
    let ends = 0;
    world.updateEnds = () => ends++ !== 1;
    assert.equal(await rollOut(plan(), world), "rolled back");
    assert.deepEqual(world.updates, ["v1 90, v2 10", "v1 50, v2 50", "v1 100, v2 0"]);
    assert.match(world.said.at(-2) ?? "", /the mesh is not as planned after the update/);
  });

  it("rolls back where a URL fails three times in a row, and not for one answer", async () => {
    let answers = 0;
    world.checked = () => (answers++ % 3 === 2 ? undefined : "answered 500");
    assert.equal(await rollOut(plan({ check: ["http://shop.example.com/health"] }), world), "promoted");
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-rollout-"));
    world = new FakeWorld(folder);
    world.checked = () => "answered 500";
    assert.equal(await rollOut(plan({ check: ["http://shop.example.com/health"] }), world), "rolled back");
    assert.match(world.said.at(-2) ?? "", /health: answered 500, 3 times in a row/);
  });

  it("rolls back where a condition of Prometheus does not hold three times in a row, and not for one answer", async () => {
    const asking = { prometheus: "http://prometheus:9090", query: ["sum(up) > 3"] };
    let answers = 0;
    world.queried = () => (answers++ % 3 === 2 ? undefined : "it does not hold, or has no data");
    assert.equal(await rollOut(plan(asking), world), "promoted");
    assert.ok(answers > 9, `${answers}`);
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-rollout-"));
    world = new FakeWorld(folder);
    world.queried = (server, query) => `not ${query} at ${server}`;
    assert.equal(await rollOut(plan(asking), world), "rolled back");
    assert.equal(world.said.at(-2), "  sum(up) > 3: not sum(up) > 3 at http://prometheus:9090, 3 times in a row");
  });

  it("stops when it is interrupted, and says what is left", async () => {
    world.before = (moment) => {
      if (moment === 9) world.controller.abort();
    };
    assert.equal(await rollOut(plan(), world), "stopped");
    assert.match(world.said.at(-1) ?? "", /^stopped: v1 90 %, v2 10 %; the config says so; run the command again/);
    world = world.again();
    assert.equal(await rollOut(plan(), world), "promoted");
  });

  for (const [faults, expected] of [
    [{}, "promoted"],
    [{ mockb: 0.5 }, "rolled back"],
  ] as const) {
    it(`ends ${expected} though it is killed at each moment in turn`, async function () {
      this.timeout(240_000);
      const short = plan({ steps: "20,100", pause: "5s", minRequests: "40" });
      let kills = 0;
      for (let moment = 1; ; moment += 1) {
        world.faults = faults;
        world.rate = 200;
        if (!(await isKilledAt(moment, short, world))) break;
        kills += 1;
        world = world.again();
        assert.equal(await rollOut(short, world), expected, `moment ${moment}`);
        const last = expected === "promoted" ? { v1: 0, v2: 100 } : { v1: 100, v2: 0 };
        assert.deepEqual([weights(), left()], [last, []], `moment ${moment}`);
        rmSync(folder, { recursive: true });
        folder = mkdtempSync(join(tmpdir(), "mesh-lanes-rollout-"));
        world = new FakeWorld(folder);
      }
      assert.ok(kills > (expected === "promoted" ? 20 : 8), `${kills} moments`);
    });
  }

  it("refuses what it cannot roll out", async () => {
    const message = async (run: () => Promise<unknown>) => {
      try {
        await run();
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
        return error.message;
      }
      return assert.fail("nothing was thrown");
    };
    await world.config.shift({ v2: 60 });
    const far = await message(() => rollOut(plan({ steps: "10,50", promote: false }), world));
    assert.match(far, /v2 has 60 % already[\s\S]*--steps 10,50,100/);
    await world.config.promote("v2");
    assert.match(await message(() => rollOut(plan(), world)), /v2 is the baseline already/);
    assert.deepEqual(world.updates, []);
    const flags = await message(async () =>
      plan({
        steps: "50,10",
        pause: "2",
        minRequests: "0",
        maxErrorIncrease: "x",
        check: ["ftp://x"],
        maxLatency: "1y",
      }),
    );
    for (const flag of ["steps", "pause", "min-requests", "max-error-increase", "check", "max-latency"]) {
      assert.match(flags, new RegExp(`^ {2}--${flag}: .*\\n.*\\n    fix: Write --${flag} `, "m"));
    }
    assert.match(await message(async () => plan({ query: ["up > 1"] })), /--query: there is no --prometheus/);
    const server = "http://prometheus:9090";
    assert.match(await message(async () => plan({ prometheus: server })), /--prometheus: there is no --query/);
    const bool = { prometheus: "prometheus", query: ["up == bool 1"] };
    assert.match(
      await message(async () => plan(bool)),
      /--prometheus: got "prometheus"[\s\S]*--query: "bool" in up == bool 1/,
    );
    assert.match(await message(async () => plan({ steps: "100" })), /the first step is 100/);
    assert.match(await message(async () => plan({ steps: "10,50" })), /--promote: the last step is 50/);
  });
});
