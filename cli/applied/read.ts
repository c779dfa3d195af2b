import { loadStackConfig, readStackConfigFile } from "../../config/read";
import { LineReporter, silentReporter } from "../../tools/report/reporter";
import { UserError } from "../../tools/user-error";
import type { Source } from "../diff/source";
import { requireStackFile } from "../stack/read";
import { lastApplied, lastNoted } from "./last-applied";

/**
 * What a stack last applied, read from its backend; nothing is changed there, and nobody at work on it is waited for.
 *
 * @param folder the checkout, whose config of the stack tells where its state is.
 * @throws UserError where the backend or the passphrase does not do, and where no update noted its config.
 */
export async function readLastApplied(stack: string, folder: string): Promise<Source> {
  const config = loadStackConfig(readStackConfigFile(requireStackFile(stack, folder)), folder);
  const reporter = new LineReporter(1);
  reporter.phase(`the state of stack ${stack}`);
  const { lookAt, StackNotFoundError, unreadableState } = await import("../pulumi/look");
  try {
    const session = await lookAt(config, stack, { reporter, progress: silentReporter });
    const known = session.noted();
    if (known) return lastNoted(known).before;
    const [state, run] = await Promise.all([session.state(), session.lastRun()]);
    const { before, noted } = lastApplied(state, run, config);
    if (noted === "yes") return before;
    if (noted === "locked") throw unreadableState(stack, "a state whose secrets another key opens");
  } catch (error) {
    if (error instanceof StackNotFoundError) return lastApplied({}, undefined, config).before;
    throw error;
  } finally {
    reporter.done();
  }
  throw new UserError(`what stack ${stack} last applied is not known`, [
    {
      path: `stack ${stack}`,
      got: "resources, and no note of the config that they were made of",
      expected: "a stack that this project's program updated, which notes its config in the output appliedConfig",
      fix: `Compare with a revision, such as \`lanes diff HEAD --stack ${stack}\`, or update the stack once.`,
    },
  ]);
}
