import type { Change } from "../report";
import { changedValues, tells } from "./described";
import type { Difference } from "./differences";

/** Keys of a workload that its pods are made of, and so are told with them. */
const podKeys = ["env", "secretEnv", "secretEnvOf", "probe", "pod", "calls", "targetPort", "imagePullSecrets"];
const imageKeys = ["app", "image"];

/** Whether another change, or another of the differences, tells this one of a section beside the lane groups. */
export function isSectionDescribed(
  difference: Difference,
  changes: readonly Change[],
  all: readonly Difference[],
): boolean {
  const [section] = difference.path;
  if (section === "workloads") return isOfVersion(difference, all) || isWorkloadDescribed(difference, changes);
  if (section !== "allow") return false;
  const { before, after } = difference;
  const words = [before, after].flatMap((value) => (isCall(value) ? [`${value.from} -> ${value.to}`] : []));
  const kinds = ["allowed-call", "refused-call"] as const;
  return tells(changes, kinds, words.length > 0 ? words : changedValues(difference));
}

function isCall(value: unknown): value is { readonly from: string; readonly to: string } {
  return typeof value === "object" && value !== null && "from" in value && "to" in value;
}

/** What a version has of its own comes and goes with it, which `versions` tells. */
function isOfVersion({ path, before, after }: Difference, all: readonly Difference[]): boolean {
  const [, workload, key = "", version = ""] = path;
  if (!["ofVersions", "replicas"].includes(key) || path.length !== 4) return false;
  if (before !== undefined && after !== undefined) return false;
  const versions = all.find(
    (each) => each.path.length === 3 && each.path[1] === workload && each.path[2] === "versions",
  );
  return versions !== undefined && changedValues(versions).includes(version);
}

function isWorkloadDescribed({ path }: Difference, changes: readonly Change[]): boolean {
  const [, workload = "", key = "", version, versionKey = ""] = path;
  const name = workload.split("/").at(-1);
  const own = changes.filter(({ kind, text }) => kind === "pods" && text.startsWith(`${name} `));
  const which = key === "ofVersions" ? versionKey : key;
  const told = own.filter(({ text }) => key !== "ofVersions" || text.startsWith(`${name} ${version} `));
  if (imageKeys.includes(which)) return told.some(({ text }) => text.includes(" runs "));
  return podKeys.includes(which) && told.some(({ text }) => text.includes(" has other "));
}
