import { isDraining } from "../../spec";
import type { Change } from "../report";
import type { GroupPair } from "../sides";
import { change } from "./change";

/** Lanes that begin to drain, or take requests again. */
export function stateChanges({ before, after }: GroupPair): Change[] {
  return after.lanes.flatMap((lane): Change[] => {
    const old = before.lanes.find(({ name }) => name === lane.name);
    if (isDraining(lane) === (old !== undefined && isDraining(old))) return [];
    if (!isDraining(lane)) return [change("lane-state", "note", after.name, `lane ${lane.name} no longer drains`)];
    const cookies = lane.weight !== undefined && after.entry.sticky ? " and clients that have its cookie keep it" : "";
    const text = `lane ${lane.name} drains: nobody new enters it; sockets stay open${cookies}`;
    return [change("lane-state", "note", after.name, text)];
  });
}
