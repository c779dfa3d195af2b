import { records } from "../../../tools/values";
import type { LaneGroupInput } from "../../lanes/spec";
import { validateLaneGroups } from "../../lanes/validate";
import type { Findings } from "../finding";
import type { KubeService } from "../inventory";
import type { KubeObject } from "../objects";
import type { ProposedService } from "../proposal";
import { destinationsOf, type MeshRoute, nameOf } from "../routes";
import type { GatewayRoute } from "./found";
import {
  commonExtras,
  commonPolicy,
  extrasOf,
  type FoundPolicy,
  leftExtras,
  type ProposedPolicy,
  policyOf,
  policyWords,
  type RouteExtras,
  saysSomething,
} from "./policy";

/** Objects of others -> what of them the group has as a policy, in words. */
export type TakenPolicies = ReadonlyMap<KubeObject, string>;

/**
 * The group with the timeouts, retries, changes of headers, faults and CORS of routes that it takes the place of: those of calls to a
 * service as the service's policy, those of the gateway's routes as the entry's. What routes of one place have differently it has
 * not, and the finding about them stays.
 *
 * @param taken routes of gateways that the entry has.
 */
export function withPolicies(
  group: LaneGroupInput,
  services: readonly ProposedService[],
  meshRoutes: readonly MeshRoute[],
  taken: readonly GatewayRoute[],
): { readonly group: LaneGroupInput; readonly objects: TakenPolicies } {
  const objects = new Map<KubeObject, string>();
  let whole = group;
  for (const { service } of services) {
    const [route, ...more] = meshRoutes.filter(({ services: routed }) => routed.includes(service));
    if (!route || more.length > 0) continue;
    const { policy, next } = proposed(routePolicy(route.object), (own) => withServicePolicy(whole, service, own));
    if (!policy || !next) continue;
    whole = next;
    const said = `${policyWords(policy)} of ${service.name}`;
    objects.set(route.object, [objects.get(route.object), said].filter(Boolean).join(", "));
  }
  const common = {
    policy: commonPolicy(taken.map((route) => route.policy)),
    extras: commonExtras(taken.map(({ sayable }) => sayable)),
  };
  const { next } = proposed(common, (policy) => checked({ ...whole, entry: { ...whole.entry, policy } }));
  return { group: next ?? whole, objects };
}

interface Common {
  readonly policy: FoundPolicy;
  readonly extras: RouteExtras;
}

/** The group with as much of it as the check of lane groups takes. */
function proposed({ policy, extras }: Common, withIt: (policy: ProposedPolicy) => LaneGroupInput | undefined) {
  let best: { readonly policy?: ProposedPolicy; readonly next?: LaneGroupInput } = {};
  for (const part of [policy, ...Object.entries(extras).map(([key, value]) => ({ [key]: value }))]) {
    const more = { ...best.policy, ...part };
    const next = saysSomething(part) ? withIt(more) : undefined;
    if (next) best = { policy: more, next };
  }
  return best;
}

/** What all routes of an object that lead somewhere say. */
function routePolicy({ spec }: KubeObject): Common {
  const leading = records(spec.http).filter((route) => destinationsOf(route).length > 0);
  return {
    policy: commonPolicy(leading.map(policyOf)),
    extras: commonExtras(leading.map((route) => extrasOf(route, "mesh"))),
  };
}

function withServicePolicy(group: LaneGroupInput, { name }: KubeService, policy: ProposedPolicy) {
  const services = group.services.map((service) => (service.name === name ? { ...service, policy } : service));
  return checked({ ...group, services });
}

/** Undefined: the check of lane groups refuses a policy of it, such as a try that takes longer than the whole. */
function checked(group: LaneGroupInput): LaneGroupInput | undefined {
  const refused = validateLaneGroups([{ path: "group", input: group }]).some(({ path }) => /\.policy\b/.test(path));
  return refused ? undefined : group;
}

/** What is said of the policies of requests that come in, where the group cannot say the same as today. */
export function advisePolicies(findings: Findings, group: LaneGroupInput, taken: readonly GatewayRoute[]): void {
  const objects = [...new Set(taken.map(({ object }) => nameOf(object)))].join(", ");
  const policy = commonPolicy(taken.map((route) => route.policy));
  if (
    taken.length > 0 &&
    group.entry.policy?.timeout === undefined &&
    group.entry.policy?.retries === undefined &&
    taken.some((route) => route.policy === undefined || saysSomething(route.policy))
  ) {
    const got =
      policy === undefined
        ? "its routes have timeouts or retries that differ, or that a lane group cannot say"
        : "the check of lane groups refuses its timeout and retries";
    findings.add(
      "note",
      objects,
      got,
      "one timeout and one rule of retries for the entry",
      "Write those that you want into entry.policy (docs/policies.md).",
    );
  }
  const entered = new Set([group.entry.service, ...(group.entry.routes ?? []).map(({ service }) => service)]);
  const ownKeys = ({ policy: own = {} }: LaneGroupInput["services"][number]) =>
    Object.keys(own).filter((key) => !(key in (group.entry.policy ?? {})));
  const more = group.services.filter((service) => entered.has(service.name) && ownKeys(service).length > 0);
  const others = new Set(more.flatMap(ownKeys).filter((key) => key !== "timeout" && key !== "retries"));
  if (more.length > 0 && taken.length > 0)
    findings.add(
      "note",
      "policy",
      `${["timeout", "retries", ...others].join(" or ")} of calls to ${more.map(({ name }) => name).join(", ")} hold for requests that come in there too`,
      "what the gateway's own routes say today",
      "Write entry.policy if requests from outside are to have others (docs/policies.md).",
    );
  for (const { where, extras } of taken) {
    const names = leftExtras(extras, group.entry.policy ?? {});
    if (names.length === 0) continue;
    findings.add(
      "note",
      where,
      `it has ${names.join(", ")} too, which the proposal does not`,
      "a route that leads to one service, with timeout and retries",
      "Write it into entry.policy, if lanes are to have it (docs/policies.md).",
    );
  }
}
