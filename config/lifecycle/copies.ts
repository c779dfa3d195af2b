import type { Mirror } from "../../components/lanes/policy/mirror/shape";
import type { LaneGroup } from "../../components/lanes/spec";
import { asRecord, isRecord } from "../../tools/values";
import type { Edit } from "../edit/edit";
import { groupPath, type LaneChange, refuse, type Subject } from "./subject";

const place = "entry.policy.mirror";

/** The copies of what enters a group that its config asks for. */
export function entryMirror({ entry }: LaneGroup): Mirror | undefined {
  return entry.policy?.mirror;
}

/**
 * A lane gets copies of what enters the baseline. Whether that is safe, the checks of a mirror say.
 *
 * @param percent of the requests.
 * @throws UserError where requests are copied already: a mirror that somebody wrote is theirs.
 */
export function beginCopies(subject: Subject, lane: string, percent: number): LaneChange {
  const found = entryMirror(subject.group);
  if (found) {
    const got = `${place} copies ${found.percent} % of the requests to ${found.lane} already`;
    refuse(`requests cannot be copied to lane ${lane}`, got, "no mirror at the entry", "Take it out.", place);
  }
  const mirror = { lane, percent };
  const policy = asRecord(subject.written.entry).policy;
  const edit: Edit = isRecord(policy)
    ? { kind: "set", path: groupPath(subject, "entry", "policy", "mirror"), value: mirror }
    : { kind: "set", path: groupPath(subject, "entry", "policy"), value: { mirror } };
  return { edits: [edit], notes: [] };
}

/** No more copies of what enters; a policy that has nothing else goes with them. */
export function endCopies(subject: Subject): LaneChange {
  const others = Object.keys(asRecord(asRecord(subject.written.entry).policy)).filter((key) => key !== "mirror");
  const path = ["entry", "policy", ...(others.length > 0 ? ["mirror"] : [])];
  return { edits: [{ kind: "delete", path: groupPath(subject, ...path) }], notes: [] };
}
