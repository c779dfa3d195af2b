import { resolve } from "node:path";
import type { ClusterConfig } from "../../config/stack";
import { KubectlFailure, type KubectlTarget, kubectlEnvironment, runKubectl } from "../../tools/kubectl/kubectl";
import { projectRoot, workPaths } from "../../tools/paths";
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

/** How long the cluster may take to answer one request. */
const requestTimeout = "--request-timeout=20s";

/** kubectl of the tool chain, else the one on PATH, for a stack's cluster. */
export function stackKubectl(cluster: ClusterConfig, env: NodeJS.ProcessEnv = process.env): Kubectl {
  return kubectl(kubectlTarget(cluster, env));
}

/** How kubectl finds a stack's cluster. */
export function kubectlTarget(cluster: ClusterConfig, env: NodeJS.ProcessEnv = process.env): KubectlTarget {
  const flags =
    cluster.kind === "existing"
      ? ["--kubeconfig", resolve(projectRoot, cluster.kubeconfig), "--context", cluster.context]
      : ["--kubeconfig", workPaths.kubeconfig];
  return { flags, env: kubectlEnvironment(env) };
}

/** The kubectl that the target's PATH leads to. */
export function kubectl(target: KubectlTarget): Kubectl {
  return {
    run: async (args) => {
      try {
        return await runKubectl(target, [requestTimeout, ...args]);
      } catch (error) {
        throw error instanceof KubectlFailure ? explained(error) : error;
      }
    },
  };
}

function explained({ words, missing }: KubectlFailure): UserError {
  if (missing) return new UserError("kubectl was not found: run `npm start`, which gets it, or put kubectl on PATH");
  const cause = /doesn't have a resource type/.test(words) ? "the cluster has no Istio" : "the cluster does not answer";
  return new KubectlError(`${cause}: run \`npm start\` (kubectl: ${words})`, words);
}
