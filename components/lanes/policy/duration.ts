import { z } from "zod";

/** A span of time as Istio writes it: of timeouts, intervals and `maxAge`. */
export const duration = z.string().meta({ description: "a duration such as 500ms, 5s or 1m", examples: ["5s"] });

const shape = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds; undefined when it is no duration. */
export function millis(text: string | undefined): number | undefined {
  const [, number, unit] = shape.exec(text ?? "") ?? [];
  return number === undefined ? undefined : Number(number) * unitMs[unit as keyof typeof unitMs];
}
