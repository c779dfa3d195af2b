import type { StackConfig } from "../../config/stack";
import { isCheckout, projectRoot } from "../../tools/paths";
import type { Reporter } from "../../tools/report/reporter";
import { ensureTools } from "../../tools/toolchain/ensure";
import { accountEnvironment, isAccountStack } from "../account-stack";
import { toolNeeds } from "../stack/needs";
import { makeWorkFolders, pulumiEnvironment, stackOwner } from "./environment";
import { StackSession } from "./stack-session";

export interface LookOptions {
  /** Hears of tools that are missing and have to be got. */
  readonly reporter: Reporter;
  /** Hears of the engine's progress. */
  readonly progress: Reporter;
}

export { StackNotFoundError } from "./stack-session";
export { unreadableState } from "./state-problem";

/** Whether a stack that its backend does not have may be made to look at it: a new one of this checkout. */
export function mayMake(config: StackConfig): boolean {
  return isCheckout && !isAccountStack(config);
}

/**
 * Opens a stack of any kind to look at it, in the backend that its updates use: one on this machine in that of this checkout; one
 * in an account, and any of a project that has the npm package, by the user's own login, passphrase and credentials.
 *
 * @returns a session that throws StackNotFoundError where it is asked for what the backend does not have.
 * @throws UserError where Pulumi is missing.
 */
export async function lookAt(
  config: StackConfig,
  stack: string,
  { reporter, progress }: LookOptions,
): Promise<StackSession> {
  const options = { stack, workDir: projectRoot, progress };
  if (!isCheckout) return StackSession.look({ ...options, environment: {} });
  makeWorkFolders();
  if (isAccountStack(config)) {
    const tools = await ensureTools({ cluster: "existing" }, reporter);
    const environment = accountEnvironment(tools.binFolder);
    return StackSession.look({ ...options, tools, environment });
  }
  const toolchain = await ensureTools(toolNeeds(config), reporter);
  const environment = pulumiEnvironment(toolchain, stackOwner(config.cluster));
  return StackSession.look({ ...options, tools: toolchain, environment, providers: toolchain });
}
