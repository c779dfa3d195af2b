import { changeSteps } from "../change-steps";
import type { Stage } from "../object";
import { planLaneGroup, serviceNamed } from "../plan";
import type { EntryRule } from "../rule-shape";
import { entryRules } from "../rules";
import type { LaneGroup } from "../spec";
import type { Change } from "./change";
import type { Chain, Chains, Fault, FaultKind, PodsOfBoth } from "./fault";
import { Hops, picked, type Target, type Told } from "./hops";
import { OldVersions } from "./labels";
import { after, before, type Moment, momentsOf } from "./moments";
import { portFaults } from "./ports";
import { Running } from "./running";
import { touchedLanes } from "./touched";

export interface TransitionOptions {
  /** @default what an update takes, which knows the lanes so far */
  readonly steps?: readonly (readonly Stage[])[];
  /** Service -> versions that have pods before and after; a service that is not named runs elsewhere. */
  readonly pods?: PodsOfBoth;
}

/**
 * What an update does to requests while it is under way: every state that it passes through is looked at, and in each of them
 * every way that a request of a lane can go, whatever proxy it meets. Requests shorter than the wait between two steps are
 * meant: one that takes longer may meet the next step.
 */
export function transitionFaults(change: Change, options: TransitionOptions = {}): Fault[] {
  const {
    steps = changeSteps(
      change.after,
      change.before.lanes.map(({ name }) => name),
    ),
  } = options;
  const old = new OldVersions(change);
  const lanes = [...new Set([...change.before.lanes, ...change.after.lanes].map(({ name }) => name))];
  const known: Known = {
    change,
    hops: new Hops(change, old),
    running: new Running(old.podsOf(options.pods)),
    was: chainsOf(change.before, (service, version) => old.nameOf(service, version)),
    becomes: chainsOf(change.after),
    entered: new Map([change.before, change.after].map((group) => [group, enteredIn(group)])),
  };
  const touched = touchedLanes(change, lanes, options.pods);
  const faults = [...touched, undefined].flatMap((lane) => {
    const steady = [before, after].flatMap((moment) => {
      const own = faultsAt(known, lane, moment);
      // What the config after has no pods for nobody tells elsewhere.
      return moment === after ? own.filter(({ kind }) => kind !== "no-pods") : own;
    });
    const usual = new Set(steady.map(keyOf));
    const found = momentsOf(steps).flatMap((moment) => faultsAt(known, lane, moment));
    return found.filter((fault) => !usual.has(keyOf(fault)));
  });
  const wrong = [change.before, change.after].flatMap((group) =>
    entryRules(group).flatMap((rule) => weightFault(group, rule)),
  );
  // Of one kind, lane and service the first moment is told.
  const told = [...faults, ...wrong, ...portFaults(change, known.was, steps, options.pods)];
  return [...new Map(told.reverse().map((fault) => [keyOf(fault), fault])).values()].reverse();
}

function keyOf({ kind, lane, service, port }: Fault): string {
  // Wherever a chain is mixed, it is one fault.
  return `${kind} ${lane} ${kind === "mixed" ? "" : `${service} ${port}`}`;
}

function weightFault({ entry }: LaneGroup, { kind, outcomes, lane }: EntryRule): Fault[] {
  // The gateway answers these itself.
  if (kind === "preflight") return [];
  const sum = outcomes.reduce((total, { weight }) => total + weight, 0);
  return sum === 100 ? [] : [{ kind: "weights", moment: "always", lane, service: entry.service }];
}

interface Known {
  readonly change: Change;
  readonly hops: Hops;
  readonly running: Running;
  readonly was: Chains;
  readonly becomes: Chains;
  /** Where the gateway sends requests of a lane, by the rules of each config. */
  readonly entered: ReadonlyMap<LaneGroup, Entered>;
}

type Entered = ReadonlyMap<string, readonly Destination[]>;

interface Destination {
  readonly service: string;
  readonly version: string | undefined;
}

function enteredIn(group: LaneGroup): Entered {
  const lanes = new Map<string, Map<string, Destination>>();
  for (const { outcomes, service } of entryRules(group)) {
    for (const { lane, version } of outcomes) {
      const targets = lanes.get(lane) ?? new Map();
      lanes.set(lane, targets.set(`${service.name} ${version}`, { service: service.name, version }));
    }
  }
  return new Map([...lanes].map(([lane, targets]) => [lane, [...targets.values()]]));
}

/** One call of a chain and the versions that may answer it. */
interface Edge {
  readonly service: string;
  readonly targets: readonly Target[];
}

function faultsAt(known: Known, lane: string | undefined, moment: Moment): Fault[] {
  const edges = lane === undefined ? unlaned(known, moment) : walked(known, lane, moment);
  const fault = (kind: FaultKind, service: string): Fault => ({ kind, moment: moment.words, lane, service });
  const failing = edges.flatMap(({ service, targets }) =>
    targets.flatMap((target) => {
      if (target.kind === "no-subset" || target.kind === "no-route") return [fault(target.kind, service)];
      return target.kind === "version" && !known.running.has(service, target.version, moment)
        ? [fault("no-pods", service)]
        : [];
    }),
  );
  const mixed = mixedAt(known.was.get(lane), known.becomes.get(lane), edges);
  return mixed === undefined ? failing : [...failing, fault("mixed", mixed)];
}

/** Every call that a request which enters a lane may lead to. */
function walked({ change, hops, entered }: Known, lane: string, moment: Moment): Edge[] {
  const { before: old, after: now } = change;
  // What tells a lane in permissive groups is the header alone.
  const labels = old.mode === "strict" || now.mode === "strict";
  const edges = new Map<string, Edge>();
  const queue: { readonly service: string; readonly told: Told }[] = [];
  const header = (group: LaneGroup): Told =>
    group.mode === "permissive" ? { header: { name: group.routeHeader, lane } } : {};
  const follow = (from: string, service: string, targets: readonly Target[], told: Told) => {
    const known = edges.get(`${from} ${service}`);
    edges.set(`${from} ${service}`, { service, targets: [...(known?.targets ?? []), ...targets] });
    for (const target of targets) {
      const label = labels && target.kind === "version" ? { label: target.version } : {};
      queue.push({ service, told: { ...told, ...label } });
    }
  };
  for (const group of new Set(picked(moment.entry, old, now))) {
    for (const { service, version } of entered.get(group)?.get(lane) ?? []) {
      follow("gateway", service, hops.subset(service, version, moment), header(group));
    }
  }
  const seen = new Set<string>();
  for (let caller = queue.shift(); caller; caller = queue.shift()) {
    const { service: from, told } = caller;
    const key = `${from} ${told.header?.name} ${told.label}`;
    if (seen.has(key)) continue;
    seen.add(key);
    for (const callee of callsOf([now, old], from)) follow(from, callee, hops.call(callee, told, moment), told);
  }
  return [...edges.values()];
}

/** Calls of requests that carry no lane, from anywhere in the mesh. */
function unlaned({ change, hops }: Known, moment: Moment): Edge[] {
  const { before: old, after: now } = change;
  const both = now.services.filter(({ name }) => old.services.some((service) => service.name === name));
  // Without a baseline they fail before and after.
  if (old.baseline === undefined || now.baseline === undefined) return [];
  return both.map(({ name }) => ({ service: name, targets: hops.call(name, {}, moment) }));
}

/** What a service calls, by the first of the groups that has it. */
function callsOf(groups: readonly LaneGroup[], name: string): readonly string[] {
  for (const group of groups) {
    const service = serviceNamed(group, name);
    if (service) return service.calls;
  }
  return [];
}

/**
 * The first service at which a chain may be neither that of before nor that of after. A version that is in neither is; so are
 * two calls of which one is not as before and the other not as after.
 */
function mixedAt(was: Chain | undefined, becomes: Chain | undefined, edges: readonly Edge[]): string | undefined {
  const strays = (chain: Chain | undefined) =>
    edges.filter(({ service, targets }) =>
      targets.some((target) => target.kind === "version" && !fits(chain, service, target.version)),
    );
  const [notOld, notNew] = [strays(was), strays(becomes)];
  for (const { service, targets } of edges) {
    const neither = targets.some(
      (target) =>
        target.kind === "version" && !fits(was, service, target.version) && !fits(becomes, service, target.version),
    );
    if (neither) return service;
  }
  return notOld.find((one) => notNew.some((other) => other !== one))?.service;
}

/** @param nameOf what a version is called. */
function chainsOf(
  group: LaneGroup,
  nameOf: (service: string, version: string) => string = (_, version) => version,
): Chains {
  const chains = new Map<string | undefined, Map<string, string | undefined>>();
  for (const { lane, service, version } of planLaneGroup(group).rows) {
    const chain = chains.get(lane) ?? new Map<string, string | undefined>();
    chains.set(lane, chain.set(service, version === undefined ? undefined : nameOf(service, version)));
  }
  const baseline = chains.get(group.baseline);
  return baseline ? chains.set(undefined, baseline) : chains;
}

/** A service that is not in a group answers with any version there. */
function fits(chain: Chain | undefined, service: string, version: string): boolean {
  return chain !== undefined && (!chain.has(service) || chain.get(service) === version);
}
