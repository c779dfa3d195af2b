import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathWith } from "../../tools/path-variable";
import { projectRoot, workFolder, workPaths } from "../../tools/paths";
import type { Toolchain } from "../../tools/toolchain/toolchain";

/**
 * Passphrase of the local stacks' secrets. It is no secret: what it guards are the keys of a cluster that lives on this
 * machine, in a folder only its owner can read. It is fixed because Pulumi writes the passphrase's salt into the stack's
 * config file: a passphrase made per clone would change Pulumi.dev.yaml in every clone. Other stacks bring their own.
 */
const localPassphrase = "mesh-lanes-local";

/**
 * The environment in which any `pulumi` command works on the local stack: pinned tools first on PATH, file backend
 * and plugins inside the working folder, so no account is needed and the user's own Pulumi settings stay untouched.
 *
 * A passphrase that is already set wins for stacks other than the local ones.
 */
export function pulumiEnvironment(
  toolchain: Pick<Toolchain, "binFolder" | "charts" | "operator">,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return {
    PATH: pathWith(toolchain.binFolder, env),
    PULUMI_BACKEND_URL: backendUrl(workPaths.state),
    PULUMI_HOME: workPaths.pulumiHome,
    PULUMI_CONFIG_PASSPHRASE: localPassphrase,
    // Loads the program without the TypeScript compiler: types are checked by `npm test`.
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: join(projectRoot, "bin", "run-program.js"),
    // For a language host that takes no run path: checking types again would cost every preview about four seconds.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(toolchain.charts ? { MESH_LANES_CHARTS: toolchain.charts } : {}),
    ...(toolchain.operator ? { MESH_LANES_OPERATOR_CHART: toolchain.operator.chart } : {}),
  };
}

/**
 * A file backend without a second file of attributes beside each file, which nobody needs. It is not written in one piece, and
 * the program reads the stack's own last output while the engine writes the state: now and then it met an empty one, and the
 * update failed with `failed to load checkpoint: EOF`. https://pkg.go.dev/gocloud.dev/blob/fileblob#URLOpener
 */
function backendUrl(folder: string): string {
  return `file://${folder}?metadata=skip`;
}

/** Makes the folders that `pulumiEnvironment` names; only their owner may read them. */
export function makeWorkFolders(): void {
  for (const folder of [workFolder, workPaths.state, workPaths.pulumiHome, workPaths.logs]) {
    mkdirSync(folder, { recursive: true });
  }
  chmodSync(workFolder, 0o700);
}
