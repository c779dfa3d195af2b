import { isRecord, records, texts } from "../../../tools/values";
import { entryRules } from "../rules";
import type { StringMatch } from "../spec";
import { overlaps } from "../text-match/match";
import type { IstioFact } from "./facts";
import type { GroupView } from "./view";

export interface Shadow {
  readonly host: string;
  /** Its first route that is in front, in words. */
  readonly route: string;
  /** Whether it takes every request on the entry's paths; else there are conditions beside the path. */
  readonly always: boolean;
}

/**
 * Whether another VirtualService takes requests away from the entry. Istio joins the routes of one gateway and host, the
 * older object's first.
 */
export function shadowing(view: GroupView, own: IstioFact, other: IstioFact): Shadow | undefined {
  const { gateway, hosts } = view.group.entry;
  const bound = texts(other.spec.gateways).map((name) => (name.includes("/") ? name : `${other.namespace}/${name}`));
  const host = texts(other.spec.hosts).find((candidate) =>
    hosts.some((own) => own.toLowerCase() === candidate.toLowerCase()),
  );
  if (host === undefined || !bound.includes(gateway) || other.createdAt >= own.createdAt) return undefined;
  let partial: Shadow | undefined;
  for (const [index, route] of records(other.spec.http).entries()) {
    const name = `route ${typeof route.name === "string" ? route.name : `number ${index + 1}`}`;
    const matches = records(route.match);
    for (const match of matches.length > 0 ? matches : [{}]) {
      if (!meetsEntry(view, match.uri)) continue;
      const { uri: _uri, name: _name, ...conditions } = match;
      if (Object.keys(conditions).length === 0) return { host, route: name, always: true };
      partial ??= { host, route: name, always: false };
    }
  }
  return partial;
}

function meetsEntry(view: GroupView, uri: unknown): boolean {
  const theirs = toMatch(uri);
  return entryRules(view.group).some(({ match: { path } }) => !theirs || !path || overlaps(theirs, path));
}

function toMatch(value: unknown): StringMatch | undefined {
  if (!isRecord(value)) return undefined;
  for (const kind of ["exact", "prefix", "regex"] as const) {
    const text = value[kind];
    if (typeof text === "string") return { kind, value: text };
  }
  return undefined;
}
