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
  const missingIn = (calls: readonly AllowedCall[], others: readonly AllowedCall[]) => {
    const known = new Set(calls.map(callName));
    return others.filter((call) => !known.has(callName(call)));
  };
  return [
    ...missingIn(now, old).map((call) =>
      change("refused-call", "care", null, `${callWords(call)} will be refused (403)`),
    ),
    ...missingIn(old, now).map((call) => change("allowed-call", "note", null, `${callWords(call)} will be allowed`)),
    ...drained(missingIn(now, old), missingIn(old, now)),
  ];
}

/** A policy is part of the listeners of the pods that it protects. */
function drained(...changed: readonly (readonly AllowedCall[])[]): Change[] {
  const services = [...new Set(changed.flat().map(({ to }) => `${to.namespace}/${to.service}`))].sort();
  return services.map((service) =>
    change("drain", "care", null, `open sockets of ${service} drain: its policies change, and with them its listeners`),
  );
}

function callWords({ from, to }: AllowedCall): string {
  return `the call ${from.namespace}/${from.account} -> ${to.namespace}/${to.service}`;
}
