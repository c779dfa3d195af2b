import { entryPolicy, servicePolicy } from "../../policy/effective";
import { policyWords, trafficWords } from "../../policy/words";
import { type LaneGroup, serviceOf } from "../../spec";
import type { Change } from "../report";
import type { GroupPair } from "../sides";
import { change, listed } from "./change";

/** How requests are treated otherwise than before: at the entry, between services, and by the proxies in front of pods. */
export function policyChanges({ before, after }: GroupPair): Change[] {
  const atEntry = (group: LaneGroup) => policiesOf(entryPolicy(group, serviceOf(group, group.entry.service)));
  return [
    ...compared(after.name, "the entry", atEntry(before), atEntry(after)),
    ...after.services.flatMap((service) => {
      const old = before.services.find(({ name }) => name === service.name);
      if (!old) return [];
      const at = (group: LaneGroup, which: typeof service) => ({
        ...policiesOf(servicePolicy(group, which)),
        traffic: trafficWords(which.traffic ?? {}),
      });
      return compared(after.name, service.name, at(before, old), at(after, service));
    }),
  ];
}

interface Words {
  readonly usual: readonly string[];
  readonly faults: readonly string[];
  readonly traffic?: readonly string[];
}

function policiesOf(policy: ReturnType<typeof servicePolicy>): Words {
  const { fault, ...usual } = policy;
  const whose = fault?.lanes ? ` of lane ${listed(fault.lanes)}` : "";
  return { usual: policyWords(usual), faults: fault ? policyWords({ fault }).map((words) => `${words}${whose}`) : [] };
}

function compared(group: string, at: string, before: Words, after: Words): Change[] {
  const faults = after.faults.filter((words) => !before.faults.includes(words));
  const ended = before.faults.filter((words) => !after.faults.includes(words));
  const [old, now] = [before, after].map(({ usual, traffic = [] }) => [...usual, ...traffic]);
  return [
    ...(faults.length > 0 ? [change("route-policy", "danger", group, `${at}: ${faults.join(", ")}, on purpose`)] : []),
    ...(ended.length > 0 ? [change("route-policy", "note", group, `${at}: no more ${ended.join(", ")}`)] : []),
    ...(String(old) === String(now)
      ? []
      : [change("route-policy", "care", group, `${at}: ${written(now)}; before ${written(old)}`)]),
  ];
}

function written(words: readonly string[] | undefined = []): string {
  return words.length === 0 ? "no policy" : words.join(", ");
}
