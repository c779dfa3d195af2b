import { drainedByPolicies } from "../../../components/lanes/diff/changes/calls";
import { type Draining, Replay, type ReplaySide } from "../../../components/lanes/diff/replay/replay";
import type { DiffReport, ReplayReport } from "../../../components/lanes/diff/report";
import type { DiffSide } from "../../../components/lanes/diff/sides";
import { repeatedHeadersOf } from "../../../components/lanes/repeated-headers";
import type { StackConfig } from "../../../config/stack";
import { readRequests } from "./read";

/** The parts of a stack's config that decide how its requests are routed. */
type Routing = Pick<StackConfig, "laneGroups" | "mesh">;

/** What a change would have done to the requests of some logs. */
export async function replayRequests(
  files: readonly string[],
  before: Routing,
  after: Routing,
  draining: Draining,
): Promise<ReplayReport> {
  const replay = new Replay(sideOf(before), sideOf(after), draining);
  let unreadable = 0;
  for (const file of files) {
    for await (const request of readRequests(file)) {
      if (request) replay.add(request);
      else unreadable += 1;
    }
  }
  return { files: files.map((file) => (file === "-" ? "stdin" : file)), unreadable, ...replay.result() };
}

/** Whose sockets a diff says drain: those of a lane group, and those of services whose policies change. */
export function drainingOf({ changes }: Pick<DiffReport, "changes">, before: DiffSide, after: DiffSide): Draining {
  const groups = changes.flatMap(({ kind, group }) => (kind === "drain" && group !== null ? [group] : []));
  return { groups: new Set(groups), services: new Set(drainedByPolicies(before, after)) };
}

function sideOf({ laneGroups, mesh }: Routing): ReplaySide {
  return { groups: laneGroups, repeatedHeaders: repeatedHeadersOf(mesh.version) };
}

/** The report in words, the most important line first. */
export function replayLines(replay: ReplayReport): string[] {
  const { requests, unreadable, others, unknown, sockets, drained, regions } = replay;
  // Not rounded: a share of a few requests is less than one, and not none.
  const sum = (of: "least" | "most") => regions.reduce((all, region) => all + (region.requests * region[of]) / 100, 0);
  const [least, most] = [sum("least"), sum("most")];
  const share = (part: number) => {
    const percent = requests === 0 ? 0 : (part / requests) * 100;
    return percent > 0 && percent < 0.01 ? "under 0.01 %" : `${Number(percent.toPrecision(2))} %`;
  };
  const amount = (part: number) => (part > 0 && part < 1 ? "under 1" : number(Math.round(part)));
  const range = `${bounds(share(least), share(most))} (${bounds(amount(least), amount(most))})`;
  const told = regions.slice(0, 10).map(({ before, after, least: sure, most: perhaps, requests: count }) => {
    const part = sure === perhaps ? (sure === 100 ? "" : `, ${sure} % of them`) : `, ${sure} to ${perhaps} % of them`;
    return `  ${number(count)} ${ruleWords(before)} -> ${ruleWords(after)}${part}`;
  });
  return [
    requests === 0 ? "no request was read" : `${range} of ${number(requests)} requests move`,
    ...told,
    ...(regions.length > told.length ? [`  and ${regions.length - told.length} more: --json`] : []),
    ...(sockets > 0
      ? [`${number(sockets)} were WebSockets${drained > 0 ? `; ${number(drained)} of them would drain` : ""}`]
      : []),
    ...(unknown > 0
      ? [`of ${number(unknown)} the log has too little to tell: rules look at headers or cookies that it lacks`]
      : []),
    ...(others > 0 ? [`${number(others)} are no lane group's`] : []),
    ...(unreadable > 0 ? [`${number(unreadable)} ${unreadable === 1 ? "line is" : "lines are"} no request`] : []),
  ];
}

function bounds(least: string, most: string): string {
  return least === most ? most : `${least} to ${most}`;
}

function ruleWords(rule: string | null): string {
  return rule ?? "404";
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
