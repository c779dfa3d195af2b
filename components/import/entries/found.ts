import { asRecord, isRecord, records, texts, type UnknownRecord } from "../../../tools/values";
import { withoutNamespace } from "../../lanes/hosts";
import type { LaneGroupInput } from "../../lanes/spec";
import { isHostPattern } from "../../lanes/syntax";
import type { Names } from "../calls";
import type { Inventory, KubeService } from "../inventory";
import type { KubeObject } from "../objects";
import { destinationsOf, type EntryPath, gatewaysOf, nameOf, ofKind, qualifiedGateways } from "../routes";
import { extrasOf, type FoundPolicy, policyOf, type RouteExtras } from "./policy";

export type EntryRouteInput = NonNullable<LaneGroupInput["entry"]["routes"]>[number];
type Conditions = Omit<EntryRouteInput, "name" | "service" | "rewrite">;

/** One set of conditions of a VirtualService at a gateway, and where it leads. */
export interface GatewayRoute {
  readonly object: KubeObject;
  /** As it is written. */
  readonly route: UnknownRecord;
  /** `VirtualService shop/web, http[2]` */
  readonly where: string;
  /** Of the object; all in lower case, and none that is no pattern of hosts. */
  readonly hosts: readonly string[];
  /** Undefined: it leads to no Service that was read, or nowhere, as a redirect does. */
  readonly service?: KubeService;
  readonly port?: number;
  readonly conditions: Conditions;
  readonly rewrite?: string;
  /** What of it a route of the entry has no word for, such as `withoutHeaders`. */
  readonly unsayable: readonly string[];
  /** What it does besides leading somewhere. */
  readonly extras: readonly string[];
  readonly policy: FoundPolicy;
  /** Those of the extras that a lane group can say. */
  readonly sayable: RouteExtras;
}

/** What VirtualServices of these gateways do, each in the order in which requests meet it. @param gateways `namespace/name` */
export function gatewayRoutes(inventory: Inventory, names: Names, gateways: readonly string[]): GatewayRoute[] {
  const common = (own: readonly string[]) => own.some((gateway) => gateways.includes(gateway));
  return ofKind(inventory, "networking.istio.io", "VirtualService")
    .filter((object) => common(qualifiedGateways(object, gatewaysOf(object))))
    .flatMap((object) =>
      records(object.spec.http).flatMap((route, index) => {
        const matches = records(route.match);
        // Without a condition it takes every request.
        return (matches.length > 0 ? matches : [{}]).flatMap((match) => {
          const only = Array.isArray(match.gateways) ? qualifiedGateways(object, match.gateways) : undefined;
          return only && !common(only)
            ? []
            : [gatewayRoute(object, `${nameOf(object)}, http[${index}]`, route, match, names)];
        });
      }),
    );
}

function gatewayRoute(
  object: KubeObject,
  where: string,
  route: UnknownRecord,
  match: UnknownRecord,
  names: Names,
): GatewayRoute {
  const destinations = destinationsOf(route).sort((a, b) => b.weight - a.weight);
  const [target] = destinations;
  const service = target && names.find(target.host, object.namespace);
  const { conditions, unsayable } = conditionsOf(match);
  const rewrite = rewriteOf(route.rewrite);
  const elsewhere = destinations.some(({ host }) => names.find(host, object.namespace) !== service);
  // Copies of requests are judged when the lanes are known: mirror.ts.
  const extras = ["fault", "corsPolicy", "headers"].filter((key) => key in route);
  return {
    ...{ object, route, where, conditions },
    hosts: texts(object.spec.hosts)
      .map((host) => withoutNamespace(host).toLowerCase())
      .filter(isHostPattern),
    ...(typeof service === "object" && { service }),
    ...(target?.port !== undefined && { port: target.port }),
    ...(rewrite.uri !== undefined && { rewrite: rewrite.uri }),
    unsayable: [...unsayable, ...rewrite.unsayable],
    extras: [...extras, ...(elsewhere ? ["a share of requests to another service"] : [])],
    policy: policyOf(route),
    sayable: extrasOf(route, "gateway"),
  };
}

/** Keys of a match that say nothing about the request. */
const silent = new Set(["name", "statPrefix", "gateways"]);

function conditionsOf(match: UnknownRecord): {
  readonly conditions: Conditions;
  readonly unsayable: readonly string[];
} {
  const unsayable = new Set(Object.keys(match).filter((key) => !silent.has(key)));
  const take = (key: string, known: boolean) => {
    if (known) unsayable.delete(key);
  };
  const path = textMatch(match.uri);
  // Every path begins with a slash.
  const any = path !== undefined && "prefix" in path && path.prefix === "/";
  take("uri", path !== undefined && match.ignoreUriCase !== true);
  take("ignoreUriCase", match.ignoreUriCase !== true);
  const method = textMatch(match.method);
  take("method", method !== undefined);
  const headers = textMatches(match.headers);
  take("headers", headers !== undefined);
  const query = textMatches(match.queryParams);
  take("queryParams", query !== undefined);
  const authority = textMatch(match.authority);
  const host = authority && "exact" in authority ? authority.exact.toLowerCase() : undefined;
  take("authority", host !== undefined && isHostPattern(host));
  return {
    conditions: {
      ...(path && !any && { path }),
      ...(method && { method }),
      ...(headers && Object.keys(headers).length > 0 && { headers }),
      ...(query && Object.keys(query).length > 0 && { query }),
      ...(host !== undefined && { hosts: [host] }),
    },
    unsayable: [...unsayable],
  };
}

function textMatch(value: unknown): EntryPath | undefined {
  if (!isRecord(value)) return undefined;
  if (typeof value.exact === "string") return { exact: value.exact };
  if (typeof value.prefix === "string") return { prefix: value.prefix };
  return typeof value.regex === "string" ? { regex: value.regex } : undefined;
}

/** Undefined: one of them is none, as `{}`, which asks for a header of any value. */
function textMatches(value: unknown): Record<string, EntryPath> | undefined {
  const found: Record<string, EntryPath> = {};
  for (const [name, match] of Object.entries(asRecord(value))) {
    const text = textMatch(match);
    if (text === undefined) return undefined;
    found[name] = text;
  }
  return found;
}

function rewriteOf(value: unknown): { readonly uri?: string; readonly unsayable: readonly string[] } {
  const { uri, ...rest } = asRecord(value);
  const unsayable = Object.keys(rest).map((key) => `rewrite.${key}`);
  return typeof uri === "string" ? { uri, unsayable } : { unsayable };
}

/** The hosts that a gateway serves; one that was not read is to be made, for any host. @param gateway `namespace/name` */
export function servedHosts(inventory: Inventory, gateway: string): string[] {
  const found = ofKind(inventory, "networking.istio.io", "Gateway").find(
    ({ namespace, name }) => `${namespace}/${name}` === gateway,
  );
  return found
    ? records(found.spec.servers).flatMap(({ hosts }) =>
        texts(hosts).map((host) => withoutNamespace(host).toLowerCase()),
      )
    : ["*"];
}
