import { StackNotFoundError } from "@pulumi/pulumi/automation";
import type { StackConfig } from "../../config/stack";
import { isCheckout, projectRoot } from "../../tools/paths";
import type { Reporter } from "../../tools/report/reporter";
import { ensureTools } from "../../tools/toolchain/ensure";
import { accountEnvironment, isAccountStack } from "../account-stack";
import { toolNeeds } from "../stack/needs";
import { makeWorkFolders, pulumiEnvironment, stackOwner } from "./environment";
import { StackSession } from "./stack-session";

export interface LookOptions {
  /** Whether to make a stack of this checkout where its backend has none. */
  readonly make: boolean;
  /** Hears of tools that are missing and have to be got. */
  readonly reporter: Reporter;
  /** Hears of the engine's progress. */
  readonly progress: Reporter;
}

export { unreadableState } from "./state-problem";

/**
 * Opens a stack of any kind to look at it, in the backend that its updates use: one on this machine in that of this checkout; one
 * in an account, and any of a project that has the npm package, by the user's own login, passphrase and credentials.
 *
 * @returns undefined where the backend has no such stack and none is made.
 * @throws UserError where the backend cannot be asked.
 */
export async function lookAt(
  config: StackConfig,
  stack: string,
  options: LookOptions,
): Promise<StackSession | undefined> {
  try {
    return await open(config, stack, options);
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  }
}

async function open(
  config: StackConfig,
  stack: string,
  { make, reporter, progress }: LookOptions,
): Promise<StackSession> {
  const options = { stack, workDir: projectRoot, progress };
  if (!isCheckout) return StackSession.look({ ...options, environment: {}, make: false });
  makeWorkFolders();
  if (isAccountStack(config)) {
    const { binFolder } = await ensureTools({ cluster: "existing" }, reporter);
    const environment = accountEnvironment(binFolder);
    return StackSession.look({ ...options, binFolder, environment, make: false });
  }
  const toolchain = await ensureTools(toolNeeds(config), reporter);
  const environment = pulumiEnvironment(toolchain, stackOwner(config.cluster));
  return StackSession.look({ ...options, binFolder: toolchain.binFolder, environment, make, providers: toolchain });
}
