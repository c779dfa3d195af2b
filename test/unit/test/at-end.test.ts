import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";
import { waitFor } from "../../../tools/poll";

/** Two children that live for a minute, ended with the program; it tells their ids and waits. */
const program = `
  const { spawn } = require("node:child_process");
  const execa = require("execa");
  const { atEnd } = require("./test/at-end");
  // A library that ends its own children with the process, and listens first.
  const library = process.argv[2] === "beside execa" ? [execa("sleep", ["60"]).pid] : [];
  const ids = [1, 2].map(() => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "ignore" });
    atEnd(() => child.kill("SIGKILL"));
    return child.pid;
  }).concat(library);
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
  const ends = ["SIGINT", "SIGTERM", "SIGHUP", "exit"] as const;
  for (const [end, beside] of ends.flatMap((each) => [[each, "alone"] as const, [each, "beside execa"] as const])) {
    it(`is done on ${end}, ${beside}`, async () => {
      const args = ["-r", "ts-node/register/transpile-only", "-e", program, end, beside];
      const child = execa(process.execPath, args, { cwd: join(projectRoot), reject: false, timeout: 20_000 });
      const told = await new Promise<string>((resolve) => child.stdout?.once("data", (data) => resolve(String(data))));
      if (end !== "exit") child.kill(end);
      const { signal, exitCode, stdout, timedOut } = await child;
      assert.equal(timedOut, false);
      assert.deepEqual(end === "exit" ? exitCode : signal, end === "exit" ? 3 : end);
      assert.doesNotMatch(stdout, /never/);
      const ids = told.trim().split(" ").map(Number);
      assert.equal(ids.length, beside === "alone" ? 2 : 3);
      // The children were told at once; they are gone a moment later.
      const gone = () => !ids.some(lives);
      await waitFor(() => `${ids.filter(lives).join(" and ")} to be gone`, gone, { withinMs: 5000 });
    });
  }
});
