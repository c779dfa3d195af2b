import type { OutputMap, Stack } from "@pulumi/pulumi/automation";

/** What runs the command line; in the library's types it is left out. */
interface CommandRunner {
  run(args: string[], folder: string, environment: Record<string, string>): Promise<{ readonly stdout: string }>;
}

/**
 * Leaves out what the automation API runs after each update and nobody here reads, each a process that reads the whole state: the
 * outputs with their secrets masked (to tell which are secret; all are treated so), and the entry of the history.
 *
 * @returns the same stack. `outputs()` says of all that they are secret; an update has no summary.
 */
export function withUsedCommandsOnly(stack: Stack): Stack {
  const { workspace } = stack;
  workspace.stackOutputs = async (name) => {
    const { envVars, pulumiHome, workDir } = workspace;
    const command = workspace.pulumiCommand as unknown as CommandRunner;
    const environment = { ...(pulumiHome !== undefined && { PULUMI_HOME: pulumiHome }), ...envVars };
    const args = ["stack", "output", "--json", "--show-secrets", "--stack", name];
    const { stdout } = await command.run(args, workDir, environment);
    const values: Record<string, unknown> = JSON.parse(stdout);
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, { value, secret: true }]),
    ) as OutputMap;
  };
  stack.info = async () => undefined;
  return stack;
}
