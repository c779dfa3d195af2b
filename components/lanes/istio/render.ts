import type { GatewayPods, IstioObject } from "../object";
import type { LaneGroup } from "../spec";
import { renderFallbackClusters, renderFallbackRoutes } from "./fallback";
import { renderConnect, renderPropagation } from "./filters";
import { renderVersionHeader } from "./lane-header";
import { renderEntryRoutes, renderServiceRoutes } from "./routes";
import { renderScope } from "./scope";
import { renderSubsets } from "./subsets";

export interface IstioOptions {
  /** The gateway's pods, which permissive groups put filters on. */
  readonly gateway: GatewayPods;
}

/** Every Istio object of a validated lane group, in the order of its stages. The same group gives the same list. */
export function renderIstio(group: LaneGroup, { gateway }: IstioOptions): IstioObject[] {
  return [
    ...renderSubsets(group),
    ...renderPropagation(group, gateway),
    ...renderConnect(group),
    ...renderVersionHeader(group),
    ...renderScope(group),
    ...renderFallbackClusters(group, gateway),
    ...renderServiceRoutes(group),
    ...renderFallbackRoutes(group, gateway).filter((object) => object.stage === "service-routes"),
    ...renderEntryRoutes(group),
    ...renderFallbackRoutes(group, gateway).filter((object) => object.stage === "entry-routes"),
  ];
}
