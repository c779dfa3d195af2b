import type { EntryRule, UserShares } from "../../../../components/lanes/rule-shape";
import { entryRules, stickyCookie } from "../../../../components/lanes/rules";
import type { LaneGroup, LaneMatch, StringMatch } from "../../../../components/lanes/spec";
import { fits } from "../../../../components/lanes/text-match/match";
import { type Random, randomValues } from "../../../random";
import { origins } from "./groups";
import { requestProbes } from "./policies";

/** A request as it is to be sent, byte for byte. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly host: string;
  /** Name -> values, one header line each. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Where to go in the call graph of whichever group takes it: which callee at each hop, until there is none. */
  readonly walk: readonly number[];
}

/** Requests that fit a rule of one of the groups, or miss it by little. */
export function randomRequests(seed: number, count: number, groups: readonly LaneGroup[]): RawRequest[] {
  return randomValues(seed, count, (random) => randomRequest(random, random.pick(groups)));
}

/** What a request is built from; mistakes are made in these parts. */
interface Draft {
  host: string;
  method: string;
  path: string;
  query: string[];
  headers: Record<string, string[]>;
  cookies: string[];
}

function randomRequest(random: Random, group: LaneGroup): RawRequest {
  const rule = random.pick(entryRules(group));
  const draft = fitting(random, group, rule);
  const mistakes = random.pick([0, 0, 1, 1, 1, 2, 3]);
  for (let made = 0; made < mistakes; made += 1) random.pick(mutations)(random, draft, group);
  if (random.chance(30)) addSpoofs(random, draft, group);
  if (random.chance(30)) draft.headers[random.pick(requestProbes)] = ["own", ...(random.chance(20) ? ["other"] : [])];
  const cookie = cookieLines(random, draft.cookies);
  const query = draft.query.length > 0 ? `?${draft.query.join("&")}` : "";
  return {
    method: draft.method,
    path: draft.path + query,
    host: draft.host,
    headers: { ...draft.headers, ...(cookie.length > 0 && { cookie }) },
    walk: [0, 1, 2].map(() => random.integer(1)),
  };
}

function fitting(random: Random, group: LaneGroup, rule: EntryRule): Draft {
  const { path, method, hosts: asked } = rule.asked;
  const hosts = asked.length > 0 && random.chance(80) ? asked : group.entry.hosts;
  const draft: Draft = {
    host: hostFor(random, random.pick(hosts)),
    method: method && random.chance(90) ? methodFor(random, method) : random.pick(methods),
    path: path ? textFor(random, path, "/") : random.pick(["/", "/mock", "/x"]),
    query: random.chance(20) ? ["p=1"] : [],
    headers: {},
    cookies: random.chance(20) ? ["other=1"] : [],
  };
  addConditions(random, draft, rule.asked);
  if (rule.kind === "preflight" || random.chance(3)) addPreflight(random, draft);
  if (rule.users && random.chance(85)) addUser(random, draft, rule.users.source);
  if (rule.kind === "cookie" || random.chance(10))
    draft.cookies.push(`${stickyCookie(group)}=${laneFor(random, group)}`);
  return draft;
}

function addConditions(random: Random, draft: Draft, match: LaneMatch): void {
  for (const [name, value] of Object.entries(match.headers)) draft.headers[name] = [textFor(random, value)];
  for (const [name, value] of Object.entries(match.cookies)) draft.cookies.push(`${name}=${textFor(random, value)}`);
  for (const [name, value] of Object.entries(match.query)) draft.query.push(`${name}=${textFor(random, value)}`);
}

/** What a browser asks, and sometimes only a part of it. */
function addPreflight(random: Random, draft: Draft): void {
  draft.headers.origin = [random.pick(origins)];
  if (random.chance(90)) draft.headers["access-control-request-method"] ??= [random.pick(methods)];
  if (random.chance(90)) draft.method = "OPTIONS";
}

function addUser(random: Random, draft: Draft, { header, cookie, query }: UserShares["source"]): void {
  const id = random.pick(["alice", "bob", "", "a b", "%61", '"q"', "x".repeat(40), String(random.integer(1_000_000))]);
  const plain = id.replace(/ /g, "+");
  if (header !== undefined) draft.headers[header] ??= [id, ...(random.chance(15) ? ["other"] : [])];
  if (cookie !== undefined) draft.cookies.push(`${cookie}=${plain}`);
  if (query !== undefined) draft.query.push(random.chance(90) ? `${query}=${plain}` : query);
}

const methods = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

function methodFor(random: Random, method: StringMatch): string {
  const fitting = methods.filter((one) => fits(method, one));
  return fitting.length > 0 ? random.pick(fitting) : random.pick(methods);
}

function laneFor(random: Random, group: LaneGroup): string {
  return random.chance(90) ? random.pick(group.lanes).name : random.pick(["s200", "", "S2"]);
}

function hostFor(random: Random, pattern: string): string {
  if (pattern === "*") return random.pick(["any.example.com", "10.0.0.1", "localhost"]);
  return pattern.startsWith("*") ? random.pick(["x", "b", "a", "x.y"]) + pattern.slice(1) : pattern;
}

/** A text that fits, for the kinds of matches that the groups are made of. */
function textFor(random: Random, match: StringMatch, otherwise = "any"): string {
  if (match.kind === "exact") return match.value;
  if (match.kind === "prefix") return match.value + random.pick(["", "", "x", "0", "/x"]);
  const examples: Record<string, string> = {
    "/m.*": "/mo/ck",
    "/[a-z]+": "/abc",
    "/a/[0-9]+": "/a/12",
    "(?i)/MOCK": "/mOck",
    "s2|s20": "s20",
    "s2.*": "s2-x",
    "(?i)s2": "S2",
    "[a-z]+[0-9]?": "ab1",
  };
  return examples[match.value] ?? otherwise;
}

type Mutation = (random: Random, draft: Draft, group: LaneGroup) => void;

/** Changes one existing text, by one of these. */
function changeOne(random: Random, texts: string[], changes: readonly ((text: string) => string)[]): void {
  if (texts.length === 0) return;
  const at = random.integer(texts.length - 1);
  const change = random.pick(changes);
  texts[at] = change(texts[at] ?? "");
}

function changeHeader(change: (random: Random, values: string[]) => string[]): Mutation {
  return (random, draft) => {
    const names = Object.keys(draft.headers);
    if (names.length === 0) return;
    const name = random.pick(names);
    draft.headers[name] = change(random, draft.headers[name] ?? []);
  };
}

const upper = (text: string) => text.toUpperCase();
const encodeAt = (text: string, at: number) =>
  `${text.slice(0, at)}%${(text.charCodeAt(at) || 0x41).toString(16).padStart(2, "0")}${text.slice(at + 1)}`;

const mutations: readonly Mutation[] = [
  // Header values: blanks around and within, case, near misses, repeats, lists, nothing.
  changeHeader((random, values) =>
    values.map((value) => random.pick([" ", "\t", "  ", ""]) + value + random.pick([" ", "\t", ""])),
  ),
  changeHeader((random, values) =>
    values.map((value) => random.pick([upper(value), `${value}0`, `x${value}`, `"${value}"`, `${value};q=1`, ""])),
  ),
  changeHeader((random, values) => [...values, ...(random.chance(50) ? values : ["s2"])]),
  changeHeader((random, values) => (random.chance(50) ? ["", ...values] : values.flatMap((value) => value.split(",")))),
  changeHeader((_random, values) => [values.join(", ")]),
  // Header names in another case; a header that is not there; one too many.
  (random, draft) => {
    draft.headers = Object.fromEntries(Object.entries(draft.headers).map(([name, values]) => [upper(name), values]));
    if (random.chance(20)) draft.headers = {};
  },
  (random, draft) => {
    draft.headers[random.pick(["x-tag", "x-user", "x-lane", "x-route", "version"])] ??= [
      random.pick(["s2", "s20", "v1", "a b"]),
    ];
  },
  // Paths.
  (random, draft) => {
    const paths = [draft.path];
    changeOne(random, paths, [
      upper,
      ...[(path: string) => `${path}/`, (path: string) => `${path}x`, (path: string) => path.slice(0, -1) || "/"],
      ...[(path: string) => `/.${path}`, (path: string) => `/x/..${path}`, (path: string) => `/x/%2e%2e${path}`],
      ...[(path: string) => `/${path}`, (path: string) => `${path}/..`, (path: string) => `${path}/.`],
      ...[(path: string) => encodeAt(path, 1), (path: string) => encodeAt(path, path.length - 1)],
      ...[(path: string) => upper(encodeAt(path, 1)), (path: string) => path.replaceAll("%2F", "%2f")],
      ...[(path: string) => path.replaceAll("/", "//"), (path: string) => path.replaceAll("/", "\\")],
      ...[(path: string) => `${path}\\..\\x`, (path: string) => `/%5c..${path}`, (path: string) => `/%2E${path}`],
      ...[(path: string) => `${path}%c3%a9`, (path: string) => `${path}/%2e%2E/`],
      ...[(path: string) => `${path};v=1`, (path: string) => `${path}%2F..`, (path: string) => `${path}%00`],
      ...[(path: string) => `${path}%`, (path: string) => `${path}%zz`, (path: string) => `${path}#s2`],
      ...[(path: string) => `${path}|^{}"<>\``, (path: string) => `${path}~!$&'()*+,;=:@-._`, () => "*"],
    ]);
    draft.path = paths[0] ?? "/";
  },
  // Methods.
  (random, draft) => {
    draft.method = random.pick(methods);
  },
  // Hosts.
  (random, draft) => {
    const hosts = [draft.host];
    changeOne(random, hosts, [
      ...[upper, (host: string) => `${host}:80`, (host: string) => `${host}:8090`, (host: string) => `${host}.`],
      ...[(host: string) => `b.${host}`, (host: string) => host.split(".").slice(1).join(".") || host],
      ...[
        (host: string) => `x${host}`,
        (host: string) => `${host}x`,
        (host: string) => `${upper(host)}:443`,
        (host: string) => `${host}:80x`,
        (host: string) => `${host}:`,
      ],
    ]);
    draft.host = hosts[0] ?? "";
  },
  // Queries.
  (random, draft) =>
    changeOne(random, draft.query, [
      ...[upper, (pair: string) => `${pair}&${pair}x`, (pair: string) => `${pair.split("=")[0]}=no&${pair}`],
      ...[(pair: string) => encodeAt(pair, 0), (pair: string) => encodeAt(pair, pair.length - 1)],
      ...[(pair: string) => pair.split("=")[0] ?? "", (pair: string) => `&&${pair}`, (pair: string) => `;${pair}`],
      ...[(pair: string) => `?${pair}`, (pair: string) => `${pair}#x`, (pair: string) => `${pair}+`],
    ]),
  (random, draft) => void draft.query.push(random.pick(["lane=s2", "l%61ne=s2", "q", "q=", "lane=s2&lane=s20", "=x"])),
  // Cookies.
  (random, draft) =>
    changeOne(random, draft.cookies, [
      ...[
        upper,
        (pair: string) => ` ${pair} `,
        (pair: string) => pair.replace("=", " = "),
        (pair: string) => `${pair}0`,
      ],
      ...[
        (pair: string) => `x${pair}`,
        (pair: string) => `y=${pair}`,
        (pair: string) => pair.replace(/=(.*)/, '="$1"'),
      ],
      ...[(pair: string) => `${pair}; ${pair}x`, (pair: string) => `${pair};`, (pair: string) => `${pair},z=1`],
    ]),
  (random, draft, group) => void draft.cookies.push(`${stickyCookie(group)}=${laneFor(random, group)}`),
  (random, draft) =>
    void draft.cookies.push(random.pick(["lane=s2", "lane=s20", "x-lane=s2", "a.b=a.b", "axb=a.b", "z"])),
];

/** What a client may try so as to choose a lane behind the gateway's back. */
function addSpoofs(random: Random, draft: Draft, group: LaneGroup): void {
  const lane = laneFor(random, group);
  const key = group.routeHeader ?? "x-lane";
  if (random.chance(30)) draft.headers[key] ??= [lane];
  const members = [
    ...[`${key}=${lane}`, ` ${key} = ${lane} `, `${key}=${lane};secure`, `${key}=${lane}0`, `x${key}=${lane}`],
    ...[`other=1;${key}=${lane}`, `other="${key}=${lane}"`, `${upper(key)}=${lane}`, `${key}=%73%32`, `${key}`],
    ...[`a=1,${key}=${lane},b=2`, `${key}=,${key}=${lane}`, `a=${key}=${lane}`, `,,${key}=${lane},`, "user=1"],
  ];
  draft.headers.baggage = Array.from({ length: 1 + random.integer(1) }, () => random.pick(members));
}

function cookieLines(random: Random, cookies: readonly string[]): string[] {
  if (cookies.length === 0) return [];
  const shuffled = random.shuffled(cookies);
  if (shuffled.length > 1 && random.chance(30)) return shuffled;
  return [shuffled.join(random.pick(["; ", "; ", ";", ";  "]))];
}
