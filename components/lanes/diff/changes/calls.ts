import { type AllowedCall, callName } from "../../../security/calls";
import type { Change } from "../report";
import type { DiffSide } from "../sides";
import { change } from "./change";

/** Calls that the policies of the second side refuse or allow, unlike those of the first. */
export function callChanges(before: DiffSide, after: DiffSide): Change[] {
  if (!before.calls && !after.calls) return [];
  if (!before.calls)
    return [change("policies", "care", null, "policies come: only declared calls are allowed from now on")];
  if (!after.calls) return [change("policies", "care", null, "policies go: any pod may call any other from now on")];
  const [old, now] = [before.calls, after.calls];
  return [
    ...missingIn(now, old).map((call) =>
      change("refused-call", "care", null, `${callWords(call)} will be refused (403)`),
    ),
    ...missingIn(old, now).map((call) => change("allowed-call", "note", null, `${callWords(call)} will be allowed`)),
    ...drainedByPolicies(before, after).map((service) =>
      change(
        "drain",
        "care",
        null,
        `open sockets of ${service} drain: its policies change, and with them its listeners`,
      ),
    ),
  ];
}

/** Services, `namespace/name`, whose open sockets drain: a policy is part of the listeners of the pods that it protects. */
export function drainedByPolicies({ calls: old }: DiffSide, { calls: now }: DiffSide): string[] {
  if (!old || !now) return [];
  const changed = [...missingIn(now, old), ...missingIn(old, now)];
  return [...new Set(changed.map(({ to }) => `${to.namespace}/${to.service}`))].sort();
}

function missingIn(calls: readonly AllowedCall[], others: readonly AllowedCall[]): AllowedCall[] {
  const known = new Set(calls.map(callName));
  return others.filter((call) => !known.has(callName(call)));
}

function callWords({ from, to }: AllowedCall): string {
  return `the call ${from.namespace}/${from.account} -> ${to.namespace}/${to.service}`;
}
