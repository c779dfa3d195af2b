import type { LaneGroup } from "../spec";

/** A group before and after an update. */
export interface Change {
  readonly before: LaneGroup;
  readonly after: LaneGroup;
}
