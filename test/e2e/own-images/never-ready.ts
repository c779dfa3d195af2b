import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";

/**
 * Runs a `lanes` command until it tells something on stderr, and stops it then as Ctrl-C does.
 *
 * @param told is looked for in all that it has printed.
 * @returns after how many seconds it told it, and the exit code. @throws when it ends without.
 */
export async function stoppedOnceTold(
  told: RegExp,
  ...args: string[]
): Promise<{ readonly seconds: number; readonly exitCode: number }> {
  process.stderr.write(`\n$ lanes.js ${args.join(" ")}, stopped once it has told ${told}\n`);
  const startedAt = performance.now();
  // A session of its own: like a terminal's, whose Ctrl-C reaches all processes of it, and nothing else.
  const child = execa(process.execPath, [join(projectRoot, "bin", "lanes.js"), ...args], {
    cwd: projectRoot,
    detached: true,
    reject: false,
    stdin: "ignore",
  });
  let printed = "";
  let seconds: number | undefined;
  child.stderr?.on("data", (data: Buffer) => {
    process.stderr.write(data);
    printed += data.toString();
    if (seconds !== undefined || !told.test(printed)) return;
    seconds = (performance.now() - startedAt) / 1000;
    if (child.pid) process.kill(-child.pid, "SIGINT");
  });
  const { exitCode } = await child;
  if (seconds === undefined) throw new Error(`it ended with ${exitCode} and never told ${told}:\n${printed}`);
  return { seconds, exitCode };
}
