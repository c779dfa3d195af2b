import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { pathWith } from "../path-variable";
import { settingsOf } from "../toolchain/settings";

/** Where a cluster is found: flags such as `--kubeconfig` and `--context`, and the environment that kubectl runs in. */
export interface KubectlTarget {
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface KubectlOptions {
  /** Text for its stdin. */
  readonly input?: string;
  /** How long the call may take, in seconds: a cluster that is gone answers nothing for minutes. @default 40 */
  readonly timeoutSeconds?: number;
}

/** kubectl failed, or there is none. */
export class KubectlFailure extends Error {
  public constructor(
    /** What it said last, in one line. */
    public readonly words: string,
    /** There is no kubectl on PATH. */
    public readonly missing: boolean,
  ) {
    super(`kubectl: ${words}`);
  }
}

/** The environment in which the kubectl of the tool chain is found, else the one on PATH. */
export function kubectlEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: pathWith(join(settingsOf({ env }).home, "bin"), env) };
}

/**
 * Runs kubectl.
 *
 * @returns what it writes to stdout.
 * @throws KubectlFailure with kubectl's own words. What it was sent stays out of them: there may be secrets in it.
 */
export async function runKubectl(
  { flags, env }: KubectlTarget,
  args: readonly string[],
  { input, timeoutSeconds = 40 }: KubectlOptions = {},
): Promise<string> {
  try {
    const { stdout } = await execa("kubectl", [...flags, ...args], {
      env,
      extendEnv: false,
      timeout: timeoutSeconds * 1000,
      maxBuffer: 512 * 1024 * 1024,
      ...(input === undefined ? { stdin: "ignore" } : { input }),
    });
    return stdout;
  } catch (error) {
    const failed = error as execa.ExecaError & NodeJS.ErrnoException;
    const late = failed.timedOut ? `no answer within ${timeoutSeconds} s` : undefined;
    const words = late ?? (failed.stderr?.trim().split("\n").at(-1) || failed.shortMessage);
    throw new KubectlFailure(words, failed.code === "ENOENT");
  }
}

/** Work with a kubeconfig that is known as text: it lies in a file, readable by its owner only, for as long as the work takes. */
export async function withKubeconfig<T>(text: string, work: (target: KubectlTarget) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-"));
  try {
    const file = join(folder, "kubeconfig");
    writeFileSync(file, text, { mode: 0o600 });
    return await work({ flags: ["--kubeconfig", file], env: kubectlEnvironment() });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
