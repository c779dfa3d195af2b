import { isDeepStrictEqual } from "node:util";
import { asRecord, isRecord, records, texts, type UnknownRecord } from "../../../tools/values";
import { millis } from "../../lanes/policy/duration";
import { groupPolicySchema, servicePolicySchema } from "../../lanes/policy/shape";
import type { LaneGroupInput } from "../../lanes/spec";

type EntryPolicy = NonNullable<LaneGroupInput["entry"]["policy"]>;

/** What a route does besides leading somewhere, each for itself: one that a lane group cannot say is left out. */
export type RouteExtras = Pick<EntryPolicy, "headers" | "fault" | "cors" | "mirror">;

export type ProposedPolicy = Pick<EntryPolicy, "timeout" | "retries"> & RouteExtras;

/** Key of a route of Istio -> key of a policy. */
const extraKeys = { headers: "headers", fault: "fault", corsPolicy: "cors" } as const;

/** Timeout and retries of a route; undefined: it has some, and a lane group cannot say the same. */
export type FoundPolicy = ProposedPolicy | undefined;

/** What a route says of timeout and retries, as a policy of a lane group; `{}`: nothing. */
export function policyOf(route: UnknownRecord): FoundPolicy {
  const timeout = route.timeout;
  if (timeout !== undefined && !isDuration(timeout)) return undefined;
  const retries = route.retries === undefined ? undefined : retriesOf(asRecord(route.retries));
  if (route.retries !== undefined && retries === undefined) return undefined;
  const policy = { ...(isDuration(timeout) && { timeout }), ...(retries && { retries }) };
  // Numbers that are out of range, such as 1000 attempts.
  return groupPolicySchema.safeParse(policy).success ? policy : undefined;
}

/**
 * Changes of headers, faults and CORS of a route. Of calls within the mesh there is no CORS: browsers are outside.
 *
 * @param where of a gateway, or within the mesh.
 */
export function extrasOf(route: UnknownRecord, where: "gateway" | "mesh"): RouteExtras {
  const found = {
    headers: route.headers,
    fault: faultOf(route.fault),
    ...(where === "gateway" && { cors: corsOf(route.corsPolicy) }),
  };
  return Object.fromEntries(
    Object.entries(found).filter(
      ([key, value]) => isRecord(value) && servicePolicySchema.safeParse({ [key]: value }).success,
    ),
  );
}

/** The keys of a route that none of these keys of a policy says. */
export function leftExtras(keys: readonly string[], policy: object): string[] {
  const said = Object.entries(extraKeys).flatMap(([key, of]) => (of in policy ? [key] : []));
  return keys.filter((key) => !said.includes(key));
}

/** Those that all of these routes have alike. */
export function commonExtras(all: readonly RouteExtras[]): RouteExtras {
  const [first = {}, ...others] = all;
  const same = Object.entries(first).filter(([key, value]) =>
    others.every((other) => isDeepStrictEqual(Object.entries(other).find(([name]) => name === key)?.[1], value)),
  );
  return Object.fromEntries(same);
}

/** Undefined: it has what a lane group has no word for, such as a status of gRPC. */
function faultOf(fault: unknown): RouteExtras["fault"] | undefined {
  const { delay, abort, ...rest } = asRecord(fault);
  if (Object.keys(rest).length > 0 || (delay === undefined && abort === undefined)) return undefined;
  const { percentage: held, fixedDelay, ...others } = asRecord(delay);
  const { percentage: ended, httpStatus, ...more } = asRecord(abort);
  if (Object.keys({ ...others, ...more }).length > 0) return undefined;
  if (delay !== undefined && !isDuration(fixedDelay)) return undefined;
  if (abort !== undefined && typeof httpStatus !== "number") return undefined;
  // Without a percentage Istio injects it into every request.
  const percent = (percentage: unknown) => (percentage === undefined ? 100 : Number(asRecord(percentage).value ?? 0));
  return {
    ...(isDuration(fixedDelay) && { delay: { percent: percent(held), duration: fixedDelay } }),
    ...(typeof httpStatus === "number" && { abort: { percent: percent(ended), status: httpStatus } }),
  };
}

/** Undefined: as for a fault, such as what becomes of preflights that do not match. */
function corsOf(policy: unknown): RouteExtras["cors"] | undefined {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials, ...rest } =
    asRecord(policy);
  const origins = records(allowOrigins).flatMap((origin) => originOf(origin) ?? []);
  if (Object.keys(rest).length > 0 || origins.length === 0 || origins.length < records(allowOrigins).length) {
    return undefined;
  }
  if (maxAge !== undefined && !isDuration(maxAge)) return undefined;
  const lists = Object.entries({ allowMethods, allowHeaders, exposeHeaders }).filter(
    ([, list]) => texts(list).length > 0,
  );
  return {
    allowOrigins: origins,
    ...Object.fromEntries(lists.map(([key, list]) => [key, texts(list)])),
    ...(isDuration(maxAge) && { maxAge }),
    ...(allowCredentials === true && { allowCredentials }),
  };
}

function originOf({ exact, prefix, regex }: UnknownRecord) {
  if (typeof exact === "string") return exact;
  if (typeof prefix === "string") return { prefix };
  return typeof regex === "string" ? { regex } : undefined;
}

function retriesOf({ attempts, perTryTimeout, retryOn, ...rest }: UnknownRecord): ProposedPolicy["retries"] {
  if (typeof attempts !== "number" || Object.keys(rest).length > 0) return undefined;
  if (perTryTimeout !== undefined && !isDuration(perTryTimeout)) return undefined;
  if (retryOn !== undefined && typeof retryOn !== "string") return undefined;
  return {
    attempts,
    ...(isDuration(perTryTimeout) && { perTryTimeout }),
    ...(retryOn !== undefined && { on: retryOn }),
  };
}

function isDuration(value: unknown): value is string {
  return typeof value === "string" && millis(value) !== undefined;
}

export function saysSomething(policy: FoundPolicy): policy is ProposedPolicy {
  return policy !== undefined && Object.keys(policy).length > 0;
}

/** The policy that all of these routes have; undefined: they differ, or one cannot be said. */
export function commonPolicy(policies: readonly FoundPolicy[]): FoundPolicy {
  const [first, ...others] = policies;
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : undefined;
}

/** `timeout and retries` */
export function policyWords(policy: ProposedPolicy): string {
  return Object.keys(policy).join(" and ");
}
