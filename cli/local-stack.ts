import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ClusterKind, chooseClusterKind } from "../components/cluster/choose";
import type { StackConfig } from "../stacks/config";
import { hostFacts } from "../stacks/local-environment";
import { loadStackConfig, readStackConfigFile } from "../stacks/read-config";
import { projectRoot } from "../tools/paths";
import { type Reporter, silentReporter } from "../tools/report/reporter";
import { ensureTools } from "../tools/toolchain/ensure";
import { UserError } from "../tools/user-error";
import type { StackSession } from "./pulumi/stack-session";

/** The checked config of a stack of this checkout. @throws UserError naming every problem, or the missing file. */
export function readStack(stack: string): StackConfig {
  const file = join(projectRoot, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    throw new UserError("there is no such stack", [
      {
        path: "--stack",
        got: `got "${stack}", and there is no Pulumi.${stack}.yaml in ${projectRoot}`,
        allowed: "the name of a stack with a config file",
        mend: "Name another stack, or copy Pulumi.dev.yaml to begin one.",
      },
    ]);
  }
  return loadStackConfig(readStackConfigFile(file));
}

/** The kind of cluster that the stack's config means on this machine. */
export function clusterKindOf(config: StackConfig): ClusterKind {
  return chooseClusterKind(config.cluster.kind, hostFacts(config)).kind;
}

/** Opens a local stack, getting the tools first where they are missing. */
export async function openLocalStack(stack: string, reporter: Reporter = silentReporter): Promise<StackSession> {
  const toolchain = await ensureTools({ cluster: clusterKindOf(readStack(stack)) }, reporter);
  const { StackSession: Session } = await import("./pulumi/stack-session");
  return Session.open(stack, projectRoot, toolchain, reporter);
}
