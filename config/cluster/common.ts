import { z } from "zod";
import { name } from "../values";

/** Keys of every kind of cluster. */
export const common = {
  name: name.default("mesh-lanes"),
  kubernetesVersion: z
    .string()
    .optional()
    .meta({ description: "a version such as 1.35.4", examples: ["1.35.4"] }),
};
