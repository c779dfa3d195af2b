import { allowedUpdate, mayBeUnsafe, refusedUpdate } from "../../config/order/refusal";
import { type OrderedConfig, unsafeInOneUpdate } from "../../config/order/unsafe";

/**
 * Refuses what no order of an update's steps makes safe.
 *
 * @param before what the stack's last update noted; where that is not known, nothing is refused.
 * @param allowed as the flag says. @default as the environment says
 * @returns what is unsafe and made all the same, in words; undefined where nothing is.
 * @throws UserError with the sequence to use.
 */
export function requireSafeOrder(
  before: OrderedConfig | undefined,
  config: OrderedConfig,
  allowed?: boolean,
): string | undefined {
  const unsafe = before ? unsafeInOneUpdate(before, config) : [];
  if (unsafe.length === 0) return undefined;
  if (!mayBeUnsafe(allowed)) throw refusedUpdate(unsafe);
  return allowedUpdate(unsafe);
}
