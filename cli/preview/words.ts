import { listed } from "../../components/lanes/diff/changes/change";
import { allowFlag, allowVariable } from "../../config/order/refusal";
import type { PreviewReport, ResourceChange } from "./report";

const order = ["create", "update", "replace", "delete", "same"] as const;
export const signs: Readonly<Record<ResourceChange["operation"], string>> = {
  create: "+",
  update: "~",
  replace: "+-",
  delete: "-",
};

/** `2 to create, 1 to update; 98 stay the same` */
export function countWords({ counts }: Pick<PreviewReport, "counts">): string {
  const known = order.filter((operation) => operation !== "same" && (counts[operation] ?? 0) > 0);
  const changes = known.map((operation) => `${counts[operation]} to ${operation}`);
  const { same } = counts;
  const rest = same === undefined ? [] : [`${same} ${same === 1 ? "stays" : "stay"} the same`];
  return [changes.length > 0 ? changes.join(", ") : "nothing to change", ...rest].join("; ");
}

/** Where an update would be refused; undefined where it would not. The changes of lanes say why, and what to do instead. */
export function refusedWords({ refused, lanes }: Pick<PreviewReport, "refused" | "lanes">): string | undefined {
  if (refused.length === 0) return undefined;
  const groups = [...new Set(refused.map(({ group }) => group))];
  const where = `lane ${groups.length === 1 ? "group" : "groups"} ${listed(groups)}`;
  return `a change of ${where} is unsafe in one update from ${lanes.before}: see below why, and what to do instead. To make it all the same: ${allowFlag}, or pulumi with ${allowVariable}=1.`;
}

/** `Deployment default-mocka-v1` */
export function changeName({ type, name }: ResourceChange): string {
  const kind = type.split(/[:/]/).at(-1) ?? "";
  return name.startsWith(`${kind}/`) ? name.replace("/", " ") : `${kind} ${name}`;
}

/** What was changed in the cluster, and what the config changes. */
export function byCause(changes: readonly ResourceChange[]) {
  return {
    cluster: changes.filter(({ cause }) => cause !== "config"),
    config: changes.filter(({ cause }) => cause !== "cluster"),
  };
}

/** Where an object was changed in the cluster. */
export function driftWords({ drift, operation }: ResourceChange): string {
  if (drift.includes("(deleted)")) return "deleted there; the update makes it again";
  return drift.length > 0 ? drift.join(", ") : `found otherwise by its provider: to ${operation}`;
}

export function fieldLines({ fields }: ResourceChange): string[] {
  return fields.map(({ path, before, after }) => {
    if (before === null && after === null) return `${path}: changes`;
    if (before === null) return `${path}: + ${after}`;
    return after === null ? `${path}: - ${before}` : `${path}: ${before} -> ${after}`;
  });
}
