import type { WorkloadArgs, WorkloadVersion } from "./args";

/** Versions in their order, with what each has of its own. */
export function versionsOf({
  versions,
}: Pick<WorkloadArgs, "versions">): readonly (readonly [string, WorkloadVersion])[] {
  return isNames(versions) ? versions.map((version) => [version, {}] as const) : Object.entries(versions);
}

function isNames(versions: WorkloadArgs["versions"]): versions is readonly string[] {
  return Array.isArray(versions);
}
