import { listed } from "../../components/lanes/diff/changes/change";
import { ownVersion } from "../../components/lanes/plan";
import { isRecord } from "../../tools/values";
import type { Edit } from "../edit/edit";
import { refuseTaker } from "./drain";
import { groupPath, type LaneChange, laneOf, lanePath, refuse, type Subject } from "./subject";

export interface RetireOptions {
  /** Whether its pods go with it. */
  readonly workloads: boolean;
}

/**
 * `lanes retire`: the lane goes, and so do versions that no other lane uses: from the services of the group, and from the
 * workloads that the config has. In the update, routes are left before pods end.
 *
 * @throws UserError while somebody may still be sent to it.
 */
export function retire(subject: Subject, name: string, { workloads }: RetireOptions): LaneChange {
  const { group } = subject;
  const lane = laneOf(subject, name);
  const summary = `lane ${name} cannot be retired`;
  refuseTaker(subject, name, summary);
  if (lane.weight) {
    const fix = `Shift it to another lane first: \`lanes drain ${name}\`.`;
    refuse(summary, `${name} has weight ${lane.weight}`, "a lane of weight 0", fix);
  }
  const unused = group.services.flatMap((service, index) => {
    const own = ownVersion(lane, service);
    const others = group.lanes.some((other) => other !== lane && ownVersion(other, service) === own);
    return own === undefined || others || service.versions.length < 2 ? [] : [{ service: service.name, index, own }];
  });
  const running = unused.filter(({ service, own }) => {
    return subject.workloads.some((each) => each.service === service && each.versions.includes(own));
  });
  const words = running.map(({ service, own }) => `${service} ${own}`);
  return {
    edits: [
      { kind: "delete", path: lanePath(subject, name) },
      ...unused.map(({ index, own }): Edit => {
        return { kind: "drop", path: groupPath(subject, "services", index, "versions"), value: own };
      }),
      ...unused.flatMap(({ index, own }): Edit[] => {
        const labels = group.services[index]?.versionLabels;
        if (!labels || !Object.hasOwn(labels, own)) return [];
        return [{ kind: "delete", path: groupPath(subject, "services", index, "versionLabels", own) }];
      }),
      ...(workloads ? running.flatMap(({ service, own }) => workloadEdits(subject, service, own)) : []),
    ],
    notes: [
      ...(words.length === 0
        ? []
        : workloads
          ? [`the pods of ${listed(words)} go, and with them the sockets that are open to them`]
          : [`the pods of ${listed(words)} stay, and no lane uses them`]),
    ],
  };
}

/** A version of a workload, with what is written for it alone. */
function workloadEdits({ workloads }: Subject, service: string, version: string): Edit[] {
  return workloads
    .filter((each) => each.service === service && each.versions.includes(version) && each.versions.length > 1)
    .flatMap(({ index, written }): Edit[] => {
      const path = ["workloads", index, "versions"];
      const { replicas } = written;
      const versions: Edit = isRecord(written.versions)
        ? { kind: "delete", path: [...path, version] }
        : { kind: "drop", path, value: version };
      const counted = isRecord(replicas) && Object.hasOwn(replicas, version);
      const own = ["workloads", index, "replicas"];
      const last = counted && Object.keys(replicas).length === 1;
      return counted ? [versions, { kind: "delete", path: last ? own : [...own, version] }] : [versions];
    });
}
