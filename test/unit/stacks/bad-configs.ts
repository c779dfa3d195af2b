import type { LaneGroupInput } from "../../../components/lanes/spec";
import { s2Input, s4Input } from "../components/lanes/fixtures";

/** A config with one thing wrong in it, and the problem that is to be reported for it. */
export interface BadConfig {
  readonly title: string;
  readonly raw: Record<string, unknown>;
  readonly path: string;
  readonly got: string;
  readonly mend: RegExp;
}

const group = "laneGroups[0]";
type Lanes = LaneGroupInput["lanes"];
type Change = { readonly [key in keyof LaneGroupInput]?: unknown } & { readonly [key: string]: unknown };

const strict = (change: Change) => ({ laneGroups: [{ ...s2Input, ...change }] });
const permissive = (change: Change) => ({ laneGroups: [{ ...s4Input, ...change }] });
const strictEntry = (change: object) => strict({ entry: { ...s2Input.entry, ...change } });
const permissiveEntry = (change: object) => permissive({ entry: { ...s4Input.entry, ...change } });
const strictLane = (change: object) => strict({ lanes: replaceAt(s2Input.lanes, 1, change) });
const permissiveLane = (change: object) => permissive({ lanes: replaceAt(s4Input.lanes, 1, change) });
const strictService = (change: object) => strict({ services: replaceAt(s2Input.services, 1, change) });
const match = (conditions: object) => permissiveLane({ match: conditions });
const workload = {
  name: "mocka",
  app: "mock",
  port: 8000,
  versions: ["v1", "v2", "v3"],
  versionLabel: "ASM_TRAFFIC_TAG",
};
const workloads = (change: object) => ({ workloads: [{ ...workload, ...change }] });

export function replaceAt(list: readonly object[], at: number, change: object): object[] {
  return list.map((item, index) => (index === at ? { ...item, ...change } : item));
}

export function bad(title: string, raw: Record<string, unknown>, path: string, got: string, mend: RegExp): BadConfig {
  return { title, raw, path, got, mend };
}

const shapes = [
  bad("an unknown section", { laneGroup: [] }, "laneGroup", 'unknown key "laneGroup"', /^Did you mean laneGroups\?$/),
  bad(
    "an unknown key of a lane",
    strictLane({ wieght: 1 }),
    `${group}.lanes[1].wieght`,
    'unknown key "wieght"',
    /mean weight\?/,
  ),
  bad(
    "an unknown key far from any",
    strict({ colour: "red" }),
    `${group}.colour`,
    'unknown key "colour"',
    /^Remove it\.$/,
  ),
  bad("a mode that is none", strict({ mode: "strickt" }), `${group}.mode`, 'got "strickt"', /mean strict\?/),
  bad("no mode", strict({ mode: undefined }), `${group}.mode`, "missing", /^Add mode\.$/),
  bad("no lanes", strict({ lanes: [] }), `${group}.lanes`, "got []", /Correct/),
  bad("lanes that are no list", strict({ lanes: "s1" }), `${group}.lanes`, 'got "s1"', /Write a list/),
  bad(
    "a version that YAML took for a number",
    strictLane({ version: 2 }),
    `${group}.lanes[1].version`,
    "got 2",
    /in quotes/,
  ),
  bad("a port out of range", strictService({ port: 70000 }), `${group}.services[1].port`, "got 70000", /Correct/),
  bad(
    "a match of an unknown kind",
    match({ headers: { x: { exact: "a", suffix: "a" } } }),
    `${group}.lanes[1].match.headers.x.suffix`,
    'unknown key "suffix"',
    /Remove it/,
  ),
];

const names = [
  bad("a group name with capitals", strict({ name: "Test" }), `${group}.name`, 'got "Test"', /to test\.$/),
  bad("a namespace that is none", strict({ namespace: "a_b" }), `${group}.namespace`, 'got "a_b"', /to a-b\.$/),
  bad(
    "a version label that is none",
    strict({ versionLabel: "a b" }),
    `${group}.versionLabel`,
    'got "a b"',
    /Name the pod label/,
  ),
  bad(
    "a lane name that cannot be a subset",
    strict({ lanes: [...s2Input.lanes.slice(0, 2), { name: "s_3", version: "v3" }] }),
    `${group}.lanes[2].name`,
    'got "s_3"',
    /to s-3\.$/,
  ),
  bad(
    "a lane named reject",
    strict({ lanes: [...s2Input.lanes.slice(0, 2), { name: "reject", version: "v3" }] }),
    `${group}.lanes[2].name`,
    'got "reject"',
    /Rename/,
  ),
  bad(
    "a version that is no label value",
    strictService({ versions: ["v1", "v2", "v3", "-v4"] }),
    `${group}.services[1].versions[3]`,
    'got "-v4"',
    /Rename/,
  ),
  bad(
    "a version twice",
    strictService({ versions: ["v1", "v2", "v3", "v3"] }),
    `${group}.services[1].versions[3]`,
    'version "v3" is there twice',
    /Remove/,
  ),
  bad(
    "versions that differ by case",
    strictService({ versions: ["v1", "v2", "v3", "V3"] }),
    `${group}.services[1].versions[3]`,
    'version "V3" differs from "v3" by letter case only',
    /Rename/,
  ),
  bad(
    "calls to an unknown service",
    strictService({ calls: ["mokc"] }),
    `${group}.services[1].calls[0]`,
    'unknown service "mokc"',
    /mean mockc\?/,
  ),
];

const lanes = [
  bad(
    "an unknown version",
    permissiveLane({ version: "v22" }),
    `${group}.lanes[1].version`,
    'no service has version "v22"',
    /mean v2\?/,
  ),
  bad(
    "an unknown version of one service",
    strictLane({ versions: { mockb: "v9" } }),
    `${group}.lanes[1].versions.mockb`,
    'unknown version of mockb "v9"',
    /mean v1\?/,
  ),
  bad(
    "versions of an unknown service",
    permissiveLane({ versions: { mokb: "v1" } }),
    `${group}.lanes[1].versions.mokb`,
    'unknown service "mokb"',
    /mean mocka\?|mean mockb\?/,
  ),
  bad(
    "versions of a service outside the lane",
    permissiveLane({ services: ["mocka"], versions: { mockc: "v2" } }),
    `${group}.lanes[1].versions.mockc`,
    "mockc is not among the lane's services",
    /Add it/,
  ),
  bad(
    "an unknown service in a lane",
    permissiveLane({ services: ["mocka", "x"] }),
    `${group}.lanes[1].services[1]`,
    'unknown service "x"',
    /Use one of/,
  ),
  bad(
    "a named service without the lane's version",
    permissiveLane({ services: ["mocka", "mockb"] }),
    `${group}.lanes[1].services[1]`,
    'mockb has no version "v2"',
    /Declare it/,
  ),
  bad(
    "a strict lane with a hole",
    strictService({ versions: ["v1", "v3"] }),
    `${group}.lanes[1]`,
    "strict lane s2 has no version of mockb",
    /Give mockb the version/,
  ),
  bad(
    "a strict lane of some services",
    strictLane({ services: ["mocka", "mockb"] }),
    `${group}.lanes[1]`,
    "strict lane s2 has no version of mockc",
    /use mode permissive/,
  ),
  bad(
    "two strict lanes with one version of a service",
    strict({ lanes: [...s2Input.lanes.slice(0, 2), { name: "s3", version: "v3", versions: { mocka: "v2" } }] }),
    `${group}.lanes[2].version`,
    'lanes s2 and s3 both have version "v2" of mocka',
    /version of its own/,
  ),
  bad(
    "a baseline with a hole",
    permissive({ baseline: "v2" }),
    `${group}.lanes[1]`,
    "baseline v2 has no version of mockb",
    /Give mockb/,
  ),
  bad("an unknown baseline", permissive({ baseline: "v11" }), `${group}.baseline`, 'unknown lane "v11"', /mean v1\?/),
  bad(
    "weights that do not add up",
    permissiveLane({ weight: 20 }),
    `${group}.lanes`,
    "weights add up to 90: v1 40 + v2 20 + v3 30",
    /^Add 10/,
  ),
  bad(
    "weights above 100 in all",
    permissiveLane({ weight: 31 }),
    `${group}.lanes`,
    "weights add up to 101: v1 40 + v2 31 + v3 30",
    /^Take 1 /,
  ),
  bad(
    "a weight that is not whole",
    permissiveLane({ weight: 30.5 }),
    `${group}.lanes[1].weight`,
    "got 30.5",
    /Correct/,
  ),
  bad("a negative weight", permissiveLane({ weight: -1 }), `${group}.lanes[1].weight`, "got -1", /Correct/),
];

const entries = [
  bad(
    "an unknown entry service",
    strictEntry({ service: "mockd" }),
    `${group}.entry.service`,
    'unknown service "mockd"',
    /mean mock[abc]\?/,
  ),
  bad(
    "a gateway without a namespace",
    strictEntry({ gateway: "ingressgateway" }),
    `${group}.entry.gateway`,
    'got "ingressgateway"',
    /istio-system\/ingressgateway/,
  ),
  bad(
    "a gateway that is not there",
    strictEntry({ gateway: "istio-system/ingresgateway" }),
    `${group}.entry.gateway`,
    'unknown gateway "istio-system/ingresgateway"',
    /mean istio-system\/ingressgateway\?/,
  ),
  bad(
    "a host with a scheme",
    strictEntry({ hosts: ["http://a.com/x"] }),
    `${group}.entry.hosts[0]`,
    'got "http://a.com/x"',
    /^Write a\.com\.$/,
  ),
  bad(
    "a host that another one covers",
    strictEntry({ hosts: ["*.a.com", "b.com", "x.a.com"] }),
    `${group}.entry.hosts[2]`,
    '"x.a.com" is covered by "*.a.com"',
    /match\.hosts/,
  ),
  bad(
    "a host that covers another one",
    strictEntry({ hosts: ["x.a.com", "*"] }),
    `${group}.entry.hosts[1]`,
    '"x.a.com" is covered by "*"',
    /match\.hosts/,
  ),
  bad(
    "a wildcard inside a host",
    strictEntry({ hosts: ["a.*.com"] }),
    `${group}.entry.hosts[0]`,
    'got "a.*.com"',
    /Correct/,
  ),
  bad("a path without a slash", strictEntry({ path: "mock" }), `${group}.entry.path`, 'got "mock"', /^Write \/mock\.$/),
  bad(
    "a path with a query",
    strictEntry({ path: "/mock?a=1" }),
    `${group}.entry.path`,
    'got "/mock?a=1"',
    /match\.query/,
  ),
  bad(
    "a path of two kinds",
    strictEntry({ path: { exact: "/a", prefix: "/b" } }),
    `${group}.entry.path`,
    "got exact and prefix",
    /Keep one/,
  ),
  bad(
    "an entry header in capitals",
    strictEntry({ header: "X-Tag" }),
    `${group}.entry.header`,
    'got "X-Tag"',
    /^Write x-tag\.$/,
  ),
  bad(
    "an entry header that HTTP uses",
    strictEntry({ header: "host" }),
    `${group}.entry.header`,
    'got "host": HTTP itself uses it',
    /another header/,
  ),
  bad(
    "an unknown lane for the rest",
    strictEntry({ unmatched: "s11" }),
    `${group}.entry.unmatched`,
    'unknown lane "s11"',
    /mean s1\?/,
  ),
  bad(
    "unmatched beside weights",
    permissiveEntry({ unmatched: "v1" }),
    `${group}.entry.unmatched`,
    'got "v1" beside weights',
    /Remove unmatched/,
  ),
  bad(
    "a lane that nothing enters",
    permissive({ lanes: [{ name: "v1", weight: 60 }, { name: "v2" }, { name: "v3", weight: 40 }] }),
    `${group}.lanes[1]`,
    "no request can enter lane v2",
    /match or a weight/,
  ),
];

const matches = [
  bad(
    "a lookahead",
    match({ headers: { "x-a": { regex: "v(?=2)" } } }),
    `${group}.lanes[1].match.headers.x-a`,
    'regex "v(?=2)": RE2 has no lookahead or lookbehind',
    /Correct/,
  ),
  bad(
    "a backreference",
    match({ path: { regex: "/(a)\\1" } }),
    `${group}.lanes[1].match.path`,
    'regex "/(a)\\\\1": RE2 has no backreferences',
    /Correct/,
  ),
  bad(
    "a match on baggage",
    match({ headers: { baggage: "a=1" } }),
    `${group}.lanes[1].match.headers.baggage`,
    'header "baggage"',
    /gateway sets baggage/,
  ),
  bad(
    "a match on the host header",
    match({ headers: { host: "a.com" } }),
    `${group}.lanes[1].match.headers.host`,
    'header "host"',
    /match\.hosts/,
  ),
  bad(
    "a header name with a space",
    match({ headers: { "x a": "1" } }),
    `${group}.lanes[1].match.headers.x a`,
    'header "x a"',
    /Correct/,
  ),
  bad(
    "a header value with a line break",
    match({ headers: { "x-a": "1\n" } }),
    `${group}.lanes[1].match.headers.x-a`,
    'header value "1\\n"',
    /Correct/,
  ),
  bad(
    "a cookie name with a semicolon",
    match({ cookies: { "a;b": "1" } }),
    `${group}.lanes[1].match.cookies.a;b`,
    'cookie name "a;b"',
    /Correct/,
  ),
  bad(
    "a cookie value with a semicolon",
    match({ cookies: { a: "1;2" } }),
    `${group}.lanes[1].match.cookies.a`,
    'cookie value "1;2"',
    /Correct/,
  ),
  bad(
    "two cookies",
    match({ cookies: { a: "1", b: "2" } }),
    `${group}.lanes[1].match.cookies`,
    "got a and b",
    /Keep one/,
  ),
  bad(
    "a query key with a sign",
    match({ query: { "a=b": "1" } }),
    `${group}.lanes[1].match.query.a=b`,
    'query key "a=b"',
    /as in the URL/,
  ),
  bad(
    "a query value with a space",
    match({ query: { a: "b c" } }),
    `${group}.lanes[1].match.query.a`,
    'got "b c"',
    /Percent-encode/,
  ),
  bad("an empty match", match({}), `${group}.lanes[1].match`, "got an empty match", /Add headers/),
  bad(
    "two lanes with one match",
    permissive({
      lanes: s4Input.lanes.map((lane) => ({ ...lane, ...(lane.name !== "v1" && { match: { query: { a: "1" } } }) })),
    }),
    `${group}.lanes[2]`,
    'rule shop/entry/v3 has the same conditions as shop/entry/v2 (gateway istio-system/ingressgateway, host "*")',
    /Change a match/,
  ),
];

const modes = [
  bad(
    "no baseline in permissive mode",
    permissive({ baseline: undefined }),
    `${group}.baseline`,
    "missing",
    /Name the lane/,
  ),
  bad(
    "no route header in permissive mode",
    permissive({ routeHeader: undefined }),
    `${group}.routeHeader`,
    "missing",
    /Add a header/,
  ),
  bad(
    "baggage as route header",
    permissive({ routeHeader: "baggage" }),
    `${group}.routeHeader`,
    'got "baggage": it carries trace context, one value per request',
    /another header/,
  ),
  bad(
    "a pseudo header as route header",
    permissive({ routeHeader: ":path" }),
    `${group}.routeHeader`,
    'got ":path": it is a pseudo header of HTTP/2',
    /another header/,
  ),
  bad(
    "the header of the access logs as route header",
    permissive({ routeHeader: "x-mesh-lane" }),
    `${group}.routeHeader`,
    `got "x-mesh-lane": the proxies write it for their access logs, and the gateway removes a client's`,
    /another header/,
  ),
  bad(
    "the header of the access logs as a condition",
    match({ headers: { "x-mesh-lane": "v2" } }),
    `${group}.lanes[1].match.headers.x-mesh-lane`,
    `header "x-mesh-lane": the proxies write it for their access logs, and the gateway removes a client's`,
    /another header/,
  ),
  bad(
    "response headers that are no boolean",
    strict({ responseHeaders: "yes" }),
    `${group}.responseHeaders`,
    'got "yes"',
    /\w/,
  ),
  bad("a scope without egress", strict({ scope: {} }), `${group}.scope.egress`, "missing", /^Add egress\.$/),
  bad("a scope that is no object", strict({ scope: true }), `${group}.scope`, "got true", /\w/),
  bad(
    "an egress without namespace",
    strict({ scope: { egress: ["payments"] } }),
    `${group}.scope.egress[0]`,
    'got "payments"',
    /^Write default\/payments\.default\.svc\.cluster\.local\.$/,
  ),
  bad(
    "an egress that is a host",
    strict({ scope: { egress: ["api.example.com"] } }),
    `${group}.scope.egress[0]`,
    'got "api.example.com"',
    /^Write \*\/api\.example\.com\.$/,
  ),
  bad(
    "an egress with a port",
    strict({ scope: { egress: ["*/api.example.com:443"] } }),
    `${group}.scope.egress[0]`,
    'got "*/api.example.com:443"',
    /like istio-system/,
  ),
  bad(
    "an egress twice",
    strict({ scope: { egress: ["logs/*", "logs/*"] } }),
    `${group}.scope.egress[1]`,
    'egress "logs/*" is there twice',
    /Remove/,
  ),
  bad(
    "a trace id as trace header",
    permissive({ traceHeader: "x-request-id" }),
    `${group}.traceHeader`,
    'got "x-request-id": Istio can read a lane out of baggage only, not look it up by a trace id',
    /Use baggage/,
  ),
  bad(
    "a route header in strict mode",
    strict({ routeHeader: "x-lane" }),
    `${group}.routeHeader`,
    "routeHeader in strict mode",
    /Remove routeHeader/,
  ),
  bad(
    "fallback in strict mode",
    strict({ fallback: true }),
    `${group}.fallback`,
    "fallback in strict mode",
    /Remove fallback/,
  ),
  bad(
    "fallback of a service in strict mode",
    strictService({ fallback: false }),
    `${group}.services[1].fallback`,
    "fallback in strict mode",
    /Remove fallback/,
  ),
];

const twoGroups = (change: object) => ({ laneGroups: [s2Input, { ...s4Input, versionLabel: undefined, ...change }] });
const others = s4Input.services.map((service) => ({ ...service, name: `x${service.name}` }));
const ownService = { services: others, entry: { ...s4Input.entry, service: "xmocka" } };
const acrossGroups = [
  bad(
    "two groups of one name",
    twoGroups({ ...ownService, name: "test" }),
    "laneGroups[1].name",
    'lane group "test" is there twice',
    /Remove or rename/,
  ),
  bad(
    "a service in two groups",
    twoGroups({ ...ownService, services: [...others, { name: "mockc", port: 8000, versions: ["v1"] }] }),
    "laneGroups[1].services[3].name",
    "service default/mockc is in lane group test too",
    /Remove it from one/,
  ),
  bad(
    "the same conditions in two groups",
    {
      laneGroups: [
        s4Input,
        {
          ...s4Input,
          ...ownService,
          name: "other",
          lanes: s4Input.lanes,
          entry: { ...ownService.entry, sticky: false },
        },
      ],
    },
    "laneGroups[1].entry",
    'rule other/entry has the same conditions as shop/entry (gateway istio-system/ingressgateway, host "*")',
    /Change/,
  ),
];

const sections = [
  bad(
    "existing without a context",
    { cluster: { kind: "existing", kubeconfig: "k" } },
    "cluster.context",
    "missing",
    /ambient kubeconfig is never used/,
  ),
  bad(
    "a kubeconfig for a local cluster",
    { cluster: { kind: "kind", kubeconfig: "k" } },
    "cluster.kubeconfig",
    'got "k"',
    /kind: existing/,
  ),
  bad(
    "a cluster kind that is none",
    { cluster: { kind: "minikube" } },
    "cluster.kind",
    'got "minikube"',
    /Use auto or embedded/,
  ),
  bad("a mesh version with a v", { mesh: { version: "v1.29" } }, "mesh.version", 'got "v1.29"', /without a v/),
  bad(
    "HTTPS without a secret",
    { gateway: { ports: [{ name: "https", port: 443, protocol: "HTTPS" }] } },
    "gateway.ports[0].credentialName",
    "missing",
    /TLS secret/,
  ),
  bad(
    "a secret for HTTP",
    { gateway: { ports: [{ name: "http", port: 80, protocol: "HTTP", credentialName: "x" }] } },
    "gateway.ports[0].credentialName",
    'got "x"',
    /HTTPS/,
  ),
  bad(
    "a port twice",
    { gateway: { ports: ["a", "b"].map((name) => ({ name, port: 80, protocol: "HTTP" })) } },
    "gateway.ports[1].hosts[0]",
    'host "*" on port 80 is in gateway.ports[0].hosts[0] too',
    /other hosts or another port/,
  ),
  bad("an unknown app", workloads({ app: "mocks" }), "workloads[0].app", 'got "mocks"', /mean mock\?/),
  bad("a port name without a protocol", workloads({ portName: "web" }), "workloads[0].portName", 'got "web"', /Rename/),
  bad(
    "calls that are no URL",
    workloads({ calls: "mockb:8000" }),
    "workloads[0].calls",
    'got "mockb:8000"',
    /Write http/,
  ),
  bad(
    "replicas of an unknown version",
    workloads({ replicas: { v4: 1 } }),
    "workloads[0].replicas.v4",
    'unknown version "v4"',
    /mean v1\?/,
  ),
  bad("a variable name with a dash", workloads({ env: { "a-b": "1" } }), "workloads[0].env.a-b", 'got "a-b"', /Rename/),
  bad(
    "a workload twice",
    { workloads: [workload, workload] },
    "workloads[1].name",
    'workload "default/mocka" is there twice',
    /Remove/,
  ),
  bad(
    "a lane version that the workload lacks",
    { ...strict({}), ...workloads({ versions: ["v1", "v2"] }) },
    `${group}.services[0].versions[2]`,
    'unknown version of workload mocka "v3"',
    /mean v1\?/,
  ),
  bad(
    "a port that the workload has not",
    { ...strict({}), ...workloads({ port: 8001 }) },
    `${group}.services[0].port`,
    "got 8000",
    /Write port: 8001/,
  ),
  bad(
    "a call of a scoped workload to a service of the group that is not among its calls",
    {
      ...strict({ scope: { egress: ["istio-system/*"] } }),
      workloads: [
        { ...workload, calls: "http://mockc:8000/mock" },
        { ...workload, name: "mockc" },
      ],
    },
    `${group}.services[0].calls`,
    'workload mocka calls "default/mockc", which is not in its scope',
    /^Add mockc to calls\.$/,
  ),
  bad(
    "a call of a scoped workload out of its scope",
    {
      ...strict({ scope: { egress: ["default/*", "*/*.example.com"] } }),
      workloads: [
        { ...workload, calls: "http://ledger.payments:8000/" },
        { ...workload, name: "ledger", namespace: "payments" },
      ],
    },
    `${group}.services[0].calls`,
    'workload mocka calls "payments/ledger", which is not in its scope',
    /^Add payments\/ledger\.payments\.svc\.cluster\.local to scope\.egress\.$/,
  ),
  bad(
    "a version label that the workload has not",
    { ...strict({}), ...workloads({ versionLabel: "version" }) },
    `${group}.versionLabel`,
    '"ASM_TRAFFIC_TAG", but workload mocka has "version"',
    /same label/,
  ),
];

const security = [
  bad(
    "pods that no sidecar's init container lets be",
    { security: { podSecurity: "restricted" } },
    "security.podSecurity",
    "restricted, which refuses the init container of every sidecar (NET_ADMIN, NET_RAW, root)",
    /^Remove it: pods that are not restricted are named in warnings/,
  ),
  bad(
    "an unknown level of pod security",
    { security: { podSecurity: "open" } },
    "security.podSecurity",
    'got "open"',
    /^Use privileged or baseline or restricted/,
  ),
  bad("mTLS that is neither", { security: { mtls: "off" } }, "security.mtls", 'got "off"', /^Use strict or permissive/),
  bad(
    "a workload in the root namespace of the mesh",
    workloads({ namespace: "istio-system" }),
    "workloads[0].namespace",
    "istio-system, whose policies would be those of the whole mesh",
    /Move the workload/,
  ),
  bad(
    "a caller without its namespace",
    { ...workloads({}), allow: [{ from: "nightly", to: "default/mocka" }] },
    "allow[0].from",
    'got "nightly"',
    /^Write its namespace too: default\/nightly\.$/,
  ),
  bad(
    "a call of a service that is not there",
    { ...workloads({}), allow: [{ from: "jobs/nightly", to: "default/mokca" }] },
    "allow[0].to",
    'unknown service "default/mokca"',
    /mean default\/mocka\?/,
  ),
  bad(
    "a call that is allowed twice",
    { ...workloads({}), allow: [1, 2].map(() => ({ from: "jobs/nightly", to: "default/mocka" })) },
    "allow[1]",
    'call "jobs/nightly -> default/mocka" is there twice',
    /Remove/,
  ),
];

const unreachable: Lanes = [{ name: "s1", version: "v1" }];
const rejected = [
  bad(
    "lanes that nothing enters",
    strictEntry({ header: undefined }),
    `${group}.entry.unmatched`,
    "every request is rejected",
    /Set unmatched/,
  ),
].map((one) => ({
  ...one,
  raw: strict({ baseline: "s1", lanes: unreachable, entry: { ...s2Input.entry, header: undefined } }),
}));

export const badConfigs: readonly BadConfig[] = [
  ...[...shapes, ...names, ...lanes, ...entries, ...matches, ...modes],
  ...[...acrossGroups, ...sections, ...security, ...rejected],
];
