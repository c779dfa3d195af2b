import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { type Document, parseDocument } from "yaml";
import { projectRoot } from "../../tools/paths";

/** The stack of the end-to-end suite: the dev stack's config under another name, changed as each test says. */
export const stack = "e2e";

const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `lanes` command as a user would; its progress is shown as it comes. */
export async function lanes(...args: string[]): Promise<RunResult> {
  return run(process.execPath, [join(projectRoot, "bin", "lanes.js"), ...args]);
}

/** Runs any command in the checkout; never throws for its exit code. */
export async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
  process.stderr.write(`\n$ ${[command.split("/").at(-1), ...args.map((arg) => arg.split("/").at(-1))].join(" ")}\n`);
  const child = execa(command, [...args], { cwd: projectRoot, reject: false, env, stdin: "ignore" });
  child.stderr?.pipe(process.stderr, { end: false });
  const { exitCode, stdout, stderr } = await child;
  return { exitCode, stdout, stderr };
}

/** Writes the suite's stack config: Pulumi.dev.yaml with one change. */
export function writeStack(change: (config: Document) => void = () => {}): void {
  const document = parseDocument(readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8"));
  change(document);
  writeFileSync(stackFile, document.toString());
}

export function removeStackFile(): void {
  rmSync(stackFile, { force: true });
}

/** The variables that `lanes env` prints, as a shell would set them. */
export async function stackEnvironment(name = stack): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await lanes("env", "--stack", name);
  const shell = await execa("bash", ["-c", `${stdout}\nenv -0`], { cwd: projectRoot });
  return Object.fromEntries(
    shell.stdout
      .split("\0")
      .filter(Boolean)
      .map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );
}
