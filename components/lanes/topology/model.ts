import { entryServices } from "../entries/parts";
import { type PlanReason, planLaneGroup } from "../plan";
import { originWords } from "../policy/cors/words";
import { declaredPorts, portWords } from "../ports";
import { entryRules } from "../rules";
import { type LaneGroup, type LaneService, reject } from "../spec";
import { versionKeys } from "../version-labels";
import { entryWords, routeWords, stringMatchWords } from "./entry-words";

/** One service as one lane has it: a row of the plan. */
export interface TopologyCell {
  readonly service: string;
  /** Undefined when the reason is `missing`. */
  readonly version: string | undefined;
  readonly reason: PlanReason;
}

export interface TopologyLane {
  readonly name: string;
  readonly isBaseline: boolean;
  /** How requests come into the lane, one way each, in words; empty when none can. */
  readonly entry: readonly string[];
  /** In the order of the services. */
  readonly cells: readonly TopologyCell[];
}

/** What a picture of a lane group shows, before anything is placed: plain data, shared by SVG and Mermaid. */
export interface Topology {
  readonly group: string;
  readonly mode: LaneGroup["mode"];
  readonly baseline: string | undefined;
  readonly gateway: {
    readonly name: string;
    /** Its hosts, its path, and what becomes of requests that fit no lane. */
    readonly facts: readonly string[];
  };
  /** The services that requests come in at, in the order of the services. */
  readonly entryServices: readonly string[];
  readonly services: readonly {
    readonly name: string;
    readonly port: number;
    /** All that are declared, in words, where there are several: `8080`, `9092 Kafka, not lane-able`. */
    readonly ports?: readonly string[];
  }[];
  /** Who calls whom; both are services of the group. */
  readonly calls: readonly { readonly from: string; readonly to: string }[];
  readonly lanes: readonly TopologyLane[];
  /** How a request stays in its lane, in words. */
  readonly propagation: string;
  /** Services that fall back at run time, when a version has no healthy endpoint. */
  readonly runtimeFallback: readonly string[];
}

/** The topology of a validated lane group, from the same plan and rules that are rendered to the mesh. */
export function topologyOf(group: LaneGroup): Topology {
  const names = new Set(group.services.map((service) => service.name));
  const { rows } = planLaneGroup(group);
  return {
    group: group.name,
    mode: group.mode,
    baseline: group.baseline,
    gateway: { name: group.entry.gateway, facts: gatewayFacts(group) },
    entryServices: entryServices(group).map(({ name }) => name),
    services: group.services.map(withPorts),
    calls: group.services.flatMap((service) =>
      service.calls.filter((callee) => names.has(callee)).map((to) => ({ from: service.name, to })),
    ),
    lanes: group.lanes.map((lane) => ({
      name: lane.name,
      isBaseline: lane.name === group.baseline,
      entry: entryWords(group, lane),
      cells: rows
        .filter((row) => row.lane === lane.name)
        .map(({ service, version, reason }) => ({ service, version, reason })),
    })),
    propagation: propagationWords(group),
    runtimeFallback: group.services.filter((service) => service.fallback).map((service) => service.name),
  };
}

function withPorts(service: LaneService): Topology["services"][number] {
  const { name, port } = service;
  const ports = declaredPorts(service);
  return { name, port, ...(ports.length > 1 && { ports: ports.map(portWords) }) };
}

/** What a lane's card says below its name. */
export function entryLines(lane: TopologyLane): readonly string[] {
  return lane.entry.length > 0 ? lane.entry : ["by fallback only"];
}

/** The whole picture as one text, for those who cannot see it. */
export function describeTopology(topology: Topology): string {
  const lanes = topology.lanes.map((lane) => {
    const route = lane.cells.map((cell) => `${cell.service} ${cellWords(cell, topology.baseline)}`);
    const entry = lane.entry.length > 0 ? ` (${lane.entry.join("; ")})` : "";
    return `Lane ${lane.name}${lane.isBaseline ? ", the baseline" : ""}${entry}: ${route.join(", ")}.`;
  });
  const ports = topology.services.flatMap(({ name, ports: several }) =>
    several ? [`Ports of ${name}: ${several.join("; ")}.`] : [],
  );
  return [
    `Requests enter at gateway ${topology.gateway.name} and go to ${topology.entryServices.join(", ")}.`,
    ...lanes,
    ...ports,
  ].join(" ");
}

function cellWords(cell: TopologyCell, baseline: string | undefined): string {
  switch (cell.reason) {
    case "own":
      return cell.version ?? "";
    case "fallback":
      return `${cell.version} (falls back to ${baseline})`;
    case "missing":
      return "missing";
    default:
      return cell.reason satisfies never;
  }
}

function gatewayFacts(group: LaneGroup): string[] {
  const { entry } = group;
  const hosts = entry.hosts.includes("*") ? "any host" : entry.hosts.join(", ");
  const last = entryRules(group).at(-1);
  const takesRest = last?.kind === "weights" || last?.kind === "unmatched";
  return [
    hosts,
    ...entry.routes.map(routeWords),
    ...(entry.path ? [`path ${stringMatchWords(entry.path)}`] : []),
    ...(entry.routes.length > 0 ? [`the rest: ${entry.rest === reject ? "404" : entry.service}`] : []),
    ...(!takesRest && entry.unmatched === reject ? ["others: 404"] : []),
    ...new Set(entryRules(group).flatMap(({ cors }) => (cors ? [`CORS for ${originWords(cors)}`] : []))),
  ];
}

function propagationWords(group: LaneGroup): string {
  if (group.mode === "strict") {
    const keys = [...new Set(group.services.flatMap((service) => versionKeys(group, service)))];
    return `the caller's ${keys.length === 1 ? "label" : "labels"} ${keys.join(", ")} ${keys.length === 1 ? "keeps" : "keep"} the lane`;
  }
  const { routeHeader = "", traceHeader = "" } = group;
  return routeHeader === traceHeader
    ? `header ${routeHeader} keeps the lane`
    : `header ${routeHeader}, taken from ${traceHeader}, keeps the lane`;
}
