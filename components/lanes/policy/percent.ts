import { z } from "zod";

/** The least that Envoy can count, as Istio has it: one of a million. Less would be none, and Istio refuses it. */
const least = 0.0001;

/** How many of the requests a fault or a mirror is for. */
export const percent = z
  .number()
  .min(0)
  .max(100)
  .refine((value) => value === 0 || value >= least)
  .default(100)
  .describe(`percent of the requests, 0 or ${least} to 100; default 100`);
