import { entryServices } from "../../entries/parts";
import { serviceNamed } from "../../plan";
import { corsWords } from "../../policy/cors/words";
import { entryPolicy, servicePolicy } from "../../policy/effective";
import { reachesGateway } from "../../policy/lanes";
import { policyWords, trafficWords } from "../../policy/words";
import type { LaneGroup, LaneService } from "../../spec";
import type { Change } from "../report";
import type { GroupPair } from "../sides";
import { change, listed } from "./change";

/** How requests are treated otherwise than before: at the entry, between services, and by the proxies in front of pods. */
export function policyChanges({ before, after }: GroupPair): Change[] {
  const atEntry = (group: LaneGroup) => {
    const service = serviceNamed(group, group.entry.service);
    return policiesOf(service ? entryPolicy(group, service) : {});
  };
  return [
    ...compared(after.name, "the entry", atEntry(before), atEntry(after)),
    ...corsChanges({ before, after }),
    ...after.entry.routes.flatMap((route) => {
      const old = before.entry.routes.find(({ name }) => name === route.name);
      return compared(after.name, `route ${route.name}`, policiesOf(old?.policy ?? {}), policiesOf(route.policy ?? {}));
    }),
    ...after.lanes.flatMap((lane) => {
      const old = before.lanes.find(({ name }) => name === lane.name);
      const own = (one: typeof lane | undefined) => ({
        usual: policyWords(one?.policy ?? {}),
        faults: [],
        // The same words at another place are another policy.
        traffic: one?.policy && !reachesGateway(one) ? ["not at the gateway, which chooses it by weight"] : [],
      });
      return compared(after.name, `lane ${lane.name}`, own(old), own(lane));
    }),
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

/** CORS may differ by the service that the entry sends requests to; what is the same for all of them is told once. */
function corsChanges({ before, after }: GroupPair): Change[] {
  const words = (group: LaneGroup, service: LaneService): Words => {
    const { cors } = entryPolicy(group, service);
    return { usual: cors ? corsWords(cors) : [], faults: [] };
  };
  const told = new Set<string>();
  const each = after.services.flatMap((service) => {
    const old = entryServices(before).find(({ name }) => name === service.name);
    if (!old || !entryServices(after).includes(service)) return [];
    const pair = [words(before, old), words(after, service)] as const;
    return [{ service, pair, key: JSON.stringify(pair) }];
  });
  for (const { service, key } of each) if (service.name === after.entry.service) told.add(key);
  return each.flatMap(({ service, pair: [old, now], key }) => {
    if (told.has(key)) return [];
    told.add(key);
    return compared(after.name, `the entry of ${service.name}`, old, now);
  });
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
    ...(ended.length > 0 ? [change("route-policy", "note", group, `${at}: no longer ${ended.join(", ")}`)] : []),
    ...(String(old) === String(now)
      ? []
      : [change("route-policy", "care", group, `${at}: ${written(now)}; before ${written(old)}`)]),
  ];
}

function written(words: readonly string[] | undefined = []): string {
  return words.length === 0 ? "no policy" : words.join(", ");
}
