import { asRecord } from "../../tools/values";
import { list, type StackRule, text } from "../resource";

/**
 * A lane of a strict group has every service. A hole would fail its requests, or let them leave their lane unseen.
 * The resolution is what the component LaneGroup puts out: only where nothing may be borrowed it says `missing`.
 */
export const completeStrictLanes: StackRule = (resources) =>
  resources
    .filter(({ type }) => type === "mesh-lanes:index:LaneGroup")
    .flatMap(({ urn, props }) => {
      const table = asRecord(props.table);
      return list(table.lanes).flatMap((row) => {
        const { lane, cells } = asRecord(row);
        const missing = list(cells).filter((cell) => asRecord(cell).reason === "missing");
        if (missing.length === 0) return [];
        const services = missing.map((cell) => text(asRecord(cell).service)).join(", ");
        const message =
          `Lane ${text(lane)} of group ${text(table.group)} has no version of ${services}. ` +
          "Give the lane one, or make the group permissive with a baseline.";
        return [{ urn, message }];
      });
    });
