import { z } from "zod";
import { name } from "../values";

/** Keys of every kind of cluster. */
export const common = {
  name: name.default("mesh-lanes"),
  kubernetesVersion: z
    .string()
    .optional()
    .describe("a version such as 1.35.4")
    .meta({ examples: ["1.35.4"] }),
};
