import { z } from "zod";
import { pins } from "../../tools/toolchain/pins";
import { name } from "../values";

/** Keys of every kind of cluster. */
export const common = {
  name: name.default("mesh-lanes"),
  kubernetesVersion: z
    .string()
    .optional()
    .meta({ description: `a version such as ${pins.kubernetes}`, examples: [pins.kubernetes] }),
};
