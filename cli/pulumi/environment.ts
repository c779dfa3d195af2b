import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathWith } from "../../tools/path-variable";
import { projectRoot, workFolder, workPaths } from "../../tools/paths";
import type { Toolchain } from "../../tools/toolchain/toolchain";
import { UserError } from "../../tools/user-error";

/**
 * Passphrase of stacks whose cluster this program makes on this machine, and of no others. It is no secret: what it guards are the
 * keys of such a cluster, in a folder only its owner can read. It is fixed because Pulumi writes the passphrase's salt into the
 * stack's config file: a passphrase made per clone would change Pulumi.dev.yaml in every clone.
 */
const localPassphrase = "mesh-lanes-local";

/** Whose settings count for a stack's state and secrets. */
export type StackOwner =
  /** Its cluster is made by this program, on this machine. */
  | "program"
  /** It is on a cluster of the user: passphrase, secrets provider and backend are the user's, if they name any. */
  | "user";

export function stackOwner({ kind }: { readonly kind: string }): StackOwner {
  return kind === "existing" ? "user" : "program";
}

/**
 * The environment in which any `pulumi` command works on a stack of this checkout: pinned tools first on PATH, plugins inside the
 * working folder. The state is in the working folder too, so no account is needed, unless the user names a backend for a stack of
 * theirs.
 */
export function pulumiEnvironment(
  toolchain: Pick<Toolchain, "binFolder" | "charts" | "previousCharts" | "operator">,
  owner: StackOwner,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return {
    PATH: pathWith(toolchain.binFolder, env),
    ...stateSettings(owner, env),
    PULUMI_HOME: workPaths.pulumiHome,
    // Loads the program without the TypeScript compiler: types are checked by `npm test`.
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: join(projectRoot, "bin", "run-program.js"),
    // For a language host that takes no run path: checking types again would cost every preview about four seconds.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(toolchain.charts ? { MESH_LANES_CHARTS: toolchain.charts } : {}),
    ...(toolchain.previousCharts ? { MESH_LANES_PREVIOUS_CHARTS: toolchain.previousCharts } : {}),
    ...(toolchain.operator ? { MESH_LANES_OPERATOR_CHART: toolchain.operator.chart } : {}),
  };
}

/**
 * The engine and its plugins live for seconds, and spend a fifth of their processor time on garbage: at 131 resources this takes 0.6
 * of 5.3 s off a preview, for 150 MB of memory. Commands of ours alone run so, and not the shell that `lanes env` is for.
 * https://pkg.go.dev/runtime#hdr-Environment_Variables
 */
export function collectingRarely(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return { GOGC: env.GOGC ?? "400" };
}

/** Whether the state of a stack on this cluster is in this checkout's own backend. */
export function hasStateHere(cluster: { readonly kind: string }, env: NodeJS.ProcessEnv = process.env): boolean {
  if (cluster.kind === "ack") return false;
  return stateSettings(stackOwner(cluster), env).PULUMI_BACKEND_URL === backendUrl(workPaths.state);
}

function stateSettings(owner: StackOwner, env: NodeJS.ProcessEnv): Record<string, string> {
  const state = { PULUMI_BACKEND_URL: backendUrl(workPaths.state) };
  if (owner === "program") return { ...state, PULUMI_CONFIG_PASSPHRASE: localPassphrase };
  return env.PULUMI_BACKEND_URL ? { PULUMI_BACKEND_URL: env.PULUMI_BACKEND_URL } : state;
}

/**
 * Nobody but the user can choose how the secrets of a stack on the user's cluster are kept.
 *
 * @param stackFile text of the stack's config file.
 * @throws UserError when the user has not.
 */
export function requireSecretsProvider(
  owner: StackOwner,
  stackFile: string,
  env: NodeJS.ProcessEnv = process.env,
): void {
  if (owner === "program" || /^secretsprovider:/m.test(stackFile)) return;
  const {
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_CONFIG_PASSPHRASE_FILE: file,
    PULUMI_BACKEND_URL: backend,
  } = env;
  const isCloud = /^https?:/.test(backend ?? "");
  // A shell of `lanes env` for a local stack has it, and everybody knows it. What was made with it still opens.
  const isNew = !/^encryptionsalt:/m.test(stackFile) && file === undefined && !isCloud;
  if (passphrase === localPassphrase && isNew) {
    throw new UserError("the secrets of this stack would have a passphrase that everybody knows", [
      {
        path: "PULUMI_CONFIG_PASSPHRASE",
        got: "the one of local clusters, which `lanes env` of such a stack sets",
        expected: "a passphrase of yours: the stack's state holds the kubeconfig of your cluster",
        fix: "Set PULUMI_CONFIG_PASSPHRASE to one of yours, or use a shell without `lanes env` of a local stack.",
      },
    ]);
  }
  // Pulumi Cloud keeps the secrets of its stacks itself.
  if (passphrase !== undefined || file !== undefined || isCloud) return;
  throw new UserError("the secrets of this stack have no passphrase", [
    {
      path: "PULUMI_CONFIG_PASSPHRASE",
      got: "nothing",
      expected:
        "a passphrase of yours, or a secrets provider in the stack's file: its state holds the kubeconfig of your cluster",
      fix: `Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE. A stack that an earlier version made has the passphrase ${localPassphrase}: set that, and change it by \`pulumi stack change-secrets-provider passphrase\`.`,
    },
  ]);
}

/**
 * A file backend without a second file of attributes beside each file, which nobody needs. It is not written in one piece, and
 * whoever reads the state while the engine writes it met an empty one now and then: `failed to load checkpoint: EOF`.
 * https://pkg.go.dev/gocloud.dev/blob/fileblob#URLOpener
 */
export function backendUrl(folder: string): string {
  return `file://${folder}?metadata=skip`;
}

/** Makes the folders that `pulumiEnvironment` names; only their owner may read them. */
export function makeWorkFolders(): void {
  for (const folder of [workFolder, workPaths.state, workPaths.pulumiHome, workPaths.logs]) {
    mkdirSync(folder, { recursive: true });
  }
  chmodSync(workFolder, 0o700);
}
