import { groupLabel } from "../../tools/mesh/group-label";
import type { Problem } from "../../tools/user-error";
import { asRecord, records } from "../../tools/values";
import { claimName } from "../live/claim";
import type { Check } from "../live/gate";
import { type LiveObject, stackLabel } from "../live/object";
import { resolveHost } from "./hosts";
import { isOfLanes } from "./object";

/** Subsets of one host. */
export interface HostSubsets {
  /** In full, as objects of a group name it. */
  readonly host: string;
  readonly subsets: readonly string[];
}

type Rule = Pick<LiveObject, "kind" | "content">;

/** The subsets that DestinationRules have, by host. */
export function subsetsOf(rules: readonly Rule[]): HostSubsets[] {
  return rules.flatMap(({ kind, content }) => {
    const { host, subsets } = asRecord(content.spec);
    if (kind !== "DestinationRule" || typeof host !== "string") return [];
    return [{ host, subsets: records(subsets).flatMap(({ name }) => (typeof name === "string" ? [name] : [])) }];
  });
}

/** @returns what `before` has and `after` has not. */
export function goneSubsets(before: readonly HostSubsets[], after: readonly HostSubsets[]): HostSubsets[] {
  return before
    .map(({ host, subsets }) => {
      const kept = after.filter((each) => each.host === host).flatMap((each) => each.subsets);
      return { host, subsets: subsets.filter((subset) => !kept.includes(subset)) };
    })
    .filter(({ subsets }) => subsets.length > 0);
}

/**
 * Routes of others that name subsets which go: Envoy would answer their requests with 503.
 *
 * @param routes VirtualServices of the cluster, whoever made them; those of lane groups change with the update.
 * @param left what each host still has.
 */
export function brokenRoutes(
  routes: readonly LiveObject[],
  gone: readonly HostSubsets[],
  left: readonly HostSubsets[],
): Problem[] {
  return routes.flatMap((route) => {
    if (isOfLanes(route)) return [];
    return destinationsOf(route).flatMap(({ host: name, subset }): Problem[] => {
      const found = gone.find(({ host, subsets }) => subsets.includes(subset) && isNamed(host, name, route.namespace));
      if (!found) return [];
      const others = left.filter(({ host }) => host === found.host).flatMap(({ subsets }) => subsets);
      const fix =
        others.length > 0
          ? `Write another subset there first: ${[...new Set(others)].join(", ")}.`
          : "Take the subset out there first.";
      return [
        {
          path: claimName(route),
          got: `it leads to subset ${subset} of ${found.host}, which goes with this change`,
          expected: "routes of others that name no subset which goes: their requests would get 503",
          fix,
        },
      ];
    });
  });
}

function isNamed(host: string, name: string, namespace: string): boolean {
  const [, clusterDomain = ""] = host.split(".svc.");
  return resolveHost(name, { namespace, clusterDomain }) === host;
}

function destinationsOf({ content }: LiveObject): { readonly host: string; readonly subset: string }[] {
  const spec = asRecord(content.spec);
  const routes = [...records(spec.http), ...records(spec.tcp), ...records(spec.tls)];
  const all = routes.flatMap((route) => [
    ...[...records(route.route), ...records(route.mirrors)].map(({ destination }) => asRecord(destination)),
    asRecord(route.mirror),
  ]);
  const known = all.flatMap(({ host, subset }) =>
    typeof host === "string" && typeof subset === "string" ? [{ host, subset }] : [],
  );
  return [...new Map(known.map((each) => [`${each.host} ${each.subset}`, each])).values()];
}

/**
 * Nothing is written while routes of others name subsets that would go.
 *
 * @param planned what the program has of these groups afterwards.
 * @param isJudged whether the check is about a lane group of this name.
 */
export function routesOfOthersStay(planned: readonly HostSubsets[], isJudged: (group: string) => boolean): Check {
  return async (cluster, { stack }) => {
    const isChanged = ({ labels }: LiveObject) => labels[stackLabel] === stack && isJudged(labels[groupLabel] ?? "");
    const rules = subsetsOf((await cluster.all()).filter(isChanged));
    // An update that takes no subset away pays nothing.
    if (goneSubsets(rules, planned).length === 0) return [];
    const [routes, all] = await Promise.all([
      cluster.everywhere("VirtualService"),
      cluster.everywhere("DestinationRule"),
    ]);
    // Istio merges all rules of a host: another group may have the same subset, and so may its owner.
    const left = [...planned, ...subsetsOf(all.filter((rule) => !isChanged(rule)))];
    return brokenRoutes(routes, goneSubsets(rules, left), left);
  };
}
