import { planLaneGroup } from "../plan";
import { mixedAfter } from "../removal";
import type { LaneGroup } from "../spec";
import { laneTable } from "../table";
import { relabelled } from "../transition/labels";
import { hasOwnLabels, versionLabels } from "../version-labels";
import { callChanges } from "./changes/calls";
import { change, listed } from "./changes/change";
import { drainChanges } from "./changes/drains";
import { planChanges, unusedVersions } from "./changes/plan";
import { podChanges } from "./changes/pods";
import { policyChanges } from "./changes/policies";
import { portChanges } from "./changes/ports";
import { proxyChanges } from "./changes/proxies";
import { stateChanges } from "./changes/state";
import { type Fate, preflightAnswer } from "./fate";
import { type ToldMove, tellMoves } from "./moves";
import { type OrderProblem, orderProblems } from "./order";
import { changedRegions, type DeadRule } from "./regions";
import { type Change, type DiffReport, diffFormat, type Route, risks } from "./report";
import { settingChanges } from "./settings/settings";
import { changedGroups, type DiffSide, type GroupPair, newGroups } from "./sides";

/** What a change of config does to requests, connections, versions and policies. The same configs give the same report. */
export function diffLanes(before: DiffSide, after: DiffSide): DiffReport {
  const { changed, dead } = changedRegions({ before: before.groups, after: after.groups });
  const moves = tellMoves(changed, after);
  const pairs = changedGroups(before, after);
  const [added, removed] = [newGroups(before, after), newGroups(after, before)];
  const headlines = new Map<Change, string>([
    ...removed.map((group) => [removal(group, after), `lane group ${group.name} goes`] as const),
    ...orderProblems(before, after).map((problem) => [orderChange(problem), problem.change ?? problem.what] as const),
  ]);
  const summed = (kind: Change["kind"]) => [...headlines.keys()].filter((one) => one.kind === kind);
  const found: Change[] = [
    ...summed("group-removed"),
    ...added.map(({ name }) => change("group-added", "note", name, `lane group ${name} comes`)),
    ...summed("order"),
    ...moves.map(({ kind, risk, move }, index) => ({ kind, risk, group: move.group, text: move.text, move: index })),
    ...pairs.flatMap(planChanges),
    ...pairs.flatMap(stateChanges),
    ...pairs.flatMap(policyChanges),
    ...pairs.flatMap(portChanges),
    ...podChanges(before, after),
    ...proxyChanges(before, after),
    ...drainChanges(before, after),
    ...callChanges(before, after),
    ...deadChanges(dead),
    ...unusedVersions(before, after),
  ];
  // The sort is stable: within a risk the order above stays.
  const changes = [...found, ...settingChanges(before, after, found)].sort(
    (a, b) => risks.indexOf(a.risk) - risks.indexOf(b.risk),
  );
  const names = new Set([...pairs.map((pair) => pair.after.name), ...added.concat(removed).map(({ name }) => name)]);
  const tables = ({ groups }: DiffSide) =>
    groups.filter(({ name }) => names.has(name)).map((group) => mutable(laneTable(planLaneGroup(group))));
  return {
    format: diffFormat,
    before: before.name,
    after: after.name,
    verdict: verdictOf(changes, moves, headlines),
    changes,
    moves: moves.map(({ move }) => move),
    routes: {
      before: routesOf(
        changed.map((region) => region.before),
        pairs,
      ),
      after: routesOf(
        changed.map((region) => region.after),
        pairs,
      ),
    },
    tables: { before: tables(before), after: tables(after) },
  };
}

/** Rules that are dead after the change, and were not, or were not there. */
function deadChanges(dead: readonly DeadRule[]): Change[] {
  const before = new Set(dead.filter(({ side }) => side === "before").map(({ routed }) => routed.rule.name));
  return dead
    .filter(({ side, routed }) => side === "after" && !before.has(routed.rule.name))
    .map(({ routed, why }) =>
      change("dead-rule", "care", routed.group.name, `nobody can enter by rule ${routed.rule.name}: ${why}`),
    );
}

function orderChange({ risk, group, what, fix }: OrderProblem): Change {
  return change("order", risk, group, fix === undefined ? what : `${what}. ${fix}`);
}

/** @param headlines of changes whose texts say as well why, and what to do. */
function verdictOf(
  changes: readonly Change[],
  moves: readonly ToldMove[],
  headlines: ReadonlyMap<Change, string>,
): DiffReport["verdict"] {
  const [worst] = changes;
  if (!worst) return { risk: null, text: "Nothing changes: the same lanes, routes and policies." };
  const count = (risk: Change["risk"]) => changes.filter((one) => one.risk === risk).length;
  const counts = [
    ...(count("danger") > 0 ? [`${count("danger")} dangerous`] : []),
    ...(count("care") > 0 ? [`${count("care")} to look at`] : []),
    ...(count("note") > 0 ? [`${count("note")} harmless`] : []),
  ];
  const summary = `${changes.length} ${changes.length === 1 ? "change" : "changes"}: ${listed(counts)}`;
  const moved = moves.filter(({ kind }) => kind !== "cookie");
  if (moved.length === 0) return { risk: worst.risk, text: `No request changes its route. ${summary}.` };
  // What the risk is of comes first; of moves the plainest, which asks for nothing.
  const worstMoves = moved.filter(({ risk }) => risk === worst.risk);
  const told = worstMoves.find(({ move }) => move.regions[0]?.conditions.length === 0) ?? worstMoves[0];
  const { group, text } = told?.move ?? { ...worst, text: headlines.get(worst) ?? worst.text };
  const others = told ? moved.length - 1 : moved.length;
  const more = others > 0 ? `, and ${others}${told ? " more" : ""} ${others === 1 ? "move" : "moves"}` : "";
  const where = group === null ? "" : `${group}: `;
  return { risk: worst.risk, text: `${where}${text}${more}. ${summary}.` };
}

function routesOf(fates: readonly Fate[], pairs: readonly GroupPair[]): Record<string, Route> {
  const routes = new Map<string, Route>();
  for (const { routed, explanation } of fates) {
    if (!routed || routes.has(routed.rule.name)) continue;
    const answer = preflightAnswer(explanation);
    if (answer !== undefined) {
      routes.set(routed.rule.name, { group: routed.group.name, kind: "preflight", answer, outcomes: [] });
    }
    if (explanation.status !== "routed") continue;
    routes.set(routed.rule.name, {
      group: explanation.group,
      kind: explanation.kind,
      ...placesOf(routed.group, pairs),
      outcomes: explanation.outcomes.map(({ lane, weight, setsCookie = null, hops }) => ({
        ...{ lane, weight, setsCookie },
        hops: hops.map(({ from, service, rule = null, version = null, reason }) => ({
          from,
          service,
          rule,
          version,
          reason,
        })),
      })),
    });
  }
  return Object.fromEntries([...routes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where the pods of a group's services are, and by what their versions are told, where either changes. */
function placesOf(group: LaneGroup, pairs: readonly GroupPair[]) {
  const { name, services, versionLabel } = group;
  const pair = pairs.find(({ after }) => after.name === name);
  if (!pair) return {};
  const { before, after } = pair;
  const moves = before.services.some((one) =>
    after.services.some((other) => other.name === one.name && other.namespace !== one.namespace),
  );
  return {
    ...(moves && { namespaces: Object.fromEntries(services.map((service) => [service.name, service.namespace])) }),
    ...(before.versionLabel !== after.versionLabel && { versionLabel }),
    ...changedLabels(group, pair),
  };
}

/** Labels of versions that are found by others on the other side, of services that have labels of their own on either. */
function changedLabels(group: LaneGroup, pair: GroupPair): Pick<Route, "labels"> {
  const isOwn = (name: string) =>
    [pair.before, pair.after].some((side) =>
      side.services.some((service) => service.name === name && hasOwnLabels(side, service)),
    );
  const changed = relabelled(pair).filter(({ service }) => isOwn(service.name));
  if (changed.length === 0) return {};
  const labels: Record<string, Record<string, Record<string, string>>> = {};
  for (const { service, version } of changed) {
    const own = group.services.find(({ name }) => name === service.name);
    if (!own) continue;
    labels[own.name] = { ...labels[own.name], [version]: { ...versionLabels(group, own, version) } };
  }
  return { labels };
}

function mutable(table: ReturnType<typeof laneTable>): DiffReport["tables"]["before"][number] {
  const { group, baseline, services, lanes } = table;
  return {
    group,
    baseline,
    services: [...services],
    lanes: lanes.map(({ lane, cells }) => ({ lane, cells: [...cells] })),
  };
}

function removal({ name, services, baseline }: LaneGroup, { workloads }: DiffSide): Change {
  const text = mixedAfter(name, services, workloads, baseline) ?? `lane group ${name} goes`;
  return change("group-removed", "care", name, text);
}
