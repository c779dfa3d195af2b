import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { unlessFull } from "../../tools/disk/full";
import { workPaths } from "../../tools/paths";
import { LineReporter } from "../../tools/report/reporter";
import { UserError } from "../../tools/user-error";
import { dispatch } from "./dispatch";
import { isVerb, requests } from "./requests";

/**
 * The process side of the program's dynamic resources: one JSON object on stdin, one on stdout. Progress goes to stderr
 * and into `.lanes/log/internal.log`.
 *
 * @returns the exit code: 1 when the answer is `{"error": message}`.
 */
export async function runInternal(verb: string): Promise<number> {
  unlessFull(() => void mkdirSync(workPaths.logs, { recursive: true }));
  const log = join(workPaths.logs, "internal.log");
  const keep = (line: string) => unlessFull(() => appendFileSync(log, `${new Date().toISOString()} ${verb} ${line}\n`));
  const reporter = new LineReporter(1, (line) => {
    process.stderr.write(`${line}\n`);
    keep(line);
  });
  try {
    if (!isVerb(verb)) {
      throw new UserError(`There is no verb ${JSON.stringify(verb)}: use one of ${Object.keys(requests).join(", ")}.`);
    }
    const answer = await dispatch(verb, await readText(process.stdin), reporter);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return 0;
  } catch (error) {
    // The stack is for whoever fixes this program; the user gets what he can act on.
    keep(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof UserError ? "" : ` (see ${log})`;
    process.stdout.write(`${JSON.stringify({ error: message + hint })}\n`);
    return 1;
  } finally {
    reporter.done();
  }
}
