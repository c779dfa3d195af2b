import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadClusterConfig, loadStackConfig, type RawStackConfig, readStackConfigFile } from "../../config/read";
import type { StackConfig } from "../../config/stack";
import { projectRoot } from "../../tools/paths";
import { UserError } from "../../tools/user-error";

/** The checked config of a stack of this checkout. @throws UserError naming every problem, or the missing file. */
export function readStack(stack: string): StackConfig {
  return loadStackConfig(readStackFile(stack));
}

/** Its cluster alone, though the rest may be wrong. @throws UserError as `readStack`. */
export function readStackCluster(stack: string): StackConfig["cluster"] {
  return loadClusterConfig(readStackFile(stack));
}

function readStackFile(stack: string): RawStackConfig {
  return readStackConfigFile(requireStackFile(stack));
}

/** The path of a stack's file. @throws UserError when there is none. */
export function requireStackFile(stack: string, folder = projectRoot): string {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (existsSync(file)) return file;
  throw new UserError("there is no such stack", [
    {
      path: "--stack",
      got: `got "${stack}", and there is no Pulumi.${stack}.yaml in ${folder}`,
      expected: "the name of a stack with a config file",
      fix: "Name another stack, or copy Pulumi.dev.yaml to begin one.",
    },
  ]);
}
