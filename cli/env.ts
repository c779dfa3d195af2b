import { shellQuoted } from "../components/shell";
import { workPaths } from "../tools/paths";
import { LineReporter } from "../tools/report/reporter";
import type { ToolNeeds } from "../tools/toolchain/bundles";
import { ensureTools } from "../tools/toolchain/ensure";
import { preparePulumiHome } from "../tools/toolchain/pulumi-home";
import type { Toolchain } from "../tools/toolchain/toolchain";
import { UserError } from "../tools/user-error";
import { isAccountStack } from "./account-stack";
import { readStack, toolNeeds } from "./local-stack";
import { makeWorkFolders, pulumiEnvironment } from "./pulumi/environment";

/** `lanes env`: the shell lines for a stack of this checkout. */
export async function printEnvironment(options: { stack: string }): Promise<string> {
  makeWorkFolders();
  const toolchain = await ensureTools(needsOrExisting(options.stack), new LineReporter(1));
  if (livesInAccount(options.stack)) return toolLines(toolchain);
  await preparePulumiHome(toolchain, workPaths.pulumiHome);
  return environmentLines(toolchain, workPaths.kubeconfig);
}

/** A config with problems must not keep anyone from the tools to look into it; those of `existing` are in every set. */
function needsOrExisting(stack: string): ToolNeeds {
  try {
    return toolNeeds(readStack(stack));
  } catch (error) {
    if (error instanceof UserError) return { cluster: "existing" };
    throw error;
  }
}

function livesInAccount(stack: string): boolean {
  try {
    return isAccountStack(readStack(stack));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** The tools and nothing else: backend, passphrase and kubeconfig are those of the user. */
export function toolLines({ binFolder }: Pick<Toolchain, "binFolder">): string {
  return `export PATH=${shellQuoted(binFolder)}:"$PATH"`;
}

/**
 * The shell lines that let plain `pulumi`, `kubectl` and `lanes` work on the local stack:
 * `eval "$(npx lanes env)"`.
 */
export function environmentLines(
  toolchain: Pick<Toolchain, "binFolder" | "charts" | "operator">,
  kubeconfig: string,
): string {
  const { PATH: _path, ...rest } = pulumiEnvironment(toolchain, {});
  const variables = { ...rest, KUBECONFIG: kubeconfig };
  return [
    toolLines(toolchain),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
  ].join("\n");
}
