import { records } from "../../../tools/values";
import type { LaneGroupInput } from "../../lanes/spec";
import { validateLaneGroups } from "../../lanes/validate";
import type { Findings } from "../finding";
import type { KubeService } from "../inventory";
import type { KubeObject } from "../objects";
import type { ProposedService } from "../proposal";
import { destinationsOf, type MeshRoute, nameOf } from "../routes";
import type { GatewayRoute } from "./found";
import { commonPolicy, type FoundPolicy, type ProposedPolicy, policyOf, policyWords, saysSomething } from "./policy";

/** Objects of others -> what of them the group has as a policy, in words. */
export type TakenPolicies = ReadonlyMap<KubeObject, string>;

/**
 * The group with the timeouts and retries of routes that it takes the place of: those of calls to a service as the service's policy,
 * those of the gateway's routes as the entry's. Where routes of one place differ, it has none, and the finding about them stays.
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
    const policy = route && more.length === 0 ? routePolicy(route.object) : undefined;
    if (!route || !saysSomething(policy)) continue;
    const next = withServicePolicy(whole, service, policy);
    if (!next) continue;
    whole = next;
    const said = `${policyWords(policy)} of ${service.name}`;
    objects.set(route.object, [objects.get(route.object), said].filter(Boolean).join(", "));
  }
  const policy = commonPolicy(taken.map((route) => route.policy));
  const next = saysSomething(policy) ? checked({ ...whole, entry: { ...whole.entry, policy } }) : undefined;
  return { group: next ?? whole, objects };
}

/** What all routes of an object that lead somewhere say. */
function routePolicy({ spec }: KubeObject): FoundPolicy {
  const leading = records(spec.http).filter((route) => destinationsOf(route).length > 0);
  return commonPolicy(leading.map(policyOf));
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
    !saysSomething(group.entry.policy) &&
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
  const more = group.services.filter(
    ({ name, policy: own = {} }) =>
      entered.has(name) && Object.keys(own).some((key) => !(key in (group.entry.policy ?? {}))),
  );
  if (more.length > 0 && taken.length > 0)
    findings.add(
      "note",
      "policy",
      `timeout or retries of calls to ${more.map(({ name }) => name).join(", ")} hold for requests that come in there too`,
      "what the gateway's own routes say today",
      "Write entry.policy if requests from outside are to have others (docs/policies.md).",
    );
  const extras = taken.filter((route) => route.extras.length > 0);
  for (const { where, extras: names } of extras)
    findings.add(
      "note",
      where,
      `it has ${names.join(", ")} too, which the proposal does not`,
      "a route that leads to one service, with timeout and retries",
      "Write it into entry.policy, if lanes are to have it (docs/policies.md).",
    );
}
