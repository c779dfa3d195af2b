import type { Change } from "../report";
import { changedValues, tells } from "./described";
import type { Difference } from "./differences";

/** Keys of a workload that its pods are made of, and so are told with them. */
const podKeys = ["env", "secretEnv", "secretEnvOf", "probe", "pod", "calls", "targetPort", "imagePullSecrets"];
const imageKeys = ["app", "image"];

/** Whether another change tells this difference of a section beside the lane groups. */
export function isSectionDescribed(difference: Difference, changes: readonly Change[]): boolean {
  const [section] = difference.path;
  if (section === "workloads") return isWorkloadDescribed(difference, changes);
  if (section !== "allow") return false;
  const { before, after } = difference;
  const words = [before, after].flatMap((value) => (isCall(value) ? [`${value.from} -> ${value.to}`] : []));
  const kinds = ["allowed-call", "refused-call"] as const;
  return tells(changes, kinds, words.length > 0 ? words : changedValues(difference));
}

function isCall(value: unknown): value is { readonly from: string; readonly to: string } {
  return typeof value === "object" && value !== null && "from" in value && "to" in value;
}

function isWorkloadDescribed({ path, before, after }: Difference, changes: readonly Change[]): boolean {
  const [, workload = "", key = "", version, versionKey = ""] = path;
  // What a version has of its own comes and goes with it, which `versions` tells.
  if (
    (key === "ofVersions" || key === "replicas") &&
    path.length === 4 &&
    (before === undefined || after === undefined)
  )
    return true;
  const name = workload.split("/").at(-1);
  const own = changes.filter(({ kind, text }) => kind === "pods" && text.startsWith(`${name} `));
  const which = key === "ofVersions" ? versionKey : key;
  const told = own.filter(({ text }) => key !== "ofVersions" || text.startsWith(`${name} ${version} `));
  if (imageKeys.includes(which)) return told.some(({ text }) => text.includes(" runs "));
  return podKeys.includes(which) && told.some(({ text }) => text.includes(" has other "));
}
