import { reject } from "../lanes/spec";

/** A text as a name of Kubernetes: a-z, 0-9 and `-`. */
export function dnsLabel(text: string): string {
  const close = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
  return close === "" ? "lane" : close;
}

export const baselineLane = "baseline";

/** A lane for each version, named after it; none twice, and none with a name that means something else. */
export function laneNames(versions: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set([baselineLane, reject]);
  const names = new Map<string, string>();
  for (const version of versions) {
    const plain = dnsLabel(version);
    let name = plain;
    for (let number = 2; taken.has(name); number += 1) name = `${plain.slice(0, 60)}-${number}`;
    taken.add(name);
    names.set(version, name);
  }
  return names;
}
