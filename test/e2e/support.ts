import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { type Document, parseDocument } from "yaml";
import { projectRoot, workPaths } from "../../tools/paths";
import { settingsOf } from "../../tools/toolchain/settings";

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

/**
 * Starts `lanes up` and kills it and the engine with SIGKILL once helm's install of istiod has begun, as seen from the
 * record that Helm makes first.
 */
export async function killDuringHelmInstall(release: string): Promise<void> {
  process.stderr.write(`\n$ lanes.js up --stack ${stack}, killed while ${release} is being installed\n`);
  // A session of its own, so that nothing but these processes is hit.
  const child = execa(process.execPath, [join(projectRoot, "bin", "lanes.js"), "up", "--stack", stack], {
    cwd: projectRoot,
    detached: true,
    reject: false,
    stdin: "ignore",
  });
  const env = {
    ...process.env,
    KUBECONFIG: workPaths.kubeconfig,
    PATH: `${join(settingsOf().home, "bin")}:${process.env.PATH}`,
  };
  const selector = `owner=helm,status=pending-install,name=${release}`;
  const args = ["get", "secrets", "--all-namespaces", "--selector", selector, "-o", "name"];
  for (const end = performance.now() + 180_000; performance.now() < end; ) {
    const { stdout } = await execa("kubectl", args, { env, reject: false, timeout: 10_000 });
    if (stdout !== "") break;
    if (child.exitCode !== null) throw new Error("lanes up ended before it could be killed");
    await new Promise((done) => setTimeout(done, 100));
  }
  if (child.pid) process.kill(-child.pid, "SIGKILL");
  await child;
}
