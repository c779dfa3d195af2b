import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import execa from "execa";
import { withLock } from "../../tools/lock";
import { cacheFolder, projectRoot } from "../../tools/paths";
import { LineReporter } from "../../tools/report/reporter";
import { testedNodes } from "../../tools/toolchain/tested";
import { closingLine, sumOf, type Tally, tallyOf } from "./tally";

/**
 * Runs the unit tests on locked Node.js versions, as many at a time as there are cores, and closes with one line that counts them all.
 * Exit code 1 when a test fails or a run does not end with its own count.
 *
 * @param only major versions, such as `24`; default: all that are locked.
 */
export async function main(only: readonly string[]): Promise<void> {
  const folder = await installNodes();
  const waiting = testedNodes.filter((version) => only.length === 0 || only.includes(version.split(".")[0] ?? ""));
  // Each run has one core's worth of work.
  const tallies: Tally[] = [];
  const next = async (): Promise<void> => {
    for (let version = waiting.shift(); version !== undefined; version = waiting.shift()) {
      tallies.push(await report(version, folder));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
  const all = sumOf(tallies);
  process.stdout.write(`\n${closingLine(all)}\n`);
  process.exitCode = all.failed === 0 && all.passed > 0 ? 0 : 1;
}

async function report(version: string, folder: string): Promise<Tally> {
  const node = join(folder, "node_modules", `node${version.split(".")[0]}-${process.arch}`, "bin", "node");
  const startedAt = performance.now();
  const { tally, text } = await runOn(node);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(`\nNode.js ${version}\n${text}Node.js ${version}: ${closingLine(tally)} in ${seconds} s\n`);
  return tally;
}

async function runOn(node: string): Promise<{ readonly tally: Tally; readonly text: string }> {
  const mocha = join(projectRoot, "node_modules", "mocha", "bin", "mocha.js");
  const env = { PATH: [dirname(node), process.env.PATH].join(delimiter) };
  // Only what fails is worth reading; the full list is that of `npm test`.
  const { stdout, exitCode } = await execa(node, [mocha, "--reporter", join(__dirname, "failures.js")], {
    cwd: projectRoot,
    env,
    reject: false,
    stderr: "inherit",
  });
  return { tally: tallyOf(stdout, exitCode), text: stdout === "" ? "" : `${stdout}\n` };
}

/** Fetches the locked versions once; the folder is named by the lock file. */
async function installNodes(): Promise<string> {
  const lockFile = await readFile(join(__dirname, "package-lock.json"));
  const key = createHash("sha256").update(lockFile).digest("hex").slice(0, 16);
  const folder = join(cacheFolder(), "nodes", key);
  const stamp = join(folder, "complete");
  if (existsSync(stamp)) return folder;
  await mkdir(folder, { recursive: true });
  await withLock(join(folder, "lock"), "getting the Node.js versions", new LineReporter(1), async () => {
    if (existsSync(stamp)) return;
    for (const file of ["package.json", "package-lock.json"]) await copyFile(join(__dirname, file), join(folder, file));
    await execa("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    await writeFile(stamp, "");
  });
  return folder;
}
