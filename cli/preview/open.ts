import type { StackConfig } from "../../config/stack";
import { projectRoot } from "../../tools/paths";
import type { Reporter } from "../../tools/report/reporter";
import { ensureTools } from "../../tools/toolchain/ensure";
import { accountEnvironment, isAccountStack } from "../account-stack";
import { pulumiEnvironment, stackOwner } from "../pulumi/environment";
import { StackSession } from "../pulumi/stack-session";
import { toolNeeds } from "../stack/needs";

export { readStack } from "../stack/read";

/** Opens a stack of any kind to look at it; one in an account with the user's own backend, passphrase and credentials. */
export async function openForPreview(
  config: StackConfig,
  stack: string,
  reporter: Reporter,
  progress: Reporter,
): Promise<StackSession> {
  if (isAccountStack(config)) {
    const toolchain = await ensureTools({ cluster: "existing" }, reporter);
    return StackSession.look(stack, projectRoot, toolchain, accountEnvironment(toolchain.binFolder), false, progress);
  }
  const toolchain = await ensureTools(toolNeeds(config), reporter);
  const environment = pulumiEnvironment(toolchain, stackOwner(config.cluster));
  return StackSession.look(stack, projectRoot, toolchain, environment, true, progress);
}
