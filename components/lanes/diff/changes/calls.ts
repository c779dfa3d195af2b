import { type AllowedCall, callName } from "../../../security/calls";
import type { Change } from "../report";
import type { DiffSide } from "../sides";
import { change, listed } from "./change";

/** Calls that the policies of the second side refuse or allow, unlike those of the first. */
export function callChanges(before: DiffSide, after: DiffSide): Change[] {
  const [old, now] = [before.calls, after.calls];
  if (!old && !now) return [];
  const drains = drainedByPolicies(before, after).map((service) =>
    change("drain", "care", null, `open sockets of ${service} drain: its policies change, and with them its listeners`),
  );
  if (!old) {
    return [
      change("policies", "care", null, "policies come: only declared calls are allowed from now on"),
      ...otherCalls(after, before).map((calls) =>
        change("refused-call", "care", null, `${calls} will be refused (403)`),
      ),
      ...drains,
    ];
  }
  if (!now) {
    return [
      change("policies", "care", null, "policies go: any pod may call any other from now on"),
      ...otherCalls(before, after).map((calls) => change("allowed-call", "note", null, `${calls} will be allowed`)),
      ...drains,
    ];
  }
  return [
    ...missingIn(now, old).map((call) =>
      change("refused-call", "care", null, `${callWords(call)} will be refused (403)`),
    ),
    ...missingIn(old, now).map((call) => change("allowed-call", "note", null, `${callWords(call)} will be allowed`)),
    ...drains,
  ];
}

/** Services, `namespace/name`, whose open sockets drain: a policy is part of the listeners of the pods that it protects. */
export function drainedByPolicies(before: DiffSide, after: DiffSide): string[] {
  const [old, now] = [before.calls, after.calls];
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
