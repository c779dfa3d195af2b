import { resolve } from "node:path";
import type { ClusterConfig } from "../../config/stack";
import { KubectlFailure, type KubectlTarget, kubectlEnvironment, runKubectl } from "../../tools/kubectl/kubectl";
import { projectRoot, workPaths } from "../../tools/paths";
import { UserError } from "../../tools/user-error";
import { defaultStack, upCommand } from "../command-parts";

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
export function stackKubectl(cluster: ClusterConfig, stack: string, env: NodeJS.ProcessEnv = process.env): Kubectl {
  return kubectl(kubectlTarget(cluster, env), waysBackTo(cluster, stack));
}

/** How kubectl finds a stack's cluster. */
export function kubectlTarget(cluster: ClusterConfig, env: NodeJS.ProcessEnv = process.env): KubectlTarget {
  const flags =
    cluster.kind === "existing"
      ? ["--kubeconfig", resolve(projectRoot, cluster.kubeconfig), "--context", cluster.context]
      : ["--kubeconfig", workPaths.kubeconfig];
  return { flags, env: kubectlEnvironment(env) };
}

/** What to do where a stack's cluster does not answer, and where it has no Istio. */
interface WaysBack {
  readonly cluster: string;
  readonly istio: string;
}

function ownWaysBack(stack: string): WaysBack {
  const way = `run \`${upCommand(stack)}\``;
  return { cluster: way, istio: way };
}

function waysBackTo(cluster: ClusterConfig, stack: string): WaysBack {
  if (cluster.kind !== "existing") return ownWaysBack(stack);
  return {
    cluster: `see that it runs, and that context ${cluster.context} of ${cluster.kubeconfig} leads to it from here`,
    istio: "install it, or let the stack do so by `mesh.existing: false`",
  };
}

/** The kubectl that the target's PATH leads to. */
export function kubectl(target: KubectlTarget, ways = ownWaysBack(defaultStack)): Kubectl {
  return {
    run: async (args) => {
      try {
        return await runKubectl(target, [requestTimeout, ...args]);
      } catch (error) {
        throw error instanceof KubectlFailure ? explained(error, ways) : error;
      }
    },
  };
}

function explained({ words, missing }: KubectlFailure, ways: WaysBack): UserError {
  if (missing) return new UserError("kubectl was not found: run `npm start`, which gets it, or put kubectl on PATH");
  const told = /doesn't have a resource type/.test(words)
    ? `the cluster has no Istio: ${ways.istio}`
    : `the cluster does not answer: ${ways.cluster}`;
  return new KubectlError(`${told} (kubectl: ${words})`, words);
}
