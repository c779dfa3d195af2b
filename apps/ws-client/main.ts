import { readEnv } from "../shared/env";
import { jsonLog } from "../shared/log";
import { run } from "../shared/run";
import { readServerConfig } from "../shared/server";
import { parseCommand } from "./command";
import { connect } from "./connect";
import { startIdle } from "./idle";

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

function sleep() {
  const config = readEnv(process.env, (env) => readServerConfig(env, { service: "ws-client", port: 8080 }));
  return startIdle(config, jsonLog(config.service, config.version));
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}
