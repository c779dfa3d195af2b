import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { type Document, parseDocument } from "yaml";
import { kubectlEnvironment, runKubectl } from "../../tools/kubectl/kubectl";
import { waitForProxies } from "../../tools/mesh/wait-for-proxies";
import { projectRoot, workPaths } from "../../tools/paths";
import { waitFor } from "../../tools/poll";
import { silentReporter } from "../../tools/report/reporter";
import { pins } from "../../tools/toolchain/pins";

/** The stack of the end-to-end suite: the dev stack's config under another name, changed as each test says. */
export const stack = "e2e";

/** The Istio of the suite's stack; with MESH_LANES_E2E_ISTIO another one of the tested range. */
export const meshVersion = process.env.MESH_LANES_E2E_ISTIO ?? pins.istio;

const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `lanes` command as a user would; its progress is shown as it comes. */
export async function lanes(...args: string[]): Promise<RunResult> {
  return lanesIn(projectRoot, ...args);
}

/** Runs the `lanes` command of another checkout. */
export async function lanesIn(checkout: string, ...args: string[]): Promise<RunResult> {
  return run(process.execPath, [join(checkout, "bin", "lanes.js"), ...args]);
}

/** A second checkout with the sources of this one. @returns its folder, which the caller removes. */
export function anotherCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-checkout-"));
  const left = ["node_modules", "dist", "coverage"];
  for (const name of readdirSync(projectRoot)) {
    if (left.includes(name) || name.startsWith(".")) continue;
    cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Runs any command, in the checkout when nothing else is said; never throws for its exit code. */
export async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = projectRoot,
): Promise<RunResult> {
  process.stderr.write(`\n$ ${[command.split("/").at(-1), ...args.map((arg) => arg.split("/").at(-1))].join(" ")}\n`);
  const child = execa(command, [...args], { cwd, reject: false, env, stdin: "ignore" });
  child.stderr?.pipe(process.stderr, { end: false });
  const { exitCode, stdout, stderr } = await child;
  // What a command found wrong is on its stdout: a test that did not expect it has to leave a trace of it.
  if (exitCode !== 0)
    process.stderr.write(`exit code ${exitCode}; its last lines on stdout:\n${lastLines(stdout, 40)}\n`);
  return { exitCode, stdout, stderr };
}

function lastLines(text: string, count: number): string {
  return text.split("\n").slice(-count).join("\n");
}

/** Writes the suite's stack config: Pulumi.dev.yaml with one change. */
export function writeStack(change: (config: Document) => void = () => {}): void {
  const document = parseDocument(readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8"));
  if (meshVersion !== pins.istio) document.setIn(["config", "mesh-lanes:mesh", "version"], meshVersion);
  change(document);
  writeFileSync(stackFile, document.toString());
}

/** Writes the suite's stack config with these workloads and lane groups, and no others. */
export function writeGroups(workloads: readonly object[], laneGroups: readonly object[]): void {
  writeStack((config) => {
    config.setIn(["config", "mesh-lanes:workloads"], workloads);
    config.setIn(["config", "mesh-lanes:laneGroups"], laneGroups);
  });
}

export function removeStackFile(): void {
  rmSync(stackFile, { force: true });
}

/** The variables that `lanes env` prints, as a shell would set them. */
export async function stackEnvironment(name = stack): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await lanes("env", "--stack", name);
  return environmentAfter(stdout, { cwd: projectRoot });
}

/** The environment of a shell that has run these lines. @param options where it begins. */
export async function environmentAfter(
  lines: string,
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await execa("bash", ["-c", `${lines}\nenv -0`], options);
  return Object.fromEntries(
    stdout
      .split("\0")
      .filter(Boolean)
      .map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );
}

/** Resolves when every proxy of the suite's stack has acknowledged what was changed by hand. @throws when one has not in a minute. */
export async function proxiesHaveIt(): Promise<void> {
  const kubeconfig = readFileSync(workPaths.kubeconfig, "utf8");
  const wait = { kubeconfig, groups: ["test"], namespace: "istio-system", blindSeconds: 0 };
  const { result } = await waitForProxies(wait, silentReporter);
  if (result !== "acknowledged") throw new Error(`the proxies' answer to the change: ${result}`);
}

/** `lanes verify` as soon as it prints what is expected. @throws when it has not in 30 seconds, with what it printed last. */
export async function verifySees(expected: RegExp, ...args: string[]): Promise<RunResult> {
  let last = "";
  const seen = async (): Promise<RunResult | undefined> => {
    const result = await lanes("verify", "--stack", stack, ...args);
    last = result.stdout;
    return expected.test(last) ? result : undefined;
  };
  return waitFor(() => `verify to print ${expected}, the last was\n${last}`, seen, { withinMs: 30_000 });
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
  const target = { flags: ["--kubeconfig", workPaths.kubeconfig], env: kubectlEnvironment() };
  const selector = `owner=helm,status=pending-install,name=${release}`;
  const args = ["get", "secrets", "--all-namespaces", "--selector", selector, "-o", "name"];
  const installing = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error("lanes up ended before it could be killed");
    // Until there is a cluster, kubectl fails.
    return (await runKubectl(target, args, { timeoutSeconds: 10 }).catch(() => "")) !== "";
  };
  await waitFor(`the install of ${release} to begin`, installing, { withinMs: 600_000 });
  if (child.pid) process.kill(-child.pid, "SIGKILL");
  await child;
}
