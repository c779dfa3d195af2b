const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does something when this process ends: by itself, or by a signal, of which Node.js tells nobody by `exit`. It has to be done at
 * once: nothing that is awaited comes to its end then.
 *
 * @returns what calls it off.
 */
export function atEnd(work: () => void): () => void {
  const off = (): void => {
    process.off("exit", work);
    for (const signal of signals) process.off(signal, interrupted);
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    off();
    work();
    // Without a listener of its own the signal ends the process; with others it is theirs to say.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.once("exit", work);
  // In front of the listeners of `signal-exit`, which end the process where no other is left, and are called once.
  for (const signal of signals) process.prependListener(signal, interrupted);
  return off;
}
