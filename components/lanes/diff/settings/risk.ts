import type { Risk } from "../report";

/** Keys of a lane group that change most of its objects, or which pods and gateways they are for. */
const groupKeys = [
  "mode",
  "namespace",
  "clusterDomain",
  "versionLabel",
  "routeHeader",
  "traceHeader",
  "asmWay",
  "asmPatches",
  "scope",
] as const;

/** Keys of a service that decide which pods are meant, or how they are reached. */
const serviceKeys = ["namespace", "http2", "versionLabel", "versionLabels"];

/** Sections of a stack that everything in the cluster stands on, or that decide who gets in. */
const sections = ["cluster", "mesh", "gateway", "gateways", "tls", "security", "adopt", "existingNamespaces"];

/** How much care a setting takes that no other change tells. */
export function settingRisk([section = "", _group, key = "", ...below]: readonly string[]): Risk {
  if (sections.includes(section)) return "care";
  if (section !== "laneGroups") return "note";
  if (groupKeys.some((each) => each === key)) return "care";
  if (key === "entry") return below[0] === "gateway" || below[0] === "rest" ? "care" : "note";
  return key === "services" && serviceKeys.includes(below[1] ?? "") ? "care" : "note";
}
