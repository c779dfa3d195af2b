import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { waitFor } from "../../../tools/poll";
import { runMark, withoutRunMark } from "../../../tools/run-mark";
import { type RunningProcess, runningProcesses, strayProcesses } from "../../../tools/stray-processes";

const seeker = { checkout: "/home/me/lanes", pulumiHome: "/home/me/lanes/.lanes/pulumi", pid: 50 };
const home = { PULUMI_HOME: seeker.pulumiHome };

/** The processes that are strays, by pid. The first is init, the last two a shell and the one who looks. */
function strays(...processes: Partial<RunningProcess>[]): number[] {
  const all = [
    { pid: 1 },
    ...processes,
    { pid: 49, args: ["bash"], env: { ...home, [runMark]: seeker.checkout } },
    { pid: 50, parent: 49, args: ["node", "bin/lanes.js", "stop"], env: { [runMark]: seeker.checkout } },
  ].map((process) => ({ parent: 1, args: [], env: {}, pid: 0, ...process }));
  return strayProcesses(all, seeker).map(({ pid }) => pid);
}

describe("processes that outlived an update", () => {
  it("are all that carry the mark of this checkout, but for the one who looks, its ancestors and its children", () => {
    const engine = { pid: 10, args: ["/cache/bin/pulumi", "up"], env: { ...home, [runMark]: seeker.checkout } };
    const build = { pid: 11, args: ["go", "build"], env: { [runMark]: seeker.checkout } };
    const ownChild = { pid: 60, parent: 50, args: ["ps"], env: { [runMark]: seeker.checkout } };
    const foreign = { pid: 12, args: ["go", "build"], env: { [runMark]: "/home/me/other" } };
    assert.deepEqual(strays(engine, build, ownChild, foreign), [10, 11]);
  });

  const started: [string, string[]][] = [
    [
      "the provider of dynamic resources",
      ["node", "--require", "/x.js", "/n/@pulumi/pulumi/cmd/dynamic-provider/index.js"],
    ],
    ["a program", ["node", "/home/me/lanes/bin/run-program.js", "--stack", "dev"]],
    ["a language host", ["/cache/bin/pulumi-language-nodejs", "127.0.0.1:1"]],
    ["a provider", ["/home/me/lanes/.lanes/pulumi/plugins/kubernetes/pulumi-resource-kubernetes"]],
    ["a command of our provider", ["node", "bin/lanes.js", "internal", "node-apply"]],
  ];
  for (const [what, args] of started) {
    it(`are ${what} whose pulumi is gone, also without a mark`, () => {
      assert.deepEqual(strays({ pid: 10, args, env: home }), [10]);
      const engine = { pid: 9, args: ["/cache/bin/pulumi", "preview"], env: home };
      const host = { pid: 8, parent: 9, args: ["pulumi-language-nodejs"], env: home };
      assert.deepEqual(strays(engine, host, { pid: 10, parent: 8, args, env: home }), []);
      assert.deepEqual(strays({ pid: 10, args, env: { PULUMI_HOME: "/home/me/.pulumi" } }), []);
    });
  }

  it("are not the user's own programs in a shell with the variables of `lanes env`", () => {
    assert.deepEqual(strays({ pid: 10, args: ["vim", "index.ts"], env: home }), []);
  });

  it("are found on this machine by what they inherited", async () => {
    // Another run of this test may be under way.
    const checkout = `/nowhere/at/all/${randomUUID()}`;
    const env = { PATH: process.env.PATH, [runMark]: checkout };
    const found = () => strayProcesses(runningProcesses(), { ...seeker, checkout });
    const marked = spawn("sh", ["-c", "sleep 60 & wait"], { env, detached: true, stdio: "ignore" });
    const unmarked = spawn("sleep", ["60"], { env: withoutRunMark(env), stdio: "ignore" });
    try {
      await waitFor("the shell and its child", () => found().length === 2, { withinMs: 10_000 });
      assert.ok(found().every(({ pid }) => pid !== unmarked.pid));
    } finally {
      process.kill(-(marked.pid ?? 0), "SIGKILL");
      unmarked.kill("SIGKILL");
      await once(marked, "exit");
    }
    // The shell's child is nobody's by now: that it has ended is told to nobody.
    await waitFor("the shell's child to end", () => found().length === 0, { withinMs: 10_000 });
  });
});
