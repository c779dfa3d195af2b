import { z } from "zod";

/** A span of time as Istio writes it: of timeouts, intervals and `maxAge`. */
export const duration = z.string().meta({ description: "a duration such as 500ms, 5s or 1m", examples: ["5s"] });

const shape = /^(\d+)(?:\.(\d+))?(ms|s|m|h)$/;
const unitMs = { ms: 1n, s: 1000n, m: 60_000n, h: 3_600_000n } as const;

/** As a fraction: `1.1m` is 66 seconds to the millisecond, which floating point would miss. */
function fraction(text: string | undefined): { readonly over: bigint; readonly under: bigint } | undefined {
  const [, whole, decimals = "", unit] = shape.exec(text ?? "") ?? [];
  if (whole === undefined) return undefined;
  return {
    over: BigInt(whole + decimals) * unitMs[unit as keyof typeof unitMs],
    under: 10n ** BigInt(decimals.length),
  };
}

/** Milliseconds; undefined when it is no duration. */
export function millis(text: string | undefined): number | undefined {
  const length = fraction(text);
  return length && Number(length.over) / Number(length.under);
}

/** The longest duration of Go in whole hours, as Istio reads it: 2^63 - 1 nanoseconds, 292 years. */
const longest = { text: "2562047h", millis: 2_562_047n * unitMs.h } as const;

/** What Istio takes, in words. */
export const istioDuration = `whole milliseconds from 1ms to ${longest.text}, written with ms, s, m or h`;

/**
 * Milliseconds of a duration that Istio takes; undefined for any other. Its rules: `ValidateDuration` of
 * https://github.com/istio/istio/blob/master/pkg/config/validation/agent/validation.go, and
 * `duration(self) >= duration('1ms')` of its CustomResourceDefinitions.
 */
export function istioMillis(text: string | undefined): number | undefined {
  const length = fraction(text);
  // Go is exact down to nanoseconds: with more decimals it could read a little less.
  if (!length || length.under > 10n ** 9n || length.over % length.under !== 0n) return undefined;
  const whole = length.over / length.under;
  return whole >= 1n && whole <= longest.millis ? Number(whole) : undefined;
}
