import type { Change, Risk } from "../report";

/** A change that no single request shows. */
export function change(kind: Change["kind"], risk: Risk, group: string | null, text: string): Change {
  return { kind, risk, group, text, move: null };
}

/** How sockets of a listener that changes drain: in Istio's own time, unless a mesh has `drainDuration`. */
export const listenerDrain = "drain (Istio: 45 s)";

/** `a`, `a and b`, `a, b and c`; beyond a few, how many more. */
export function listed(items: readonly string[], most = 6): string {
  const shown = items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
