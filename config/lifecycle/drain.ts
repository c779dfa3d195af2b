import { isDraining } from "../../components/lanes/spec";
import type { Edit } from "../edit/edit";
import { type LaneChange, laneOf, lanePath, refuse, type Subject } from "./subject";
import { activeAgain, shifted, weightEdits, weightsOf } from "./weights";

/** `lanes drain`: the lane takes nobody new, and keeps sockets and the clients that have its cookie. @throws UserError */
export function drain(subject: Subject, name: string): LaneChange {
  const { group } = subject;
  const lane = laneOf(subject, name);
  const summary = `lane ${name} cannot drain`;
  if (isDraining(lane)) refuse(summary, `${name} drains already`, "a lane that takes requests", "Go on to retire it.");
  refuseTaker(subject, name, summary);
  const rest = lane.weight ? shifted(weightsOf(subject), { [name]: 0 }, group.baseline) : undefined;
  if (lane.weight && !rest) {
    refuse(summary, `${name} has all of the weight`, "another lane with a weight", "Shift the weight first.");
  }
  const edits: Edit[] = [
    ...(rest ? weightEdits(subject, rest.weights) : []),
    { kind: "set", path: lanePath(subject, name, "state"), value: "draining" },
  ];
  const sticky = lane.weight !== undefined && group.entry.sticky;
  return {
    edits,
    notes: [
      ...(rest?.note === undefined ? [] : [rest.note]),
      ...(sticky ? [`clients that have the cookie of ${name} keep it until it is retired, or their session ends`] : []),
      "its pods and open sockets stay",
    ],
  };
}

/** `lanes drain --undo`. @throws UserError */
export function undrain(subject: Subject, name: string): LaneChange {
  if (!isDraining(laneOf(subject, name))) {
    refuse(`lane ${name} cannot take requests again`, `${name} does not drain`, "a lane that drains", "Leave it.");
  }
  return { edits: [activeAgain(subject, name)], notes: [] };
}

/** A lane that requests get which name none has to be replaced before it goes. */
export function refuseTaker({ group }: Subject, name: string, summary: string): void {
  const other = group.lanes.find((lane) => lane.name !== name)?.name ?? "another";
  const fix = `Promote another lane first: \`lanes promote ${other}\`.`;
  if (name === group.baseline) refuse(summary, `${name} is the baseline`, "a lane that is not the baseline", fix);
  const weighted = group.lanes.some(({ weight }) => weight !== undefined);
  if (!weighted && group.entry.unmatched === name) {
    refuse(summary, `${name} is what requests get that name no lane`, "a lane that is not entry.unmatched", fix);
  }
}
