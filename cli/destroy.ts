import { LineReporter } from "../tools/report/reporter";
import { withRunLock } from "./run-lock";
import { openLocalStack } from "./stack/open";

/** `pulumi destroy` of a local stack, with progress. */
export async function destroy(options: { stack: string }): Promise<void> {
  const reporter = new LineReporter(1);
  await withRunLock(reporter, async () => {
    reporter.phase(`pulumi destroy of stack ${options.stack}`);
    const session = await openLocalStack(options.stack, reporter, true);
    await session.destroy();
    reporter.done();
  });
}
