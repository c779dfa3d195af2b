import type { RenderedObject } from "../../object";
import type { Change } from "../report";
import type { DiffSide } from "../sides";
import { change, listenerDrain } from "./change";

interface Patch {
  readonly applyTo?: string;
  readonly match?: { readonly context?: string };
}

/** What a patch of these is part of a listener; Envoy drains the connections of a listener that changes (istio#51655). */
const listenerParts = new Set(["LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER", "LISTENER_FILTER"]);

/** Whose open sockets drain, read from the very objects that are applied. */
export function drainChanges(before: DiffSide, after: DiffSide): Change[] {
  const same = new Set(before.groups.map((group) => JSON.stringify(group)));
  const kept = after.groups.map((group) => JSON.stringify(group)).filter((text) => same.has(text));
  const objects = (side: DiffSide) =>
    new Map(
      side.groups
        .filter((group) => !kept.includes(JSON.stringify(group)))
        .flatMap((group) =>
          side
            .render(group, "listeners")
            .filter(movesListeners)
            .map((object) => [idOf(object), { object, group }]),
        ),
    );
  const [old, now] = [objects(before), objects(after)];
  const drains = new Map<string, Change>();
  for (const id of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [from, to] = [old.get(id), now.get(id)];
    const found = to ?? from;
    if (!found || (from && to && JSON.stringify(from.object.spec) === JSON.stringify(to.object.spec))) continue;
    const what = !from ? "comes" : !to ? "goes" : "changes";
    const pods = podsOf(found.object);
    const text = `open sockets of ${pods} ${listenerDrain}: ${found.object.kind} ${found.object.metadata.name} ${what}, and with it their listeners`;
    if (!drains.has(pods)) drains.set(pods, change("drain", "care", found.group.name, text));
  }
  return [...drains.values()];
}

/** Whether a listener changes with it. */
export function movesListeners({ kind, spec }: RenderedObject): boolean {
  if (kind === "Sidecar") return true;
  if (kind !== "EnvoyFilter") return false;
  // Routes of the inbound side stand in the listener itself, others are sent apart from it.
  return patchesOf(spec).some(
    ({ applyTo = "", match }) =>
      listenerParts.has(applyTo) || (match?.context === "SIDECAR_INBOUND" && applyTo !== "CLUSTER"),
  );
}

function podsOf({ metadata, spec }: RenderedObject): string {
  const namespace = "namespace" in metadata ? metadata.namespace : "";
  const selector = spec.workloadSelector as { readonly labels?: Readonly<Record<string, string>> } | undefined;
  const labels = Object.entries(selector?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const gateway = patchesOf(spec).some(({ match }) => match?.context === "GATEWAY") ? "the gateway " : "";
  return labels.length > 0 ? `${gateway}${namespace}/${labels.join(",")}` : `every pod of namespace ${namespace}`;
}

function patchesOf(spec: RenderedObject["spec"]): readonly Patch[] {
  return (spec.configPatches as readonly Patch[] | undefined) ?? [];
}

function idOf({ kind, metadata }: RenderedObject): string {
  return `${kind} ${"namespace" in metadata ? metadata.namespace : ""}/${metadata.name}`;
}
