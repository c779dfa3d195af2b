import { readEnv } from "../shared/env";
import { run } from "../shared/run";
import { parseCommand } from "./command";
import { connect } from "./connect";

run(async () => {
  const command = parseCommand(process.argv.slice(2));
  const timeoutMilliseconds = readEnv(process.env, (env) => env.integer("TIMEOUT_MS", 10000, 1, 600000));
  switch (command.kind) {
    case "sleep":
      return sleep();
    case "connect":
      return process.exit(await connect({ ...command, timeoutMilliseconds, print: printLine, printError }));
    default:
      return command satisfies never;
  }
});

/** A timer is what keeps the process there for `kubectl exec`. */
function sleep() {
  const timer = setInterval(() => {}, 2 ** 30);
  return { stop: async () => clearInterval(timer) };
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}
