import type { DiffReport } from "../../components/lanes/diff/report";
import { mayBeUnsafe } from "../../config/order/refusal";
import type { PreviewReport } from "./report";

/** Why an update would be refused: dangers of the order of its steps. @param allowed as the flag says. */
export function refusedIn({ changes }: DiffReport, allowed: boolean | undefined): PreviewReport["refused"] {
  if (mayBeUnsafe(allowed)) return [];
  return changes.flatMap(({ kind, risk, group, text }) =>
    kind === "order" && risk === "danger" && group !== null ? [{ group, text }] : [],
  );
}
