import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { parseHops } from "../../../cli/verify/hops";
import { projectRoot } from "../../../tools/paths";
import { poll } from "../../../tools/poll";
import { Load } from "../load";
import { bringUp, endStack } from "../suite-stack";
import { lanes, stack, writeStack } from "../support";
import { config, shop } from "./shop";

const gateway = "http://10.200.0.2";
const args = [
  ...["rollout", "v2", "--stack", stack, "--steps", "20,100", "--pause", "15s", "--patience", "1m"],
  ...["--min-requests", "50", "--promote", "--yes"],
];

/** Rollouts under load on the real mesh: what is judged are the proxies' own access logs. */
describe("lanes rollout", () => {
  const load = () =>
    new Load(gateway, { path: "/", headers: {} }, 60, (answer) =>
      parseHops(answer.body)
        .map(({ version }) => version)
        .join(" -> "),
    );

  before(async () => {
    writeStack(shop("v2"));
    await bringUp("--no-verify");
  });

  it("rolls back a lane that fails at one hop, and names the hop", async () => {
    const running = load();
    const { exitCode, stdout } = await lanes(...args);
    const { sent, failures, answers } = await running.stop();
    process.stderr.write(`${stdout}\n${sent} requests: ${JSON.stringify({ failures, answers })}\n`);
    assert.equal(exitCode, 1);
    assert.match(stdout, /^ {2}mockb v2: \d+\.\d % errors \(\d+ of \d+\), baseline v1 \d\.\d % \(\d+ of [\d,]+\)$/m);
    assert.match(stdout, /^ {2}seen at mocka too, which calls it$/m);
    assert.match(stdout, /^rolled back: v1 100 %, v2 0 %;/m);
    assert.deepEqual(config(), { baseline: "v1", weights: { v1: 100, v2: 0 } });
    // The load has met the canary, and no longer meets it.
    assert.ok(Object.keys(failures).length > 0 && (answers["v1 -> v1 -> v1"] ?? 0) > 100);
    const after = load();
    await poll(() => after.result.sent >= 120, { withinMs: 20_000 });
    const { failures: none, answers: then } = await after.stop();
    assert.deepEqual([none, Object.keys(then)], [{}, ["v1 -> v1 -> v1"]]);
  });

  it("takes a lane that is as good to all requests, though it was killed on the way", async () => {
    writeStack(shop());
    const running = load();
    const killed = execa(process.execPath, [join(projectRoot, "bin", "lanes.js"), ...args], {
      ...{ cwd: projectRoot, reject: false, stdin: "ignore" },
    });
    let seen = "";
    killed.stdout?.on("data", (text) => {
      seen += text;
    });
    killed.stderr?.pipe(process.stderr, { end: false });
    assert.ok(await poll(() => seen.includes("step 20 %: watching"), { withinMs: 120_000 }), seen);
    killed.kill("SIGKILL");
    await killed;
    assert.deepEqual(config(), { baseline: "v1", weights: { v1: 80, v2: 20 } });

    const { exitCode, stdout } = await lanes(...args);
    const { sent, failures, answers } = await running.stop();
    process.stderr.write(`${stdout}\n${sent} requests: ${JSON.stringify({ failures, answers })}\n`);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^rollout of v2: now v1 80 %, v2 20 %; steps 20, 100 %$/m);
    assert.match(stdout, /^step 20 %: as good as the baseline$[\s\S]*^step 100 %: as good as the baseline$/m);
    assert.match(stdout, /^promoted: v1 0 %, v2 100 %; it is the baseline$/m);
    assert.deepEqual(config(), { baseline: "v2", weights: { v1: 0, v2: 100 } });
    assert.deepEqual(failures, {});
    assert.deepEqual(Object.keys(answers).sort(), ["v1 -> v1 -> v1", "v2 -> v2 -> v2"]);
  });

  after(endStack);
});
