import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../components/lanes/validate";
import { podPort, versionLabel } from "../../../../conformance/lab/pods";
import { type Random, randomValues } from "../../../random";
import { answerProbes, requestProbes } from "./policies";

type LaneInput = LaneGroupInput["lanes"][number];
type MatchInput = Exclude<NonNullable<LaneInput["match"]>, readonly unknown[]>;
type RouteInput = NonNullable<LaneGroupInput["entry"]["routes"]>[number];
type StickyInput = LaneGroupInput["entry"]["sticky"];
type TextMatch = string | { exact: string } | { prefix: string } | { regex: string };

/** Versions of the pods that all groups share. */
export const versions = ["v1", "v2", "v3"] as const;
/** Headers that the mock apps hand on: every header by which a group without baggage may carry its lane. */
export const carriedHeaders = ["x-lane", "x-route", "version"] as const;

/** Each begins, ends or sounds like another. */
const laneNames = ["s2", "s20", "xs2", "s-2", "s2s2", "v1", "v2"];
/** With these a service has so many lanes that the baseline's requests get a route in front of theirs. */
const furtherLanes = Array.from({ length: 12 }, (_, index) => `s${index + 30}`);
/** A further port of every Service. */
export const secondPort = 8001;
/** A further port of every Service, on which its pods speak gRPC. */
export const grpcPort = 9000;
const furtherPorts = [
  { port: secondPort, protocol: "http" },
  { port: grpcPort, protocol: "grpc" },
  { port: 9092, protocol: "kafka" },
] as const;
const paths: readonly TextMatch[] = [
  ...["/mock", "/a/b", "/a%20b", "/a%2Fb", "/A", "/~x", "/mock/"],
  ...[{ prefix: "/" }, { prefix: "/m" }, { prefix: "/mock/" }, { prefix: "/a" }, { prefix: "/a%20" }],
  ...[{ regex: "/m.*" }, { regex: "/[a-z]+" }, { regex: "/a/[0-9]+" }, { regex: "(?i)/MOCK" }, { regex: ".*" }],
];
const texts: readonly TextMatch[] = [
  ...["s2", "s20", "a b", "a,b", "1", "a=b"],
  ...[{ prefix: "s2" }, { prefix: "a" }, { regex: "s2|s20" }, { regex: "s2.*" }],
  ...[{ regex: "(?i)s2" }, { regex: "[a-z]+[0-9]?" }, { regex: ".*" }],
];
const cookieTexts: readonly (string | { prefix: string })[] = ["s2", "s20", "a.b", "a=b", { prefix: "s2" }];
const queryTexts = texts.map((text) => (text === "a b" ? "a%20b" : text));

/** Lane groups of every kind, valid each by itself and all together; groups of a family share their hosts. */
export function randomGroups(seed: number, count: number, placed: { namespace: string; gateway: string }): LaneGroup[] {
  const inputs: LaneGroupInput[] = [];
  for (let round = 0; inputs.length < count; round += 1) {
    for (const candidate of randomValues(seed + round, count, (random, index) =>
      randomGroup(random, index % 20 === 0),
    )) {
      const name = `g${String(inputs.length).padStart(3, "0")}`;
      const input = place(candidate, name, Math.floor(inputs.length / 5), placed);
      // Most candidates fail by themselves, and the others can only clash with groups of the same hosts.
      const beside = inputs.filter(({ entry }) => entry.hosts?.some((host) => input.entry.hosts?.includes(host)));
      if (isValid([input]) && isValid([...beside, input])) inputs.push(input);
      if (inputs.length === count) break;
    }
  }
  if (!isValid(inputs)) throw new Error(`seed ${seed}: groups without a common host clash`);
  return inputs.map((input) => laneGroupSchema.parse(input));
}

function isValid(inputs: readonly LaneGroupInput[]): boolean {
  return validateLaneGroups(inputs.map((input) => ({ path: input.name, input }))).length === 0;
}

/** The second namespace beside one. */
export function namespaceBeside(namespace: string): string {
  return `${namespace}-more`;
}

/** Gives a group its names: `#` stands for the group's in services, `~` for the family's in hosts, `^` for the second namespace. */
function place(
  input: LaneGroupInput,
  name: string,
  family: number,
  placed: { namespace: string; gateway: string },
): LaneGroupInput {
  const text = JSON.stringify(input)
    .replaceAll("#", name)
    .replaceAll("~~", `f${family}`)
    .replaceAll("^", namespaceBeside(placed.namespace));
  const named: LaneGroupInput = JSON.parse(text);
  return { ...named, name, namespace: placed.namespace, entry: { ...named.entry, gateway: placed.gateway } };
}

const hosts = ["~~.test", "a.~~.test", "b.~~.test", "*.~~.test", "*.a.~~.test", "*.test", "*"];

function randomGroup(random: Random, many: boolean): LaneGroupInput {
  const strict = !many && random.chance(40);
  const serviceNames = ["#-a", "#-b", "#-c"].slice(0, 1 + random.integer(2));
  const fewNames = random.shuffled(laneNames).slice(0, strict ? 1 + random.integer(2) : 1 + random.integer(3));
  const names = many ? [...fewNames, ...furtherLanes] : fewNames;
  const laneVersions = strict ? random.shuffled(versions) : names.map(() => random.pick(versions));
  const baseline = !strict || random.chance(50) ? names[0] : undefined;
  const weights = !many && random.chance(35) ? randomWeights(random, names.length) : undefined;
  // Beside weights too: who names a lane enters it, the others are dealt.
  const named = many || random.chance(weights === undefined ? 60 : 30);
  const header = named ? random.pick(["x-tag", ...carriedHeaders]) : undefined;
  const route = random.pick(carriedHeaders);
  const services = serviceNames.map((name, index) => ({
    ...{ name, port: podPort },
    ...(random.chance(30) && { namespace: "^" }),
    // Declared, or left as without lanes; a port of Kafka changes nothing.
    ...(random.chance(80) && { ports: random.some(furtherPorts) }),
    versions: strict || many ? [...versions] : versions.filter((one) => one === laneVersions[0] || random.chance(50)),
    ...(random.chance(40) && { calls: randomCalls(random, serviceNames, index) }),
    ...randomServicePolicy(random, names, baseline !== undefined),
  }));
  return {
    name: "#",
    mode: strict ? "strict" : "permissive",
    versionLabel: random.pick(["version", versionLabel]),
    services,
    entry: {
      ...{ service: random.chance(80) ? "#-a" : random.pick(serviceNames), gateway: "", hosts: randomHosts(random) },
      ...(random.chance(40) && { path: random.pick(paths) }),
      ...(header !== undefined && { header }),
      ...(weights === undefined && random.chance(50) && { unmatched: random.pick(["reject", ...names]) }),
      ...(weights !== undefined && (random.chance(35) ? { user: random.pick(users) } : randomCookie(random))),
      ...(random.chance(35) && { routes: randomRoutes(random, serviceNames, names) }),
      ...randomEntryPolicy(random, names),
    },
    ...(!strict && { routeHeader: route, traceHeader: random.chance(65) ? "baggage" : route }),
    ...(!strict && { fallback: random.chance(50) }),
    ...(baseline !== undefined && { baseline }),
    ...(random.chance(15) && { policy: { headers: randomHeaderChanges(random, ["x-r1"]) } }),
    lanes: names.map((name, index): LaneInput => {
      const weight = weights?.[index];
      const version = laneVersions[index] ?? "v1";
      const matched = random.chance(header === undefined && weight === undefined ? 85 : 35);
      const having = services.filter((service) => service.versions.includes(version)).map((service) => service.name);
      const other = random.pick(services);
      return {
        ...{ name, version },
        ...(weight !== undefined && { weight }),
        ...(matched && { match: randomMatches(random) }),
        ...(!strict && index > 0 && having.length > 0 && random.chance(30) && { services: random.some(having) }),
        ...(random.chance(15) && { versions: { [other.name]: random.pick(other.versions) } }),
        ...(name !== baseline &&
          random.chance(20) && {
            // Times change no answer.
            policy: { timeout: "20s", retries: { attempts: 1 }, headers: randomHeaderChanges(random, ["x-r1"]) },
          }),
      };
    }),
  };
}

/** Mostly certain: one lane has all, others none. */
function randomWeights(random: Random, lanes: number): (number | undefined)[] {
  const first = random.pick([100, 100, 100, 50, 70]);
  const weights = Array.from({ length: lanes }, () => (random.chance(70) ? 0 : undefined));
  const [one = 0, other = one] = random.shuffled(weights.map((_weight, index) => index));
  return weights.map((weight, index) => {
    if (index === one) return one === other ? 100 : first;
    return index === other ? 100 - first : weight;
  });
}

function randomCalls(random: Random, serviceNames: readonly string[], index: number): string[] {
  const others = serviceNames.filter((_name, at) => at !== index);
  return random.shuffled(others).slice(0, random.integer(others.length));
}

function randomHosts(random: Random): string[] {
  return random.shuffled(hosts).slice(0, 1 + random.integer(1));
}

function randomCookie(random: Random): Pick<LaneGroupInput["entry"], "sticky"> {
  return random.chance(50) ? { sticky: randomSticky(random) } : {};
}

type Policy = NonNullable<LaneGroupInput["services"][number]["policy"]>;

/** What is not valid is thrown away with its group. */
function randomServicePolicy(random: Random, lanes: readonly string[], baseline: boolean): { policy?: Policy } {
  const policy: Policy = {
    // Copies change no answer.
    ...(baseline && random.chance(10) && { mirror: { lane: random.pick(lanes), percent: 50 } }),
    ...(random.chance(20) && { headers: randomHeaderChanges(random, ["x-r1"]) }),
    ...(random.chance(22) && { fault: randomFault(random, lanes) }),
  };
  return Object.keys(policy).length > 0 ? { policy } : {};
}

function randomEntryPolicy(random: Random, lanes: readonly string[]): { policy?: Policy } {
  const policy: Policy = {
    ...(random.chance(25) && { cors: { allowOrigins: [...random.pick(allowedOrigins)] } }),
    // An app further down tells its own failure by x-served-by, which only the gateway may change so.
    ...(random.chance(25) && { headers: randomHeaderChanges(random, answerProbes) }),
    ...(random.chance(10) && { fault: randomFault(random, lanes) }),
  };
  return Object.keys(policy).length > 0 ? { policy } : {};
}

function randomHeaderChanges(random: Random, answers: readonly string[]): NonNullable<Policy["headers"]> {
  const changes = (names: readonly string[]) => {
    const set: Record<string, string> = {};
    const add: Record<string, string> = {};
    const remove: string[] = [];
    for (const name of random.some(names)) {
      const value = random.pick(["a", "b", "c d"]);
      random.pick([() => (set[name] = value), () => (add[name] = value), () => remove.push(name)])();
    }
    return { set, add, remove };
  };
  return {
    ...(random.chance(75) && { request: changes(requestProbes) }),
    ...(random.chance(60) && { response: changes(answers) }),
  };
}

/** Mostly for some lanes, so that requests of others are answered. */
function randomFault(random: Random, lanes: readonly string[]): NonNullable<Policy["fault"]> {
  const abort = random.chance(65);
  return {
    ...(abort && { abort: { percent: random.pick([100, 100, 50]), status: random.pick([418, 429, 503]) } }),
    ...((!abort || random.chance(30)) && { delay: { percent: 100, duration: "150ms" } }),
    ...(random.chance(70) && { lanes: random.some(lanes) }),
  };
}

const allowedOrigins: readonly (readonly TextMatch[])[] = [
  ["https://app.test"],
  ["https://app.test", { prefix: "http://localhost:" }],
  [{ regex: "https://[a-z]+[.]test" }],
  ["*"],
];
/** Of pages: allowed ones, near misses and others. */
export const origins = [
  ...["https://app.test", "https://app.test", "http://localhost:3000", "https://other.test"],
  ...["https://app.test.evil.test", "http://app.test", "null", ""],
] as const;

/** Where requests tell their user. */
const users = [{ header: "x-user" }, { cookie: "uid" }, { query: "u" }] as const;

function randomSticky(random: Random): StickyInput {
  if (random.chance(50)) return false;
  const secure = random.chance(50);
  return {
    ...(random.chance(50) && { cookie: random.pick(["lane-#", "a.b-#", "__Secure-#"]) }),
    ...(random.chance(50) && { sameSite: random.pick(["Strict", "Lax", "None"]) }),
    ...(secure && { secure }),
    ...(random.chance(40) && { maxAge: 1 + random.integer(100_000) }),
    ...(random.chance(20) && { domain: "~~.test" }),
  };
}

const methods: readonly TextMatch[] = ["GET", "POST", "PUT", { prefix: "P" }, { regex: "GET|HEAD" }, { regex: "P.*" }];

/** One to three; what is not valid beside the lanes is thrown away with its group. */
function randomRoutes(random: Random, serviceNames: readonly string[], lanes: readonly string[]): RouteInput[] {
  const routes = Array.from({ length: 1 + random.integer(2) }, (_, index): RouteInput => {
    const path = random.chance(75) ? random.pick(routePaths) : undefined;
    return {
      ...{ name: `r${index}`, service: random.pick(serviceNames) },
      ...(path !== undefined && { path }),
      ...((path === undefined || random.chance(30)) && { method: random.pick(methods) }),
      ...(random.chance(15) && { hosts: randomHosts(random) }),
      ...(random.chance(15) && { headers: { [random.pick(["x-user", "x-kind"])]: random.pick(texts) } }),
      ...(random.chance(15) && { query: { q: random.pick(queryTexts) } }),
      ...(path !== undefined && random.chance(50) && { rewrite: random.pick(["/", "/v1", "/v1/", "/a%20b"]) }),
      ...(random.chance(30) && {
        policy: {
          ...(random.chance(80) && { headers: randomHeaderChanges(random, answerProbes) }),
          ...(random.chance(30) && { fault: randomFault(random, lanes) }),
        },
      }),
    };
  });
  return routes;
}

const routePaths: readonly TextMatch[] = [
  ...["/mock", "/a/b", "/a%20b", "/"],
  ...[{ prefix: "/m" }, { prefix: "/mock/" }, { prefix: "/a" }, { prefix: "/a%20" }, { prefix: "/mo" }],
  ...[{ regex: "/m.*" }, { regex: "/[a-z]+" }, { regex: "/a/[0-9]+" }],
];

/** One set of conditions, or a list of which any will do. */
function randomMatches(random: Random): LaneInput["match"] {
  if (random.chance(65)) return randomMatch(random);
  return Array.from({ length: 1 + random.integer(2) }, () => randomMatch(random));
}

function randomMatch(random: Random): MatchInput {
  const match: MatchInput = {
    ...(random.chance(50) && { headers: randomHeaders(random) }),
    ...(random.chance(30) && { cookies: { [random.pick(["lane", "a.b", "x-lane"])]: random.pick(cookieTexts) } }),
    ...(random.chance(30) && { query: { [random.pick(["lane", "l%61ne", "q"])]: random.pick(queryTexts) } }),
    ...(random.chance(25) && { hosts: randomHosts(random) }),
    ...(random.chance(30) && { path: random.pick(paths) }),
    ...(random.chance(15) && { method: random.pick(methods) }),
  };
  return Object.keys(match).length > 0 ? match : { headers: randomHeaders(random) };
}

function randomHeaders(random: Random): Record<string, TextMatch> {
  const names = random.shuffled(["x-tag", "x-user", ...carriedHeaders]).slice(0, 1 + random.integer(1));
  return Object.fromEntries(names.map((name) => [name, random.pick(texts)]));
}
