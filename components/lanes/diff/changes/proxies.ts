import type { Change } from "../report";
import type { DiffSide } from "../sides";
import { change } from "./change";

/** Namespaces whose pods get proxies of another control plane, or of another version of it: each pod is made again for that. */
export function proxyChanges({ planes: old = {} }: DiffSide, { planes: now = {} }: DiffSide): Change[] {
  return Object.entries(now).flatMap(([namespace, plane]): Change[] => {
    const was = old[namespace];
    if (was === undefined || was === plane) return [];
    const text = `pods of namespace ${namespace} are made again with proxies of control plane ${plane}, not ${was}: open sockets end with the drain of their pod`;
    return [change("drain", "care", null, text)];
  });
}
