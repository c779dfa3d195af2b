import { execFile } from "node:child_process";
import { join } from "node:path";
import { withTemporaryFile } from "../disk/temporary-file";
import { pathWith } from "../path-variable";
import { settingsOf } from "../toolchain/settings";

/** Where a cluster is found: flags such as `--kubeconfig` and `--context`, and the environment that kubectl runs in. */
export interface KubectlTarget {
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Runs kubectl against one cluster. @returns what it writes to stdout. @throws when it fails. */
export type Kubectl = (...args: string[]) => Promise<string>;

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
 * @returns what it writes to stdout, without the newline at its end.
 * @throws KubectlFailure with kubectl's own words. What it was sent stays out of them: there may be secrets in it.
 */
export function runKubectl(
  { flags, env }: KubectlTarget,
  args: readonly string[],
  { input = "", timeoutSeconds = 40 }: KubectlOptions = {},
): Promise<string> {
  // Node's own: the program that Pulumi starts runs kubectl too, and a library would make each preview later.
  const options = { env, timeout: timeoutSeconds * 1000, maxBuffer: 512 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    const child = execFile("kubectl", [...flags, ...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout.trimEnd());
      const missing = error.code === "ENOENT";
      const late = error.killed ? `no answer within ${timeoutSeconds} s` : undefined;
      const ended = missing ? "it is not on PATH" : `it ended with ${error.signal ?? `exit code ${error.code}`}`;
      reject(new KubectlFailure(late ?? (stderr.trim().split("\n").at(-1) || ended), missing));
    });
    // A kubectl that fails early closes its stdin; its exit code tells more than EPIPE does.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** Work with a kubeconfig that is known as text: it lies in a file, readable by its owner only, for as long as the work takes. */
export function withKubeconfig<T>(text: string, work: (target: KubectlTarget) => Promise<T>): Promise<T> {
  return withTemporaryFile("kubeconfig", text, (file) =>
    work({ flags: ["--kubeconfig", file], env: kubectlEnvironment() }),
  );
}
