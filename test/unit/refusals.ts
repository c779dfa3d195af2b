/**
 * For use inside a `describe`: what programs were refused in the current test. A refusal ends its program as an error that nobody
 * handles, which Mocha would take for its own.
 */
export function collectRefusals(): readonly string[] {
  const refusals: string[] = [];
  let listeners: NodeJS.UnhandledRejectionListener[] = [];
  beforeEach(() => {
    refusals.length = 0;
    listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (error) => refusals.push(String(error)));
  });
  afterEach(() => {
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
  });
  return refusals;
}
