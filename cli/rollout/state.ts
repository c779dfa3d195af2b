import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { writeFile } from "../../tools/disk/write-file";
import { UserError } from "../../tools/user-error";
import { fromJson } from "../../tools/values";

const count = z.number().int().min(0);
const stateSchema = z.object({
  format: z.literal("mesh-lanes/rollout/1"),
  /** Weights before the rollout. */
  before: z.record(z.string(), z.number()),
  /** What the baseline met in the last step that was passed: service -> counts; for the step at 100 %. */
  earlier: z.record(
    z.string(),
    z.object({ requests: count, errors: count, times: z.array(z.tuple([z.number(), count])) }),
  ),
  /** Why it is rolled back, in lines; none while it goes on. */
  failed: z.array(z.string()).optional(),
  /** Percent of the mirror at the entry that it has written, or is about to; none where it has written none. */
  copies: z.number().optional(),
  /** The promotion is written in the config. */
  promoting: z.boolean().optional(),
});

/**
 * What a rollout has to know beside the weights in the config, so that it goes on after a kill. How far it is, the weights say;
 * without this file it would go on as well, and roll back to the weights of now without the canary.
 */
export type RolloutState = z.output<typeof stateSchema>;

/** Where the state of a rollout is kept. */
export interface StateStore {
  /** @throws UserError when it cannot be read. */
  load(): RolloutState | undefined;
  save(state: RolloutState): void;
  clear(): void;
}

/** A file in the work folder, of one lane. Names of stacks, groups and lanes hold no slash. */
export function stateFile(folder: string, stack: string, group: string, lane: string): StateStore {
  const path = join(folder, "rollout", `${[stack, group, lane].map(encodeURIComponent).join("@")}.json`);
  return {
    load: () => {
      const text = textOf(path);
      if (text === undefined) return undefined;
      const { data } = stateSchema.safeParse(fromJson(text));
      if (data) return data;
      const fix = `Remove it: the rollout continues from the weights in the config.`;
      throw new UserError("the state of the rollout cannot be read", [
        { path, got: "other content", expected: "the state of a rollout", fix },
      ]);
    },
    save: (state) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFile(path, JSON.stringify(state));
    },
    clear: () => rmSync(path, { force: true }),
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
