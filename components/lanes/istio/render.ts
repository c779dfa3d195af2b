import type { GatewayPods, IstioObject } from "../object";
import { type LaneGroup, namespacesOf } from "../spec";
import { renderEntryCopies } from "./copies";
import { renderFallbackClusters, renderFallbackRoutes } from "./fallback";
import { renderConnect, renderPropagation } from "./filters";
import { gatewayFilters, sidecarFilters } from "./proxy-filters";
import { renderEntryRoutes, renderServiceRoutes } from "./routes";
import { renderScope } from "./scope";
import { renderSubsets } from "./subsets";
import { needsVersionHeader, renderVersionHeader } from "./version-header";

export interface IstioOptions {
  /** The gateway's pods, which groups put filters on. */
  readonly gateway: GatewayPods;
}

/**
 * The filters of proxies that lane groups share, each an object of no group. They come before the first group, and stay.
 * A strict group has them as well: were it to turn permissive, no listener would move.
 */
export function renderSharedFilters(group: LaneGroup, { gateway }: IstioOptions): IstioObject[] {
  return [...namespacesOf(group).map(sidecarFilters), gatewayFilters(gateway)];
}

/**
 * Every Istio object of a validated lane group, in the order of its stages. The same group gives the same list.
 *
 * @param part `listeners`: what is neither a listener nor a part of one is left out, which is most of the work. @default all
 */
export function renderIstio(group: LaneGroup, { gateway }: IstioOptions, part?: "listeners"): IstioObject[] {
  const ofListeners = [
    ...renderPropagation(group, gateway),
    ...renderConnect(group),
    ...renderVersionHeader(group, needsVersionHeader),
    ...renderScope(group),
  ];
  if (part === "listeners") return ofListeners;
  const fallbackRoutes = renderFallbackRoutes(group, gateway);
  return [
    ...renderSubsets(group),
    ...ofListeners,
    ...renderFallbackClusters(group, gateway),
    ...renderServiceRoutes(group),
    ...fallbackRoutes.filter((object) => object.stage === "service-routes"),
    ...renderEntryRoutes(group),
    ...fallbackRoutes.filter((object) => object.stage === "entry-routes"),
    ...renderEntryCopies(group, gateway),
  ];
}
