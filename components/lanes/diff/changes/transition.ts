import { transitionFaults } from "../../transition/check";
import type { Fault, FaultKind, Pods, PodsOfBoth } from "../../transition/fault";
import { relabelled } from "../../transition/labels";
import type { Change, Risk } from "../report";
import type { DiffSide, GroupPair } from "../sides";
import { change, listed } from "./change";
import { orderChanges } from "./order";

/** What an update does while it is under way, and how to have it otherwise; see `transition/`. */
export function transitionChanges(pair: GroupPair, before: DiffSide, after: DiffSide): Change[] {
  const pods = { before: podsOf(pair, before), after: podsOf(pair, after), labels: podLabelsOf(pair, after) };
  const faults = transitionFaults(pair, { pods });
  // A swap of lanes and a version in place are told by name, and these are what they come to.
  const told = orderChanges(pair).length > 0;
  const left = told ? faults.filter(({ kind }) => kind !== "mixed" && kind !== "no-route") : faults;
  return [
    ...replacedBaseline(pair),
    ...kinds.flatMap((kind) => faultChanges(pair, kind, left)),
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

function faultChanges(pair: GroupPair, kind: OfRequests, all: readonly Fault[]): Change[] {
  const faults = all.filter((fault) => fault.kind === kind);
  const [first] = faults;
  if (!first) return [];
  const lanes = faults.flatMap(({ lane }) => lane ?? []);
  const who = `requests in ${lanes.length === 1 ? "lane" : "lanes"} ${listed(lanes)}`;
  const order = (risk: Risk, text: string) => change("order", risk, pair.after.name, text);
  if (kind !== "mixed") {
    const where = kind === "weights" ? "" : ` at ${first.service}`;
    const text = `${lanes.length > 0 ? who : "requests that carry no lane"} ${failures[kind]}${where} ${first.moment}. ${fixFor(pair)}`;
    return [order("danger", text)];
  }
  const moment = faults.find(({ lane }) => lane !== undefined)?.moment ?? first.moment;
  return [
    ...(lanes.length > 0
      ? [order("care", `${who} may meet one service as before and another as after ${moment}. ${fixFor(pair)}`)]
      : []),
    ...(lanes.length < faults.length ? [order("note", unlanedWords(pair, faults))] : []),
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
function lostPorts(group: string, all: readonly Fault[]): Change[] {
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
    const text = `requests ${who}, to ${service} on port ${port}, meet any of its versions ${since}. Keep the port in \`ports\` until nobody calls it, or run one version of ${service}.`;
    return change("order", "care", group, text);
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
function replacedBaseline({ before, after }: GroupPair): Change[] {
  const { baseline: old } = before;
  if (old === undefined || old === after.baseline || after.lanes.some(({ name }) => name === old)) return [];
  const text = `lane ${old}, the baseline so far, goes in the update that replaces it: requests and sockets that are in it meet ${after.baseline ?? "no route"} halfway. Make two updates: \`lanes promote ${after.baseline ?? "<lane>"}\`, and when nobody is left \`lanes retire ${old}\`.`;
  return [change("order", "care", after.name, text)];
}

/** Of services that this program runs. */
function podsOf(pair: GroupPair, side: DiffSide): Pods {
  return Object.fromEntries(runBy(pair, side).map(({ name, versions }) => [name, versions]));
}

function podLabelsOf(pair: GroupPair, side: DiffSide): PodsOfBoth["labels"] {
  const workloads = new Map(runBy(pair, side).map((workload) => [workload.name, workload]));
  return (service, version) => {
    const { versions = [], pods } = workloads.get(service) ?? {};
    return versions.includes(version) ? pods?.of(version).labels : undefined;
  };
}

function runBy({ before, after }: GroupPair, { workloads }: DiffSide): DiffSide["workloads"] {
  const services = [...before.services, ...after.services];
  return workloads.filter(({ name, namespace }) =>
    services.some((each) => each.name === name && each.namespace === namespace),
  );
}
