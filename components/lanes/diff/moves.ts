import { rewriteWords } from "../entries/rewrite";
import type { Explanation } from "../explain";
import { selectorText } from "../labels";
import { curlCommand } from "../lane-request";
import { relabelled } from "../transition/labels";
import { hasOwnLabels } from "../version-labels";
import { listed } from "./changes/change";
import { conditionCount, conditionWords } from "./conditions";
import { type Fate, preflightAnswer } from "./fate";
import { wantedBy } from "./reach";
import type { Region } from "./regions";
import type { Change, Move, ReportRegion } from "./report";
import type { DiffSide } from "./sides";
import { userMoveWords } from "./users";

/** Regions that one change of the rules made, told as one thing. */
export interface ToldMove {
  readonly move: Move;
  readonly kind: Change["kind"];
  readonly risk: Change["risk"];
}

/**
 * Regions by the rule that made them, and by what it means for them: one that is new takes requests from many, one that is gone leaves
 * its own to many. The plainest region stands for them all.
 */
export function tellMoves(regions: readonly Region[], side: DiffSide): ToldMove[] {
  const byCause = new Map<string, Region[]>();
  for (const region of regions) {
    const key = `${judged(region).kind} ${causeOf(region)}`;
    const known = byCause.get(key);
    if (known) known.push(region);
    else byCause.set(key, [region]);
  }
  const plainestFirst = [...byCause.values()].flatMap((of) => {
    const sorted = of.map((region) => ({ region, cost: costOf(region) })).sort((a, b) => a.cost - b.cost);
    return sorted[0] ? [{ first: sorted[0], sorted }] : [];
  });
  // The sort is stable, so the rules' order stays among those that are as plain.
  return plainestFirst
    .sort((a, b) => a.first.cost - b.first.cost)
    .map(({ first: { region }, sorted }) => ({
      ...judged(region),
      move: {
        group: groupOf(region),
        text: moveWords(region),
        regions: sorted.map((each) => reportRegion(each.region, side)),
      },
    }));
}

function causeOf({ cell, before, after }: Region): string {
  const [old, now] = [nameOf(before), nameOf(after)];
  if (now !== null && !cell.before.some(({ rule }) => rule.name === now)) return `new ${now}`;
  if (old !== null && !cell.after.some(({ rule }) => rule.name === old)) return `gone ${old}`;
  return `${old} -> ${now}`;
}

/** Regions without a witness, and those that take more to be in, come later. */
function costOf({ before, after, witness }: Region): number {
  return conditionCount(wantedBy(before.routed, after.routed)) + (witness ? 0 : 1000);
}

function judged({ before, after, moved }: Region): Pick<ToldMove, "kind" | "risk"> {
  if (!after.routed) return { kind: "lost", risk: "danger" };
  if (!before.routed) return { kind: "newly-routed", risk: "note" };
  return moved === 0 ? { kind: "cookie", risk: "note" } : { kind: "moved", risk: "care" };
}

/** Whether as many requests meet the same, in the same order. */
function sameShares(before: Fate, after: Fate): boolean {
  return JSON.stringify([...before.shares]) === JSON.stringify([...after.shares]);
}

function groupOf({ before, after }: Region): string {
  return (after.routed ?? before.routed)?.group.name ?? "";
}

/** `with x-lane: v2, lane v1 -> lane v2`, `that name no lane, v1 40 % -> 10 %, v2 30 % -> 60 %` */
function moveWords(region: Region): string {
  const { before, after, moved } = region;
  const { kind } = judged(region);
  const words = conditionWords(wantedBy(before.routed, after.routed));
  const who = words.length > 0 ? `requests with ${words.join(", ")}` : "requests that name no lane";
  const where = region.cell.host === "*" ? "" : ` to ${region.cell.host}`;
  const share = moved < 100 ? `${moved} % of the ` : "";
  const [was, is] = [cookieOf(before), cookieOf(after)];
  if (kind === "cookie" && was !== undefined && is !== undefined) {
    return `answers to ${who}${where} set the cookie ${is}, before ${was}`;
  }
  if (kind === "cookie")
    return `answers to ${who}${where} ${setsCookie(after) ? "set" : "do not set"} the cookie that keeps a client in its lane`;
  const users = userMoveWords(before, after);
  const lanes = users.length > 0 && sameShares(before, after) ? [] : [fromTo(before, after)];
  return `${share}${who}${where}: ${[...lanes, ...users].join("; ")}`;
}

function setsCookie({ explanation }: Fate): boolean {
  return explanation.status === "routed" && explanation.outcomes.some((outcome) => outcome.setsCookie !== undefined);
}

/** The cookie of the first lane: of the others only the value differs. */
function cookieOf({ explanation }: Fate): string | undefined {
  if (explanation.status !== "routed") return undefined;
  return explanation.outcomes.find(({ setsCookie }) => setsCookie !== undefined)?.setsCookie;
}

function fromTo(before: Fate, after: Fate): string {
  const [old, now] = [lanesOf(before), lanesOf(after)];
  if (!before.routed) return `404 -> ${endWords(after)}`;
  if (!after.routed) return `${endWords(before)} -> 404, no rule fits them any more`;
  if (old.size === 0 || now.size === 0) return `${endWords(before)} -> ${endWords(after)}`;
  const lanes = [...new Set([...old.keys(), ...now.keys()])];
  const changed = lanes.filter((lane) => (old.get(lane) ?? 0) !== (now.get(lane) ?? 0));
  if (changed.length > 0) {
    if (old.size === 1 || now.size === 1) return `${laneWords(old)} -> ${laneWords(now)}`;
    return listed(
      changed.map((lane) => `${lane} ${old.get(lane) ?? 0} % -> ${now.get(lane) ?? 0} %`),
      8,
    );
  }
  return `lane ${listed(lanesElsewhere(before, after))} another way: ${listed(hopWords(before, after))}`;
}

/** The lanes that meet something else than before; all, where they differ in nothing but the rule that takes them. */
function lanesElsewhere(before: Fate, after: Fate): string[] {
  const lanes = [...after.shares.keys()].flatMap((key) => {
    const [lane]: unknown[] = JSON.parse(key);
    return before.shares.has(key) ? [] : [String(lane)];
  });
  return lanes.length > 0 ? [...new Set(lanes)] : [...lanesOf(after).keys()];
}

function endWords(fate: Fate): string {
  return preflightAnswer(fate.explanation) ?? laneWords(lanesOf(fate));
}

function laneWords(lanes: ReadonlyMap<string, number>): string {
  const shares = [...lanes].map(([lane, share]) => (lanes.size === 1 ? `lane ${lane}` : `${lane} ${share} %`));
  return listed(shares);
}

function lanesOf({ explanation }: Fate): Map<string, number> {
  if (explanation.status !== "routed") return new Map();
  return new Map(explanation.outcomes.map(({ lane, weight }) => [lane, weight]));
}

/** The hops at which the same lane meets another version than before, or else what is otherwise on the same way. */
function hopWords(before: Fate, after: Fate): string[] {
  if (before.explanation.status !== "routed" || after.explanation.status !== "routed") return [];
  const old = before.explanation.outcomes;
  const words = after.explanation.outcomes.flatMap(({ lane, hops }) => {
    const was = old.find((outcome) => outcome.lane === lane)?.hops ?? [];
    const added = hops.flatMap(({ from, service, version = "any version" }) => {
      const known = was.find((hop) => hop.from === from && hop.service === service);
      if (!known) return [`${from} calls ${service}`];
      return known.version === version ? [] : [`${service} ${known.version ?? "any version"} -> ${version}`];
    });
    const gone = was
      .filter(({ from, service }) => !hops.some((hop) => hop.from === from && hop.service === service))
      .map(({ from, service }) => `${from} no longer calls ${service}`);
    return [...added, ...gone];
  });
  const places = placeWords(before, after);
  if (words.length + places.length > 0) return [...new Set([...words, ...places])];
  const reasons = reasonWords(before.explanation, after.explanation);
  if (reasons.length > 0) return reasons;
  const [was, is] = [before.explanation.rewrite, after.explanation.rewrite];
  const path = (rewrite: typeof was) => (rewrite ? `rewritten ${rewriteWords(rewrite)}` : "as it came");
  return path(was) === path(is) ? ["by another rule"] : [`the path ${path(is)}, before ${path(was)}`];
}

/** Where the pods are that answer, and by which label they are found. */
function placeWords({ routed: old }: Fate, { routed: now, explanation }: Fate): string[] {
  if (!old || !now || explanation.status !== "routed") return [];
  const hops = explanation.outcomes.flatMap((outcome) => outcome.hops);
  const services = [...new Set(hops.map(({ service }) => service))];
  const moved = services.flatMap((name) => {
    const [was, is] = [old.group, now.group].map(
      (group) => group.services.find((each) => each.name === name)?.namespace,
    );
    return was === undefined || was === is ? [] : [`${name} in namespace ${is}, before ${was}`];
  });
  const [was, is] = [old.group.versionLabel, now.group.versionLabel];
  const own = [old.group, now.group].some((group) => group.services.some((service) => hasOwnLabels(group, service)));
  if (!own) return was === is ? moved : [...moved, `versions by pod label ${is}, before ${was}`];
  const met = new Set(hops.map(({ service, version }) => `${service} ${version}`));
  const changed = relabelled({ before: old.group, after: now.group })
    .filter(({ service, version }) => met.has(`${service.name} ${version}`))
    .map(({ service, version, was: before, is: after }) => {
      return `${service.name} ${version} by pod ${labelText(after)}, before ${labelText(before)}`;
    });
  return [...moved, ...changed];
}

/** `label version=v2`, `labels release=b,track=canary` */
function labelText(labels: Readonly<Record<string, string>>): string {
  return `${Object.keys(labels).length === 1 ? "label" : "labels"} ${selectorText(labels)}`;
}

type Routed = Extract<Explanation, { status: "routed" }>;

/** Hops that the same version answers for another reason: the lane's own, or the baseline's. */
function reasonWords(before: Routed, after: Routed): string[] {
  const why = { own: "the lane's own", fallback: "the baseline's", "no-rule": "by no rule" } as const;
  const words = after.outcomes.flatMap(({ lane, hops }) => {
    const was = before.outcomes.find((outcome) => outcome.lane === lane)?.hops ?? [];
    return hops.flatMap(({ from, service, version = "any version", reason }) => {
      const known = was.find((hop) => hop.from === from && hop.service === service);
      if (!known || known.reason === reason) return [];
      return [`${service} ${version} ${why[reason]}, before ${why[known.reason]}`];
    });
  });
  return [...new Set(words)];
}

function reportRegion({ cell, before, after, moved, witness }: Region, side: DiffSide): ReportRegion {
  const { host = "", path = "", method, headers = {} } = witness ?? {};
  const sentBy = method === undefined ? {} : { method };
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return {
    gateway: cell.gateway,
    host: cell.host,
    conditions: conditionWords(wantedBy(before.routed, after.routed)),
    before: nameOf(before),
    after: nameOf(after),
    moved,
    witness: witness
      ? {
          host,
          path,
          ...sentBy,
          headers: sent,
          curl: curlCommand({ host, path, ...sentBy, headers: sent }, side.gatewayUrl(cell.gateway)),
        }
      : null,
  };
}

function nameOf({ routed }: Fate): string | null {
  return routed?.rule.name ?? null;
}
