import { projectRoot } from "../../tools/paths";
import { type Reporter, silentReporter } from "../../tools/report/reporter";
import { ensureTools } from "../../tools/toolchain/ensure";
import { refuseAccountStack } from "../account-stack";
import { stackOwner } from "../pulumi/environment";
import type { StackSession } from "../pulumi/stack-session";
import { requireCheckout } from "../require-checkout";
import { toolNeeds } from "./needs";
import { readStack } from "./read";

/**
 * Opens a stack whose state is on this machine, getting the tools first where they are missing.
 *
 * @param alone whether the caller holds the checkout's lock.
 * @throws UserError for a stack in an account: its state is elsewhere.
 */
export async function openLocalStack(
  stack: string,
  reporter: Reporter = silentReporter,
  alone = false,
): Promise<StackSession> {
  requireCheckout(`the state of stack ${stack}`);
  const config = readStack(stack);
  refuseAccountStack(config, stack);
  const toolchain = await ensureTools(toolNeeds(config), reporter);
  const { StackSession: Session } = await import("../pulumi/stack-session");
  return Session.open(stack, projectRoot, toolchain, stackOwner(config.cluster), reporter, alone);
}
