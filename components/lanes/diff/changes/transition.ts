import { transitionFaults } from "../../transition/check";
import type { Fault, FaultKind, Pods, PodsOfBoth } from "../../transition/fault";
import { relabelled } from "../../transition/labels";
import type { DiffSide, GroupPair } from "../sides";
import { listed } from "./change";
import { type OrderProblem, swapsAndReplacements } from "./order";

/** The part of a side that tells what runs. */
type Run = Pick<DiffSide, "workloads">;

/** What an update does while it is under way, and how to have it otherwise; see `transition/`. */
export function transitionProblems(pair: GroupPair, before: Run, after: Run): OrderProblem[] {
  const pods = { before: podsOf(pair, before), after: podsOf(pair, after), labels: podLabelsOf(pair, after) };
  const faults = transitionFaults(pair, { pods });
  const harmless = faults.every(({ kind }) => kind === "any-version");
  // A swap of lanes and a version in place are told by name. They are a danger where some request meets what they come to.
  const named = swapsAndReplacements(pair).filter(({ risk }) => risk !== "danger" || !harmless);
  const dangerous = named.some(({ risk }) => risk === "danger");
  const left = faults.filter(({ kind }) => {
    if (kind === "mixed") return named.length === 0;
    return kind !== "no-route" || !dangerous;
  });
  return [
    ...named,
    ...replacedBaseline(pair),
    ...kinds.flatMap((kind) => faultProblems(pair, kind, left)),
    ...lostPorts(pair.after.name, left),
  ];
}

type OfRequests = Exclude<FaultKind, "any-version">;

const kinds: readonly OfRequests[] = ["no-subset", "no-route", "no-pods", "weights", "mixed"];

const failures: Readonly<Record<Exclude<OfRequests, "mixed">, string>> = {
  "no-subset": "are sent to a subset that does not exist",
  "no-route": "find no route between services",
  "no-pods": "are sent to a version that nothing runs",
  weights: "are shared by weights that are not 100 in all",
};

function faultProblems(pair: GroupPair, kind: OfRequests, all: readonly Fault[]): OrderProblem[] {
  const faults = all.filter((fault) => fault.kind === kind);
  const [first] = faults;
  if (!first) return [];
  const { name: group } = pair.after;
  const lanes = faults.flatMap(({ lane }) => lane ?? []);
  const who = `requests in ${lanes.length === 1 ? "lane" : "lanes"} ${listed(lanes)}`;
  const fix = fixFor(pair);
  if (kind !== "mixed") {
    const where = kind === "weights" ? "" : ` at ${first.service}`;
    const what = `${lanes.length > 0 ? who : "requests that carry no lane"} ${failures[kind]}${where} ${first.moment}`;
    return [{ risk: "danger", group, what, fix }];
  }
  const moment = faults.find(({ lane }) => lane !== undefined)?.moment ?? first.moment;
  const mixed = `${who} may meet one service as before and another as after ${moment}`;
  return [
    ...(lanes.length > 0 ? [{ risk: "care" as const, group, what: mixed, fix }] : []),
    ...(lanes.length < faults.length ? [{ risk: "note" as const, group, what: unlanedWords(pair, faults) }] : []),
  ];
}

/** Those that come by the gateway have a lane, the baseline's if no other. */
function unlanedWords({ before, after }: GroupPair, faults: readonly Fault[]): string {
  const moment = faults.find(({ lane }) => lane === undefined)?.moment ?? "";
  const versions =
    before.baseline === after.baseline
      ? "as before and another as after"
      : `of ${before.baseline} and another of ${after.baseline}`;
  return `calls that carry no lane, from within the mesh, may meet one service ${versions} ${moment}`;
}

/** Of each port that lanes no longer route: what its callers get. */
function lostPorts(group: string, all: readonly Fault[]): OrderProblem[] {
  const faults = all.filter(({ kind }) => kind === "any-version");
  const ports = new Map(faults.map(({ service, port }) => [`${service} ${port}`, { service, port }]));
  return [...ports.values()].map(({ service, port }) => {
    const own = faults.filter((fault) => fault.service === service && fault.port === port);
    const lanes = own.flatMap(({ lane }) => lane ?? []);
    const who = [
      ...(lanes.length > 0 ? [`in ${lanes.length === 1 ? "lane" : "lanes"} ${listed(lanes)}`] : []),
      ...(lanes.length < own.length ? ["those that carry no lane"] : []),
    ].join(" and ");
    const since = own[0]?.moment.replace("while", "from the moment");
    const what = `requests ${who}, to ${service} on port ${port}, meet any of its versions ${since}`;
    const fix = `Keep the port in \`ports\` until nobody calls it, or run one version of ${service}.`;
    return { risk: "care", group, what, fix };
  });
}

function fixFor({ before, after }: GroupPair): string {
  if (
    before.mode !== after.mode ||
    before.routeHeader !== after.routeHeader ||
    before.traceHeader !== after.traceHeader
  ) {
    return "Make the change while nobody is in a lane, or make a group of its own and move the hosts to it.";
  }
  if (relabelled({ before, after }).length > 0) {
    return "Give the new labels to pods of a version with another name, add a lane with it, shift to it, then remove the old one.";
  }
  if (before.baseline !== after.baseline) {
    return "They borrow several services of the baseline: name versions of their own for these first (`versions`), or promote when a second of that is no harm.";
  }
  return "Add a lane with the new versions, shift to it, then remove the old one.";
}

/** Whoever is in the old baseline's lane, by a socket or a slow request, falls back to the new one for the calls that follow. */
function replacedBaseline({ before, after }: GroupPair): OrderProblem[] {
  const { baseline: old } = before;
  if (old === undefined || old === after.baseline || after.lanes.some(({ name }) => name === old)) return [];
  const change = `lane ${old}, the baseline so far, goes in the update that replaces it`;
  const what = `${change}: requests and sockets that are in it meet ${after.baseline ?? "no route"} halfway`;
  const fix = `Make two updates: \`lanes promote ${after.baseline ?? "<lane>"}\`, and when nobody is left \`lanes retire ${old}\`.`;
  return [{ risk: "care", group: after.name, what, change, fix }];
}

/** Of services that this program runs. */
function podsOf(pair: GroupPair, side: Run): Pods {
  return Object.fromEntries(runBy(pair, side).map(({ name, versions }) => [name, versions]));
}

function podLabelsOf(pair: GroupPair, side: Run): PodsOfBoth["labels"] {
  const workloads = new Map(runBy(pair, side).map((workload) => [workload.name, workload]));
  return (service, version) => {
    const { versions = [], pods } = workloads.get(service) ?? {};
    return versions.includes(version) ? pods?.of(version).labels : undefined;
  };
}

function runBy({ before, after }: GroupPair, { workloads }: Run): Run["workloads"] {
  const services = [...before.services, ...after.services];
  return workloads.filter(({ name, namespace }) =>
    services.some((each) => each.name === name && each.namespace === namespace),
  );
}
