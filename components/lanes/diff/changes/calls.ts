import { type AllowedCall, callName } from "../../../security/calls";
import type { Change } from "../report";
import type { DiffSide } from "../sides";
import { change, listed, listenerDrain } from "./change";

/** Calls that the policies of the second side refuse or allow, unlike those of the first. */
export function callChanges(before: DiffSide, after: DiffSide): Change[] {
  const [old, now] = [before.calls, after.calls];
  if (!old && !now) return [];
  const drains = drainedByPolicies(before, after).map((service) =>
    change(
      "drain",
      "care",
      null,
      `open sockets of ${service} ${listenerDrain}: its policies change, and with them its listeners`,
    ),
  );
  const policies = (text: string) => change("policies", "care", null, text);
  const refused = (calls: string) => change("refused-call", "care", null, `${calls} ${refusalWords(after)}`);
  const allowed = (calls: string) => change("allowed-call", "note", null, `${calls} will be allowed`);
  if (!old) {
    const where = authorizes(after) ? "" : `, ${whereEnforced}`;
    return [
      policies(`policies come: only declared calls are allowed from now on${where}`),
      ...otherCalls(after, before).map(refused),
      ...drains,
    ];
  }
  if (!now) {
    return [
      policies("policies go: any pod may call any other from now on"),
      ...otherCalls(before, after).map(allowed),
      ...drains,
    ];
  }
  return [
    ...authorizationChange(before, after).map(policies),
    ...missingIn(now, old).map((call) => refused(callWords(call))),
    ...missingIn(old, now).map((call) => allowed(callWords(call))),
    ...drains,
  ];
}

const whereEnforced = "where the network enforces policies";

function refusalWords(side: DiffSide): string {
  if (!authorizes(side)) return `will get no answer, ${whereEnforced}`;
  return side.refusedBy?.includes("network")
    ? `will be refused (403, or no answer ${whereEnforced})`
    : "will be refused (403)";
}

function authorizes({ calls, refusedBy = ["authorization"] }: DiffSide): boolean {
  return calls !== undefined && refusedBy.includes("authorization");
}

/** Beside network policies, which both sides have. */
function authorizationChange(before: DiffSide, after: DiffSide): string[] {
  const now = authorizes(after);
  if (authorizes(before) === now) return [];
  return [
    now
      ? "authorization comes: a call that nobody declared gets 403 from now on, whatever the network enforces"
      : `authorization goes: a call that nobody declared is refused only ${whereEnforced}`,
  ];
}

/**
 * Services, `namespace/name`, whose open sockets drain: an authorization policy is part of the listeners of the pods that it
 * protects. A policy of the network is part of none.
 */
export function drainedByPolicies(before: DiffSide, after: DiffSide): string[] {
  const [old, now] = [before, after].map((side) => (authorizes(side) ? side.calls : undefined));
  if (!old && !now) return [];
  if (!old) return protectedServices(after, before);
  if (!now) return protectedServices(before, after);
  return [...new Set([...missingIn(now, old), ...missingIn(old, now)].map(calleeOf))].sort();
}

/** Services that the policies of one side protect, also those that nobody may call, but for those that the other side has not. */
function protectedServices({ calls = [], workloads }: DiffSide, other: DiffSide): string[] {
  const names = (of: DiffSide["workloads"]) => of.map(({ namespace, name }) => `${namespace}/${name}`);
  const [own, others] = [names(workloads), new Set(names(other.workloads))];
  const alone = new Set(own.filter((name) => !others.has(name)));
  return [...new Set([...own, ...calls.map(calleeOf)])].filter((name) => !alone.has(name)).sort();
}

/** The calls that no policy of the first side allows, by the service that is called. */
function otherCalls(side: DiffSide, other: DiffSide): string[] {
  return protectedServices(side, other).map((service) => {
    const callers = (side.calls ?? []).filter((call) => calleeOf(call) === service).map(callerOf);
    return callers.length === 0
      ? `every call of ${service}`
      : `calls of ${service} by others than ${listed(callers.sort(), callers.length)}`;
  });
}

function missingIn(calls: readonly AllowedCall[], others: readonly AllowedCall[]): AllowedCall[] {
  const known = new Set(calls.map(callName));
  return others.filter((call) => !known.has(callName(call)));
}

function callWords(call: AllowedCall): string {
  return `the call ${callerOf(call)} -> ${calleeOf(call)}`;
}

function callerOf({ from }: AllowedCall): string {
  return `${from.namespace}/${from.account}`;
}

function calleeOf({ to }: AllowedCall): string {
  return `${to.namespace}/${to.service}`;
}
