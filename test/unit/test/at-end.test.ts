import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";
import { waitFor } from "../../../tools/poll";

/** Two children that live for a minute, ended with the program; it tells their ids and waits. */
const program = `
  const { spawn } = require("node:child_process");
  const { atEnd } = require("./test/at-end");
  const ids = [1, 2].map(() => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "ignore" });
    atEnd(() => child.kill("SIGKILL"));
    return child.pid;
  });
  atEnd(() => console.log("never"))();
  console.log(ids.join(" "));
  process.argv[1] === "exit" ? process.exit(3) : setTimeout(() => {}, 60000);
`;

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("what is done at the end of a process", () => {
  for (const end of ["SIGINT", "SIGTERM", "SIGHUP", "exit"] as const) {
    it(`is done on ${end}`, async () => {
      const args = ["-r", "ts-node/register/transpile-only", "-e", program, end];
      const child = execa(process.execPath, args, { cwd: join(projectRoot), reject: false });
      const told = await new Promise<string>((resolve) => child.stdout?.once("data", (data) => resolve(String(data))));
      if (end !== "exit") child.kill(end);
      const { signal, exitCode, stdout } = await child;
      assert.deepEqual(end === "exit" ? exitCode : signal, end === "exit" ? 3 : end);
      assert.doesNotMatch(stdout, /never/);
      const ids = told.trim().split(" ").map(Number);
      assert.equal(ids.length, 2);
      // The children were told at once; they are gone a moment later.
      const gone = () => !ids.some(lives);
      await waitFor(() => `${ids.filter(lives).join(" and ")} to be gone`, gone, { withinMs: 5000 });
    });
  }
});
