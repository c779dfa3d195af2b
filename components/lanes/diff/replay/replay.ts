import { gatewaysOf, groupsOnHost, type RoutedRule, rulesOfHost } from "../../explain";
import { type EnvoyRequest, type LaneRequest, toEnvoyRequest } from "../../matching";
import type { RepeatedHeaders } from "../../repeated-headers";
import type { LaneGroup } from "../../spec";
import { type Fate, fateOf, movedShare, noRoute } from "../fate";
import type { ReplayReport } from "../report";
import { fitOf, type Knowledge } from "./partial";

/** A request that was sent, as a log has it. */
export interface LoggedRequest {
  readonly request: LaneRequest;
  /** Whether the log has all its headers. */
  readonly whole: boolean;
  /** Name of the route that took it; undefined where the log does not tell. */
  readonly route?: string;
  /** Whether it became a WebSocket. */
  readonly socket: boolean;
}

/** One of the two configs, as far as requests are routed by it. */
export interface ReplaySide {
  readonly groups: readonly LaneGroup[];
  /** How the proxies of its mesh compare repeated headers. */
  readonly repeatedHeaders: RepeatedHeaders;
}

/** Whose listeners the change touches, so that their open sockets drain. */
export interface Draining {
  /** Names of lane groups. */
  readonly groups: ReadonlySet<string>;
  /** `namespace/service` */
  readonly services: ReadonlySet<string>;
}

/** What becomes of one request: certain where the log tells enough. */
interface Outcome {
  /** The rule that took it; undefined where no lane group had to do with it, so that a socket is none of theirs. */
  readonly took: RoutedRule | undefined;
  readonly before: string | null;
  readonly after: string | null;
  /** Percent of such requests that meet something else, at least and at most. */
  readonly least: number;
  readonly most: number;
}

/** Most different requests that are remembered; the rest is worked out again each time. */
const mostKnown = 20_000;

/** Counts real requests by what a change does to them. Memory depends on the rules, not on the number of requests. */
export class Replay {
  private readonly fates = new Map<RoutedRule, Fate>();
  private readonly known = new Map<string, Outcome | undefined>();
  private readonly regions = new Map<string, ReplayReport["regions"][number]>();
  private readonly looked: ReadonlySet<string>;
  private requests = 0;
  private others = 0;
  private unknown = 0;
  private least = 0;
  private most = 0;
  private sockets = 0;
  private drained = 0;

  public constructor(
    private readonly before: ReplaySide,
    private readonly after: ReplaySide,
    private readonly draining: Draining,
  ) {
    const rules = [...before.groups, ...after.groups].flatMap((group) => rulesOfHost([group]));
    this.looked = new Set(rules.flatMap(({ rule }) => Object.keys(rule.match.headers)));
  }

  public add(logged: LoggedRequest): void {
    this.requests += 1;
    const outcome = this.outcome(logged);
    if (!outcome) {
      this.others += 1;
      return;
    }
    const { took, before, after, least, most } = outcome;
    if (logged.socket && took) {
      this.sockets += 1;
      if (this.drains(took)) this.drained += 1;
    }
    this.least += least / 100;
    this.most += most / 100;
    if (least !== most) this.unknown += 1;
    if (most === 0) return;
    const key = JSON.stringify([before, after, least, most]);
    const region = this.regions.get(key) ?? { before, after, least, most, requests: 0 };
    region.requests += 1;
    this.regions.set(key, region);
  }

  public result(): Omit<ReplayReport, "unreadable" | "files"> {
    const { requests, others, unknown, sockets, drained } = this;
    const regions = [...this.regions.values()].sort((a, b) => b.requests * b.most - a.requests * a.most);
    const moved = { least: Math.round(this.least), most: Math.round(this.most) };
    return { requests, others, unknown, moved, sockets, drained, regions };
  }

  private drains({ group, rule }: RoutedRule): boolean {
    const { groups, services } = this.draining;
    const { namespace, name } = rule.service;
    return groups.has(group.name) || services.has(`${namespace}/${name}`);
  }

  private outcome(logged: LoggedRequest): Outcome | undefined {
    const { request, route, whole } = logged;
    const seen = Object.entries(request.headers ?? {}).filter(([name]) => this.looked.has(name.toLowerCase()));
    const key = JSON.stringify([request.host, request.path, request.method, route, whole, seen]);
    if (this.known.has(key)) return this.known.get(key);
    const outcome = this.workOut(logged);
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(key, outcome);
    return outcome;
  }

  /** @returns undefined when no lane group has to do with it, before or after. */
  private workOut({ request, route, whole }: LoggedRequest): Outcome | undefined {
    const { before, after } = this;
    const logged = toEnvoyRequest(request, before.repeatedHeaders);
    if (logged.refusal !== undefined) return undefined;
    const gateway = gatewayOf(before.groups, route);
    const old = rulesAt(before.groups, logged, gateway);
    const now = rulesAt(after.groups, logged, gateway);
    if (old.length + now.length === 0) return undefined;
    const index = old.findIndex(({ rule }) => rule.name === route);
    const took = old[index];
    const passed = old.slice(0, Math.max(0, index));
    const sent = toEnvoyRequest(request, after.repeatedHeaders);
    const befores = took ? [took] : candidates(old, { sent: logged, logged, whole, passed: [] });
    const afters = candidates(now, { sent, logged, whole, passed, ...(took && { took }) });
    if ([...befores, ...afters].every((routed) => routed === undefined)) return undefined;
    const pairs = befores.flatMap((a) => afters.map((b) => ({ a, b, moved: this.moved(a, b) })));
    const shares = pairs.map(({ moved }) => moved);
    // Of rules that would move it as far, the last is the surest: the ones before are those that perhaps take it.
    const widest = pairs.reduce((best, pair) =>
      pair.moved > best.moved || (pair.moved === best.moved && pair.b) ? pair : best,
    );
    return {
      took: widest.a ?? befores[0],
      before: widest.a?.rule.name ?? null,
      after: widest.b?.rule.name ?? null,
      least: Math.min(...shares),
      most: Math.max(...shares),
    };
  }

  private moved(before: RoutedRule | undefined, after: RoutedRule | undefined): number {
    const fate = (routed: RoutedRule | undefined): Fate => {
      if (!routed) return noRoute;
      const found = this.fates.get(routed) ?? fateOf(routed);
      this.fates.set(routed, found);
      return found;
    };
    return movedShare(fate(before), fate(after));
  }
}

/** The gateway whose route it was, told by the route's name. */
function gatewayOf(groups: readonly LaneGroup[], route: string | undefined): string | undefined {
  return groups.find(({ name }) => route === `${name}/entry` || route?.startsWith(`${name}/entry/`))?.entry.gateway;
}

const rulesKnown = new WeakMap<readonly LaneGroup[], Map<string, readonly RoutedRule[]>>();

/** The rules that a request meets, in their order. */
function rulesAt(
  groups: readonly LaneGroup[],
  { authority }: EnvoyRequest,
  gateway: string | undefined,
): readonly RoutedRule[] {
  const known = rulesKnown.get(groups) ?? new Map<string, readonly RoutedRule[]>();
  rulesKnown.set(groups, known);
  const at = gateway ?? gatewaysOf(groups, authority)[0];
  const onHost = groupsOnHost(
    groups.filter((group) => group.entry.gateway === at),
    authority,
  );
  // The same groups have the same rules, so that each rule is one object however many hosts there are.
  const key = onHost.map(({ name }) => name).join();
  const found = known.get(key) ?? rulesOfHost(onHost);
  known.set(key, found);
  return found;
}

/** The rules of which one takes the request, as far as is known; undefined among them: perhaps none. */
function candidates(rules: readonly RoutedRule[], known: Knowledge): (RoutedRule | undefined)[] {
  const found: (RoutedRule | undefined)[] = [];
  for (const routed of rules) {
    const result = fitOf(routed.rule, known);
    if (result === "no") continue;
    found.push(routed);
    if (result === "yes") return found;
  }
  return [...found, undefined];
}
