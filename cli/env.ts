import { resolve } from "node:path";
import { shellQuoted } from "../components/shell";
import type { StackConfig } from "../config/stack";
import { projectRoot, workPaths } from "../tools/paths";
import { LineReporter } from "../tools/report/reporter";
import { ensureTools } from "../tools/toolchain/ensure";
import { preparePulumiHome } from "../tools/toolchain/pulumi-home";
import type { Toolchain } from "../tools/toolchain/toolchain";
import { UserError } from "../tools/user-error";
import { isAccountStack } from "./account-stack";
import { makeWorkFolders, pulumiEnvironment, stackOwner } from "./pulumi/environment";
import { toolNeeds } from "./stack/needs";
import { readStack } from "./stack/read";

/** `lanes env`: the shell lines for a stack of this checkout. */
export async function printEnvironment(options: { stack: string }): Promise<string> {
  makeWorkFolders();
  const config = readableStack(options.stack);
  // A config with problems must not keep anyone from the tools to look into it; those of `existing` are in every set.
  const toolchain = await ensureTools(config ? toolNeeds(config) : { cluster: "existing" }, new LineReporter(1));
  if (config && isAccountStack(config)) return toolLines(toolchain);
  await preparePulumiHome(toolchain, workPaths.pulumiHome);
  return environmentLines(toolchain, config?.cluster ?? { kind: "auto" });
}

function readableStack(stack: string): StackConfig | undefined {
  try {
    return readStack(stack);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The tools and nothing else: backend, passphrase and kubeconfig are those of the user. */
export function toolLines({ binFolder }: Pick<Toolchain, "binFolder">): string {
  return `export PATH=${shellQuoted(binFolder)}:"$PATH"`;
}

/**
 * The shell lines that let plain `pulumi`, `kubectl` and `lanes` work on a stack of this checkout:
 * `eval "$(npx lanes env)"`.
 */
export function environmentLines(
  toolchain: Pick<Toolchain, "binFolder" | "charts" | "operator">,
  cluster: { readonly kind: string; readonly kubeconfig?: string; readonly context?: string },
  env: NodeJS.ProcessEnv = process.env,
): string {
  const { PATH: _path, ...rest } = pulumiEnvironment(toolchain, stackOwner(cluster), env);
  const { kubeconfig, context } = cluster;
  const KUBECONFIG = kubeconfig === undefined ? workPaths.kubeconfig : resolve(projectRoot, kubeconfig);
  return [
    toolLines(toolchain),
    ...Object.entries({ ...rest, KUBECONFIG }).map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
    // No variable names a context.
    ...(context === undefined ? [] : [`# the stack's context: kubectl --context ${shellQuoted(context)}`]),
  ].join("\n");
}
