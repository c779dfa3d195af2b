import { createInterface } from "node:readline/promises";
import type { Asking } from "./change";

/** The terminal that the command was run in. */
export const terminal: Asking = {
  terminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
  ask: async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
    } finally {
      lines.close();
    }
  },
};
