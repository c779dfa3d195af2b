import { usualInPreflights } from "../entries/preflight";
import type { RoutedRule } from "../explain";
import { explain } from "../explain";
import { pickHost } from "../hosts";
import { type LaneRequest, matches, toEnvoyRequest, usualMethods } from "../matching";
import type { LaneGroup, StringMatch } from "../spec";
import { fits } from "../text-match/match";
import { type Conditions, conditionsOf, own } from "./conditions";
import { type Fate, fateKey } from "./fate";
import { hostSamples } from "./hosts";
import { type Cell, wantedBy } from "./reach";
import { texts } from "./texts";

/** How many requests are tried for one region. */
const mostTried = 600;

/** Both configs, as far as requests are routed by them. */
export interface Groups {
  readonly before: readonly LaneGroup[];
  readonly after: readonly LaneGroup[];
}

/** A request of the cell that takes exactly these rules, checked by `explain` with both configs; undefined: none was found. */
export function findWitness(cell: Cell, before: Fate, after: Fate, groups: Groups): LaneRequest | undefined {
  for (const request of candidates(cell, before.routed, after.routed)) {
    const sent = toEnvoyRequest(request);
    if (sent.refusal !== undefined || pickHost(cell.hosts, sent.authority) !== cell.host) continue;
    const takes = (rules: readonly RoutedRule[], wanted: RoutedRule | undefined) =>
      rules.find(({ rule }) => matches(rule.match, sent)) === wanted;
    if (!takes(cell.before, before.routed) || !takes(cell.after, after.routed)) continue;
    const fate = (side: readonly LaneGroup[]) => fateKey(explain(side, request, { gateway: cell.gateway }), side);
    if (fate(groups.before) === before.key && fate(groups.after) === after.key) return request;
  }
  return undefined;
}

/** One part of a request, and what may stand there. */
interface Part {
  readonly kind: "host" | "path" | "method" | "headers" | "cookies" | "query";
  readonly name: string;
  readonly options: readonly string[];
}

function* candidates(
  cell: Cell,
  before: RoutedRule | undefined,
  after: RoutedRule | undefined,
): Generator<LaneRequest> {
  const parts = partsOf(cell, wantedBy(before, after));
  if (parts.some(({ options }) => options.length === 0)) return;
  let tried = 0;
  // The plainest first: by how far down the lists the choices are, all together.
  const furthest = parts.reduce((sum, { options }) => sum + options.length - 1, 0);
  for (let distance = 0; distance <= furthest; distance += 1) {
    for (const choice of choices(parts, distance)) {
      yield toRequest(parts, choice);
      tried += 1;
      if (tried >= mostTried) return;
    }
  }
}

/** Every way to choose one option of each part whose places add up to `distance`. */
function* choices(parts: readonly Part[], distance: number): Generator<readonly number[]> {
  const [part, ...rest] = parts;
  if (!part) {
    if (distance === 0) yield [];
    return;
  }
  for (let index = 0; index <= Math.min(distance, part.options.length - 1); index += 1) {
    for (const others of choices(rest, distance - index)) yield [index, ...others];
  }
}

function partsOf(cell: Cell, wanted: Conditions): Part[] {
  const near = (pick: (conditions: Conditions) => readonly StringMatch[]) =>
    [...cell.before, ...cell.after].flatMap((rule) => pick(conditionsOf(rule)));
  const named = (kind: "headers" | "query") =>
    Object.entries(wanted[kind]).map(([name, matches]): Part => {
      const others = near((conditions) => own(conditions[kind], name));
      return { kind, name, options: texts(matches, others, usualInPreflights.get(name) ?? "") };
    });
  const cookies = Object.entries(wanted.cookies).map(([name, matches]): Part => {
    const one = texts(matches, [], "");
    // No value fits all: a cookie of the same name for each, in either order.
    const each = matches.map((match) => texts([match], [], "")[0] ?? "");
    const several = [each, [...each].reverse()].map((values) => values.join(`; ${name}=`));
    return { kind: "cookies", name, options: one.length > 0 ? one : several };
  });
  const nearMethods = near(({ method }) => method);
  const nearHosts = near(({ hosts }) => hosts.flat().map((value) => ({ kind: "exact", value }))).map(
    ({ value }) => value,
  );
  return [
    ...named("headers"),
    ...named("query"),
    ...cookies,
    {
      kind: "path",
      name: "",
      options: texts(
        wanted.path,
        near(({ path }) => path),
        "/",
      ),
    },
    // Where no rule looks at it, the usual one.
    {
      kind: "method",
      name: "",
      options:
        nearMethods.length > 0
          ? usualMethods.filter((method) => wanted.method.every((one) => fits(one, method)))
          : ["GET"],
    },
    { kind: "host", name: "", options: hostSamples(cell.host, [...wanted.hosts, nearHosts], cell.hosts) },
  ];
}

function toRequest(parts: readonly Part[], choice: readonly number[]): LaneRequest {
  const of = (kind: Part["kind"]) =>
    parts.flatMap((part, at) =>
      part.kind === kind ? [[part.name, part.options[choice[at] ?? 0] ?? ""] as const] : [],
    );
  const [query, cookies] = [of("query"), of("cookies")];
  const path = of("path")[0]?.[1] ?? "/";
  const method = of("method")[0]?.[1] ?? "GET";
  const search = query.map(([key, value]) => `${key}=${value}`).join("&");
  const cookie = cookies.map(([name, value]) => `${name}=${value}`).join("; ");
  return {
    host: of("host")[0]?.[1] ?? "",
    path: search === "" ? path : `${path}?${search}`,
    ...(method !== "GET" && { method }),
    headers: { ...Object.fromEntries(of("headers")), ...(cookie !== "" && { cookie }) },
  };
}
