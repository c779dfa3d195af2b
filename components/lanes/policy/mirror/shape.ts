import { z } from "zod";
import type { DeepReadonly } from "../../../../tools/deep-readonly";
import { percent } from "../percent";

export const mirrorSchema = z
  .strictObject({
    lane: z.string().describe("the lane whose pods get the copies"),
    percent,
    // See `services[].writes`.
    writes: z.boolean().default(false).describe("true or false: copies may reach services that write; default false"),
  })
  .describe("copies of the baseline's requests, whose answers nobody gets: lane, percent, writes");

export type Mirror = DeepReadonly<z.output<typeof mirrorSchema>>;
