import { KubectlFailure, runKubectl, withKubeconfig } from "../../tools/kubectl/kubectl";
import { UserError } from "../../tools/user-error";
import { runError } from "../run-error";

/** Runs kubectl against one cluster. @returns what it writes to stdout. @throws RunError with kubectl's own words. */
export type RunKubectl = (args: readonly string[]) => Promise<string>;

/** @param kubeconfig as text; nothing of the shell's surroundings counts. */
export function kubectlWith(kubeconfig: string, run = runKubectl): RunKubectl {
  return async (args) => {
    try {
      return await withKubeconfig(kubeconfig, (target) => run(target, ["--request-timeout=20s", ...args]));
    } catch (error) {
      if (error instanceof KubectlFailure) throw runError(unanswered(args, error));
      throw error instanceof UserError ? runError(error) : error;
    }
  };
}

/** Whoever runs a program is not helped by where in it the cluster was asked. */
function unanswered([verb = "", what = ""]: readonly string[], { words, missing }: KubectlFailure): UserError {
  if (missing) {
    const fix = "Install it, or in a checkout run `npm start`, which gets it.";
    return new UserError("the cluster was not asked", [
      { path: "kubectl", got: "no such program on PATH", expected: "kubectl, which asks what is there", fix },
    ]);
  }
  return new UserError("the cluster does not answer as it should", [
    {
      path: `kubectl ${verb} ${what}`,
      got: words,
      expected: "an answer of the API server that the stack's kubeconfig names",
      fix: "See that it runs, that this machine reaches it, and that the kubeconfig's user may do this; then run it again. A cluster of `npm start` comes back by `npm start`.",
    },
  ]);
}
