import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInternalVerb } from "../../../../components/cluster/process-provider";

describe("runInternalVerb", () => {
  const before = process.cwd();
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "verb-"));
    mkdirSync(join(folder, "bin"));
    process.chdir(folder);
  });

  afterEach(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  const program = (source: string) => writeFileSync(join(folder, "bin", "lanes.js"), source);

  it("gives the request to `lanes internal <verb>` of the folder and gives back its answer", async () => {
    program(
      `process.stdin.on("data", (text) => console.log(JSON.stringify({ args: process.argv.slice(2), got: JSON.parse(text) })))`,
    );
    const answer = await runInternalVerb("bin/lanes.js", "node-inspect", { name: "n" });
    assert.deepEqual(answer, { args: ["internal", "node-inspect"], got: { name: "n" } });
  });

  it("fails with the message that the process answers", async () => {
    program(`console.log(JSON.stringify({ error: "Port 80 is taken." })); process.exitCode = 1`);
    await assert.rejects(runInternalVerb("bin/lanes.js", "node-apply", {}), { message: "Port 80 is taken." });
  });

  for (const [title, source, message] of [
    ["says nothing", "process.exitCode = 3", "lanes internal v ended with exit code 3 and no answer"],
    ["is killed", "process.kill(process.pid, 'SIGKILL')", "lanes internal v ended with SIGKILL and no answer"],
  ] as const) {
    it(`fails when the process ${title}`, async () => {
      program(source);
      await assert.rejects(runInternalVerb("bin/lanes.js", "v", { large: "x".repeat(1_000_000) }), { message });
    });
  }
});
