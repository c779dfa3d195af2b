import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { orderEnvironment } from "../config/order/refusal";
import type { StackConfig } from "../config/stack";
import { apiCaller } from "../tools/alibaba/api";
import { accountKey } from "../tools/alibaba/credentials";
import { pathWith } from "../tools/path-variable";
import { projectRoot } from "../tools/paths";
import { LineReporter } from "../tools/report/reporter";
import { ensureTools } from "../tools/toolchain/ensure";
import { UserError } from "../tools/user-error";
import { accountAdviceIn } from "./account-advice";
import { orphansOf, pendingInAccount } from "./account-recovery";
import type { StateDeployment } from "./pulumi/pending";

/** Whether the stack is made in an account: its state, secrets and credentials are the user's own, and nothing runs here. */
export function isAccountStack({ cluster }: Pick<StackConfig, "cluster">): boolean {
  return cluster.kind === "ack";
}

/** @throws UserError for a stack in an account, with the commands that do the job there. */
export function refuseAccountStack(config: Pick<StackConfig, "cluster">, stack: string): void {
  if (!isAccountStack(config)) return;
  throw new UserError("this command is for stacks on this machine", [
    {
      path: `stack ${stack}`,
      got: `a cluster of kind ${config.cluster.kind}, with its state in a backend of yours`,
      expected: "a cluster of kind auto, embedded, kind or existing",
      fix: `Use pulumi itself: \`pulumi stack output --stack ${stack}\`, \`pulumi destroy --run-program --stack ${stack}\`.`,
    },
  ]);
}

/**
 * `pulumi up` as one would type it: in the backend that the user is logged in to, with the user's passphrase and
 * credentials, and with pulumi's own preview and question before anything changes. Only the tools are ours, and what is said
 * about refusals of the account.
 *
 * @returns whether it succeeded.
 * @throws UserError that names what a killed update has made and not noted.
 */
export async function upInAccount(
  stack: string,
  cluster: StackConfig["cluster"],
  allowUnsafeOrder?: boolean,
): Promise<boolean> {
  const reporter = new LineReporter(2);
  reporter.phase("tools");
  const { binFolder } = await ensureTools({ cluster: "existing" }, reporter);
  const orphans = await orphansIn(stack, cluster, binFolder);
  if (orphans) throw orphans;
  reporter.phase(`pulumi up of stack ${stack}, in your own backend`);
  reporter.done();
  const folder = mkdtempSync(join(tmpdir(), "lanes-events-"));
  try {
    // Secrets are masked in it. The flag is there with debug commands only; Pulumi's Automation API uses both in this way.
    const eventLog = join(folder, "events.jsonl");
    const { exitCode } = await execa("pulumi", ["up", "--stack", stack, "--event-log", eventLog], {
      cwd: projectRoot,
      env: { ...accountEnvironment(binFolder), ...orderEnvironment(allowUnsafeOrder), PULUMI_DEBUG_COMMANDS: "true" },
      stdio: "inherit",
      reject: false,
    });
    const advice = exitCode === 0 ? undefined : accountAdviceIn(eventLog);
    if (advice) process.stderr.write(`\n${advice.message}\n`);
    return exitCode === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function orphansIn(stack: string, cluster: StackConfig["cluster"], binFolder: string) {
  if (cluster.kind !== "ack") return undefined;
  const { region } = cluster;
  const options = { cwd: projectRoot, env: accountEnvironment(binFolder), reject: false };
  // A stack that is not there yet has nothing pending, and `pulumi up` asks whether to make it.
  const { exitCode, stdout } = await execa("pulumi", ["stack", "export", "--stack", stack], options);
  const exported: { deployment?: StateDeployment } = exitCode === 0 ? JSON.parse(stdout) : {};
  const deployment = exported.deployment ?? {};
  if (pendingInAccount(deployment).length === 0) return undefined;
  return orphansOf(deployment, { region, callOf: (api) => apiCaller(api, accountKey) });
}

/** What is added to the user's own environment. */
export function accountEnvironment(binFolder: string, env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return {
    PATH: pathWith(binFolder, env),
    // Types are checked by `npm test`.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}
