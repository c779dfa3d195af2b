import { records } from "../../../tools/values";
import type { LaneGroupInput } from "../../lanes/spec";
import { validateLaneGroups } from "../../lanes/validate";
import type { Findings } from "../finding";
import type { KubeService } from "../inventory";
import type { KubeObject } from "../objects";
import { destinationsOf, type MeshRoute, nameOf } from "../routes";
import type { GatewayRoute } from "./found";
import {
  type CommonMirror,
  commonMirror,
  type LeftMirror,
  leftMirrors,
  type MirrorContext,
  type WrittenRoute,
} from "./mirror";
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
 * The group with the timeouts, retries, changes of headers, faults, copies of requests and CORS of routes that it takes the place of:
 * those of calls to a service as the service's policy, those of the gateway's routes as the entry's. What routes of one place have
 * differently it has not, and the finding about them stays.
 *
 * @param context of the group without policies.
 * @param taken routes of gateways that the entry has.
 */
export function withPolicies(
  context: MirrorContext,
  meshRoutes: readonly MeshRoute[],
  taken: readonly GatewayRoute[],
): {
  readonly group: LaneGroupInput;
  readonly objects: TakenPolicies;
  /** Copies of requests that the group has not, and why. */
  readonly leftMirrors: readonly LeftMirror[];
} {
  const objects = new Map<KubeObject, string>();
  const left: LeftMirror[] = [];
  let whole = context.group;
  for (const { service } of context.services) {
    const routes = meshRoutes.filter(({ services: routed }) => routed.includes(service));
    const [route, ...more] = routes;
    if (!route) continue;
    if (more.length > 0) {
      for (const { object } of routes) {
        const other = routes.find((each) => each.object !== object);
        if (!other) continue;
        left.push(...leftMirrors(leading(object), `${nameOf(other.object)} routes calls to ${service.name} too`));
      }
      continue;
    }
    const copies = commonMirror(context, leading(route.object), service);
    const { policy, next } = proposed(withMirror(routePolicy(route.object), copies), (own) =>
      withServicePolicy(whole, service, own),
    );
    left.push(...copies.left, ...refusedMirrors(leading(route.object), copies, policy));
    if (!policy || !next) continue;
    whole = next;
    const said = `${policyWords(policy)} of ${service.name}`;
    objects.set(route.object, [objects.get(route.object), said].filter(Boolean).join(", "));
  }
  const common = {
    policy: commonPolicy(taken.map((route) => route.policy)),
    extras: commonExtras(taken.map(({ sayable }) => sayable)),
  };
  const entered = taken.map(({ route, where, object }) => ({ route, where, namespace: object.namespace }));
  const copies = commonMirror(context, entered);
  const { policy, next } = proposed(withMirror(common, copies), (own) =>
    checked({ ...whole, entry: { ...whole.entry, policy: own } }),
  );
  left.push(...copies.left, ...refusedMirrors(entered, copies, policy));
  return { group: next ?? whole, objects, leftMirrors: onceEach(left) };
}

function withMirror({ policy, extras }: Common, { mirror }: CommonMirror): Common {
  return { policy, extras: { ...extras, ...(mirror && { mirror }) } };
}

/** Copies that a lane group could say, and that its check does not take. */
function refusedMirrors(
  routes: readonly WrittenRoute[],
  { mirror }: CommonMirror,
  policy: ProposedPolicy | undefined,
): LeftMirror[] {
  return mirror && !policy?.mirror ? leftMirrors(routes, "the check of lane groups refuses them") : [];
}

/** A route of several conditions is several routes of the entry. */
function onceEach(left: readonly LeftMirror[]): LeftMirror[] {
  return [...new Map(left.map((each) => [`${each.where} ${each.why}`, each])).values()];
}

/** The routes of an object that lead somewhere. */
function leading(object: KubeObject): WrittenRoute[] {
  return records(object.spec.http).flatMap((route, index) =>
    destinationsOf(route).length > 0
      ? [{ where: `${nameOf(object)}, http[${index}]`, route, namespace: object.namespace }]
      : [],
  );
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
function routePolicy(object: KubeObject): Common {
  const routes = leading(object);
  return {
    policy: commonPolicy(routes.map(({ route }) => policyOf(route))),
    extras: commonExtras(routes.map(({ route }) => extrasOf(route, "mesh"))),
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

/** Those of a service are met by the calls of other services alone. */
const atOnePlace = ["fault", "mirror"];

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
    Object.keys(own).filter((key) => !atOnePlace.includes(key) && !(key in (group.entry.policy ?? {})));
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
