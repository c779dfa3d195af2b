import { projectRoot } from "./paths";

/**
 * Environment variable of every process that a run of `lanes up`, `stop` or `destroy` starts; its value is the checkout.
 * What still has it when another run holds the checkout's lock has outlived a run that was killed. `lanes env` does not
 * print it, so the user's own shell never has it, and the node's processes get an environment of their own.
 */
export const runMark = "MESH_LANES_RUN";

/** From now on what this process starts is marked. */
export function markRun(checkout: string = projectRoot): void {
  process.env[runMark] = checkout;
}

/** For programs that may start what is not ours, such as a package's own service. */
export function withoutRunMark(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [runMark]: _mark, ...rest } = env;
  return rest;
}
