import { delimiter, join, resolve } from "node:path";
import execa from "execa";
import type { ClusterConfig } from "../../stacks/config";
import { projectRoot, workPaths } from "../../tools/paths";
import { settingsOf } from "../../tools/toolchain/settings";
import { UserError } from "../../tools/user-error";

/** Runs kubectl against one cluster, which is named by flags: nothing of the shell's surroundings counts. */
export interface Kubectl {
  /** @returns what it writes to stdout. @throws UserError with kubectl's own words when it fails. */
  run(args: readonly string[]): Promise<string>;
}

/** kubectl ran and failed. */
export class KubectlError extends UserError {
  public constructor(
    summary: string,
    /** What kubectl said, in one line. */
    public readonly words: string,
  ) {
    super(summary);
  }
}

/** How long one call may take: a cluster that is gone answers nothing for minutes. */
const timeoutSeconds = 20;

/** kubectl of the tool chain, else the one on PATH, for a stack's cluster. */
export function stackKubectl(cluster: ClusterConfig, env: NodeJS.ProcessEnv = process.env): Kubectl {
  const target = kubectlTarget(cluster, env);
  return kubectl(target.flags, target.env);
}

/** The flags that name a stack's cluster, and the environment that kubectl runs in. */
export function kubectlTarget(
  cluster: ClusterConfig,
  env: NodeJS.ProcessEnv = process.env,
): { readonly flags: readonly string[]; readonly env: NodeJS.ProcessEnv } {
  const flags =
    cluster.kind === "existing"
      ? ["--kubeconfig", resolve(projectRoot, cluster.kubeconfig), "--context", cluster.context]
      : ["--kubeconfig", workPaths.kubeconfig];
  const path = [join(settingsOf({ env }).home, "bin"), env.PATH].filter(Boolean).join(delimiter);
  return { flags, env: { ...env, PATH: path } };
}

/** The kubectl that `env.PATH` leads to, with flags that name the cluster. */
export function kubectl(target: readonly string[], env: NodeJS.ProcessEnv): Kubectl {
  return {
    run: async (args) => {
      try {
        const { stdout } = await execa("kubectl", [...target, `--request-timeout=${timeoutSeconds}s`, ...args], {
          env,
          extendEnv: false,
          stdin: "ignore",
          timeout: 2 * timeoutSeconds * 1000,
          maxBuffer: 512 * 1024 * 1024,
        });
        return stdout;
      } catch (error) {
        throw failure(error as execa.ExecaError & NodeJS.ErrnoException);
      }
    },
  };
}

function failure(error: execa.ExecaError & NodeJS.ErrnoException): UserError {
  if (error.code === "ENOENT") {
    return new UserError("kubectl is not there: run `npm start`, which gets it, or put kubectl on PATH");
  }
  const words = error.stderr?.trim().split("\n").at(-1) || error.shortMessage;
  if (/doesn't have a resource type/.test(words)) {
    return new KubectlError(`the cluster has no Istio: run \`npm start\` (kubectl: ${words})`, words);
  }
  return new KubectlError(`the cluster does not answer: run \`npm start\` (kubectl: ${words})`, words);
}
