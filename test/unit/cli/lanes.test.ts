import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../tools/paths";

/** The command as a user runs it. */
function lanes(...args: readonly string[]) {
  const run = spawnSync(process.execPath, [join(projectRoot, "bin", "lanes.js"), ...args], { encoding: "utf8" });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

describe("lanes", () => {
  for (const command of ["verify", "status", "preflight", "topology"]) {
    it(`${command} points to --group when a name stands behind it`, () => {
      const { code, stderr } = lanes(command, "shop", "it's");
      assert.equal(code, 1);
      assert.match(stderr, /got shop it's/);
      assert.ok(stderr.includes(`Run \`lanes ${command} --group shop 'it'\\''s'\``), stderr);
    });
  }

  it("init points to import, which knows services that run already", () => {
    const { code, stdout } = lanes("init", "--help");
    assert.equal(code, 0);
    assert.match(
      stdout.replace(/\s+/g, " "),
      /For services that run already `lanes import` writes it from what they are/,
    );
  });

  it("tells of a full disk behind its output, without a stack trace", () => {
    const full = openSync("/dev/full", "w");
    const script = join(projectRoot, "bin", "lanes.js");
    const { status, stderr } = spawnSync(process.execPath, [script, "matrix", "--stack", "dev"], {
      encoding: "utf8",
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^the disk is full\n {2}stdout: ENOSPC: no space left on device\n {4}expected: .*\n {4}fix: .*\n$/,
    );
  });

  for (const [stream, call] of [
    ["output", "schema"],
    ["messages", "render --stack dev 2>&1 >/dev/null"],
  ] as const) {
    it(`ends as ever where nobody reads its ${stream} any more`, () => {
      const line = `"$0" "$1" ${call} | true; echo "\${PIPESTATUS[0]}"`;
      const script = join(projectRoot, "bin", "lanes.js");
      const { stdout, stderr } = spawnSync("bash", ["-c", line, process.execPath, script], { encoding: "utf8" });
      assert.deepEqual([stdout, stderr], ["0\n", ""]);
    });
  }

  it("names a lane that is unknown before it looks at copies to it", () => {
    const { code, stderr } = lanes("rollout", "nope", "--steps=0,10", "--dry-run");
    assert.equal(code, 1);
    assert.match(stderr, /nope/);
    assert.doesNotMatch(stderr, /mirror|undefined/);
  });

  for (const url of ["notaurl", "ftp://gateway", ""]) {
    it(`verify refuses "${url}" as the gateway`, () => {
      const { code, stderr } = lanes("verify", `--url=${url}`);
      assert.equal(code, 1);
      assert.match(stderr, /^a flag is wrong\n {2}--url: got "[^"]*"\n {4}expected: .*http:/);
    });
  }

  for (const count of ["0", "-1", "1.5", "1e3", "many", "1000001", "99999999999999"]) {
    it(`verify refuses ${count} requests`, () => {
      const { code, stderr } = lanes("verify", `--requests=${count}`);
      assert.equal(code, 1);
      assert.match(stderr, /a whole number from 1 to 1000000/);
      assert.match(stderr, /Give a number such as 100/);
    });
  }
});
