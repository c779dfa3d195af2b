import { orderRefusals } from "../../config/order/refusal";
import { unsafeInOneUpdate } from "../../config/order/unsafe";
import type { Source } from "../diff/source";
import type { PreviewReport } from "./report";

/** Why an update would be refused. */
export function refusedIn(before: Source, after: Source, allowed: boolean): PreviewReport["refused"] {
  if (allowed) return [];
  return orderRefusals(unsafeInOneUpdate(before.config, after.config)).map(({ path: group, got, fix }) => {
    return { group, got, fix };
  });
}
