import { errorName } from "./log";

/** Something that runs until it is told to stop. */
export interface Running {
  stop(): Promise<void>;
}

/**
 * The life of an app's process: starts it, stops it on SIGTERM or SIGINT and leaves with 0; leaves with 1 and one message
 * on stderr when it cannot start. A second signal leaves at once, with 1. PID 1 of a container has no default handlers.
 */
export function run(start: () => Promise<Running>): void {
  const started = Promise.resolve().then(start);
  started.catch(fail);
  let asked = false;
  const stop = () => {
    if (asked) process.exit(1);
    asked = true;
    started.then((running) => running.stop()).then(() => process.exit(0), fail);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : errorName(error)}\n`);
  process.exit(1);
}
