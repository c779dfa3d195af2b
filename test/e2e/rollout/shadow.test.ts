import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { projectRoot } from "../../../tools/paths";
import { Load } from "../load";
import { bringUp, endStack } from "../suite-stack";
import { lanes, stack, stackEnvironment, writeStack } from "../support";
import { config, shop } from "./shop";

const gateway = "http://10.200.0.2";
const args = [
  ...["rollout", "v2", "--stack", stack, "--steps", "0,50", "--mirror-percent", "50", "--pause", "15s"],
  ...["--patience", "1m", "--min-requests", "50", "--yes"],
];
const stackFile = () => readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");

/** Requests of clients are copied to a lane, and nobody is in it: what it makes of them, the proxies' own access logs tell. */
describe("the step of lanes rollout at 0 %", () => {
  let env: NodeJS.ProcessEnv;

  const load = () =>
    new Load(gateway, { path: "/", headers: {} }, 60, (answer) =>
      parseHops(answer.body)
        .map(({ version }) => version)
        .join(" -> "),
    );

  /** What the gateway has that copies requests; empty: nothing. */
  const copying = () =>
    runKubectl(
      { flags: [], env },
      [
        "get",
        "envoyfilter",
        "shop.entry.routes.copies",
        "--namespace=istio-system",
        "--ignore-not-found",
        "--output=name",
      ],
      { timeoutSeconds: 30 },
    );

  before(async () => {
    writeStack(shop("v2"));
    await bringUp("--no-verify");
    env = await stackEnvironment();
  });

  it("tells a lane that fails at one hop, and the hop, though no client has met it", async () => {
    const before = stackFile();
    const running = load();
    const { exitCode, stdout } = await lanes(...args);
    const { sent, failures, answers } = await running.stop();
    process.stderr.write(`${stdout}\n${sent} requests: ${JSON.stringify({ failures, answers })}\n`);
    assert.equal(exitCode, 1);
    assert.match(stdout, /^wrote .*: v1 100 %, copies of 50 % to v2$/m);
    assert.match(stdout, /^ {2}mockb v2: \d+\.\d % errors \(\d+ of \d+\), baseline v1 \d\.\d % \(\d+ of [\d,]+\)$/m);
    assert.match(stdout, /^ {2}seen at mocka too, which calls it$/m);
    assert.match(stdout, /^rolled back: v1 100 %; no more copies are sent to it, and nobody was in it$/m);
    assert.deepEqual(failures, {});
    assert.deepEqual(Object.keys(answers), ["v1 -> v1 -> v1"]);
    assert.equal(stackFile(), before);
    assert.equal(await copying(), "");
  });

  it("lets a lane pass that is as good, and ends its copies with the next step", async () => {
    writeStack(shop());
    const running = load();
    const { exitCode, stdout } = await lanes(...args);
    const { sent, failures, answers } = await running.stop();
    process.stderr.write(`${stdout}\n${sent} requests: ${JSON.stringify({ failures, answers })}\n`);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^step 0 %: as good as the baseline$[\s\S]*^step 50 %: as good as the baseline$/m);
    assert.match(stdout, /^done: v1 50 %, v2 50 %; /m);
    assert.deepEqual(config(), { baseline: "v1", weights: { v1: 50, v2: 50 } });
    assert.ok(!stackFile().includes("mirror"), stackFile());
    assert.equal(await copying(), "");
    assert.deepEqual(failures, {});
    assert.deepEqual(Object.keys(answers).sort(), ["v1 -> v1 -> v1", "v2 -> v2 -> v2"]);
  });

  after(endStack);
});
