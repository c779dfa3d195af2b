import type { WorkloadArgs, WorkloadVersion } from "./args";

/** Versions in their order, with what each has of its own. */
export function versionsOf({
  versions,
}: Pick<WorkloadArgs, "versions">): readonly (readonly [string, WorkloadVersion])[] {
  return isNames(versions) ? versions.map((version) => [version, {}] as const) : Object.entries(versions);
}

/** What a version has of its own; nothing where it has no more than its name, or is none of the workload's. */
export function versionNamed({ versions }: Pick<WorkloadArgs, "versions">, name: string): WorkloadVersion {
  return !isNames(versions) && Object.hasOwn(versions, name) ? (versions[name] ?? {}) : {};
}

function isNames(versions: WorkloadArgs["versions"]): versions is readonly string[] {
  return Array.isArray(versions);
}
