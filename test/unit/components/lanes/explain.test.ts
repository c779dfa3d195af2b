import assert from "node:assert/strict";
import { type ExplainOptions, type Explanation, explain } from "../../../../components/lanes/explain";
import type { LaneRequest } from "../../../../components/lanes/matching";
import { type LaneGroup, laneGroupSchema } from "../../../../components/lanes/spec";
import { s1, s1Input, s2, s2Input, s4, s4Input } from "./fixtures";

/** `rule weight: service version reason, ...` for each outcome, or `404`. */
function brief(explanation: Explanation): string[] {
  if (explanation.status !== "routed") return [String(explanation.status)];
  return explanation.outcomes.map(({ lane, weight, hops }) => {
    const path = hops.map((hop) => `${hop.service} ${hop.version ?? "any"} ${hop.reason}`).join(", ");
    return `${explanation.kind} ${lane} ${weight}: ${path}`;
  });
}

interface Case {
  readonly title: string;
  readonly groups: readonly LaneGroup[];
  readonly request: Partial<LaneRequest>;
  readonly options?: ExplainOptions;
  readonly expected: readonly string[];
}

const strictS2 = "match s2 100: mocka v2 own, mockb v2 own, mockc v2 own";
const v2 = "mocka v2 own, mockb v1 fallback, mockc v2 own";
const byCookie = `cookie v2 100: ${v2}`;
const byWeight = [
  "weights v1 40: mocka v1 own, mockb v1 own, mockc v1 own",
  `weights v2 30: ${v2}`,
  "weights v3 30: mocka v3 own, mockb v3 own, mockc v1 fallback",
];
const withHeader = laneGroupSchema.parse({ ...s4Input, entry: { ...s4Input.entry, header: "x-lane" } });
const tag = (value: string | readonly string[]) => ({ headers: { "X-ASM-Prefer-Tag": value } });
const back = laneGroupSchema.parse({
  ...s4Input,
  services: s4Input.services.map((service) => ({
    ...service,
    calls: service.name === "mockb" ? ["mocka"] : ["mockb"],
  })),
});
const hosted = (host: string, name: string) =>
  laneGroupSchema.parse({ ...s2Input, name, entry: { ...s2Input.entry, hosts: [host] } });

const cases: readonly Case[] = [
  { title: "a strict lane by header", groups: [s2], request: tag("s2"), expected: [strictS2] },
  {
    title: "a query on an exact path",
    groups: [s2],
    request: { path: "/mock?a=1", ...tag("s2") },
    expected: [strictS2],
  },
  { title: "dot segments", groups: [s2], request: { path: "/x/../mock", ...tag("s2") }, expected: [strictS2] },
  { title: "a longer path", groups: [s2], request: { path: "/mock/", ...tag("s2") }, expected: ["404"] },
  { title: "an unknown tag", groups: [s2], request: tag("s20"), expected: ["404"] },
  { title: "the tag twice", groups: [s2], request: tag(["s2", "s2"]), expected: [strictS2] },
  {
    title: "the tag twice, where proxies join its values",
    groups: [s2],
    request: tag(["s2", "s2"]),
    options: { repeatedHeaders: "joined" },
    expected: ["404"],
  },
  {
    title: "the first of two lanes in the order of the rules",
    groups: [s2],
    request: tag(["s3", "s2"]),
    expected: [strictS2],
  },
  { title: "no tag", groups: [s2], request: {}, expected: ["404"] },
  {
    title: "an unknown host",
    groups: [hosted("a.com", "a")],
    request: { host: "b.com", ...tag("s2") },
    expected: ["404"],
  },
  {
    title: "the most specific host, which is not left again",
    groups: [s2, hosted("*.a.com", "a")],
    request: { host: "x.A.com:80", path: "/mock" },
    expected: ["404"],
  },
  { title: "a weighted entry", groups: [s4], request: {}, expected: byWeight },
  {
    title: "a sticky cookie",
    groups: [s4],
    request: { cookies: { a: "1", "mesh-lane-shop": "v2" } },
    expected: [byCookie],
  },
  {
    title: "the entry's header beside weights",
    groups: [withHeader],
    request: { headers: { "x-lane": "v2" } },
    expected: [`match v2 100: ${v2}`],
  },
  {
    title: "the entry's header before the sticky cookie",
    groups: [withHeader],
    request: { headers: { "x-lane": "v2" }, cookies: { "mesh-lane-shop": "v3" } },
    expected: [`match v2 100: ${v2}`],
  },
  { title: "weights for who names no lane", groups: [withHeader], request: {}, expected: byWeight },
  {
    title: "weights for a lane that is not",
    groups: [withHeader],
    request: { headers: { "x-lane": "v9" } },
    expected: byWeight,
  },
  {
    title: "a client's baggage beyond every limit",
    groups: [withHeader],
    request: { headers: { "x-lane": "v2", baggage: `version=v3,${"a=1,".repeat(200)}b=${"b".repeat(9000)}` } },
    expected: [`match v2 100: ${v2}`],
  },
  {
    title: "a cookie of another name",
    groups: [s4],
    request: { cookies: { "xmesh-lane-shop": "v2" } },
    expected: byWeight,
  },
  {
    title: "a cookie of a longer value",
    groups: [s4],
    request: { cookies: { "mesh-lane-shop": "v20" } },
    expected: byWeight,
  },
  {
    title: "a client that sets lane headers itself",
    groups: [s4],
    request: { headers: { version: "v3", baggage: "version=v3", Cookie: "mesh-lane-shop=v2; b=1" } },
    expected: [byCookie],
  },
  {
    title: "a lane that leaves through the baseline and comes back",
    groups: [back],
    request: { cookies: { "mesh-lane-shop": "v2" } },
    expected: ["cookie v2 100: mocka v2 own, mockb v1 fallback, mocka v2 own"],
  },
  {
    title: "a public header",
    groups: [s1],
    request: { headers: { version: "v2" } },
    expected: ["match v2 100: wsk-svc v1 fallback, helloworld v2 own"],
  },
  {
    title: "a request that names no lane",
    groups: [s1],
    request: {},
    expected: ["unmatched baseline 100: wsk-svc v1 own, helloworld v1 own"],
  },
  {
    title: "a route header that the apps forward",
    groups: [laneGroupSchema.parse({ ...s1Input, traceHeader: "version" })],
    request: { headers: { version: "v2" } },
    expected: ["match v2 100: wsk-svc v1 fallback, helloworld v2 own"],
  },
  {
    title: "a trace id, by which ASM finds the lane again",
    groups: [laneGroupSchema.parse({ ...s4Input, traceHeader: "x-request-id" })],
    request: { headers: { baggage: "version=v3", "x-request-id": "7" }, cookies: { "mesh-lane-shop": "v2" } },
    expected: [byCookie],
  },
  {
    title: "swimlanes as any other lanes",
    groups: [laneGroupSchema.parse({ ...s1Input, asmWay: "swimlanes" })],
    request: { headers: { version: "v2" } },
    expected: ["match v2 100: wsk-svc v1 fallback, helloworld v2 own"],
  },
  {
    title: "a second group of the same host",
    groups: [s2, laneGroupSchema.parse({ ...s2Input, name: "b", entry: { ...s2Input.entry, path: { prefix: "/b" } } })],
    request: { path: "/bee", ...tag("s3") },
    expected: ["match s3 100: mocka v3 own, mockb v3 own, mockc v3 own"],
  },
  {
    title: "a second group of the same host, before the rule of the first that takes any request",
    groups: [laneGroupSchema.parse({ ...s4Input, lanes: [{ name: "v1", weight: 100 }] }), s2],
    request: tag("s3"),
    expected: ["match s3 100: mocka v3 own, mockb v3 own, mockc v3 own"],
  },
  ...[{ prefix: "/" }, { regex: ".*" }].map((path) => ({
    title: `a rule that takes any request by the path ${JSON.stringify(path)}, after those of other groups`,
    groups: [
      laneGroupSchema.parse({
        ...s4Input,
        lanes: [
          { name: "v1", match: { path } },
          { name: "v2", match: { path: "/mock" } },
        ],
      }),
      s2,
    ],
    request: tag("s3"),
    expected: ["match s3 100: mocka v3 own, mockb v3 own, mockc v3 own"],
  })),
  {
    title: "the first of a group that takes any request",
    groups: [
      laneGroupSchema.parse({
        ...s4Input,
        lanes: [
          { name: "v1", match: { path: { prefix: "/" } } },
          { name: "v2", match: { path: "/mock" } },
        ],
      }),
    ],
    request: {},
    expected: ["match v1 100: mocka v1 own, mockb v1 own, mockc v1 own"],
  },
];

describe("explain", () => {
  for (const { title, groups, request, options, expected } of cases) {
    it(`follows ${title}`, () => {
      const full = { host: "shop.example.com", path: "/mock", ...request };
      assert.deepEqual(brief(explain(groups, full, options)), expected);
    });
  }

  it("tells rule, subset, cookie and reasons in full", () => {
    const lanes = [{ name: "v1" }, { name: "v2", weight: 100 }];
    const group = laneGroupSchema.parse({ ...s4Input, lanes });
    assert.deepEqual(explain([group], { host: "a", path: "/" }), {
      status: "routed",
      group: "shop",
      rule: "shop/entry",
      kind: "weights",
      why: "nothing names a lane, so weights decide",
      outcomes: [
        {
          lane: "v2",
          weight: 100,
          setsCookie: "mesh-lane-shop=v2; Path=/; HttpOnly; SameSite=Lax",
          hops: [
            { from: "gateway", service: "mocka", rule: "shop/entry", servedBy: "v2", version: "v2", reason: "own" },
            { from: "mocka", service: "mockb", rule: "shop/mockb", servedBy: "v1", version: "v1", reason: "fallback" },
            { from: "mockb", service: "mockc", rule: "shop/mockc/v2", servedBy: "v2", version: "v2", reason: "own" },
          ],
        },
      ],
    });
  });

  it("says why a request is not routed", () => {
    assert.deepEqual(explain([s2], { host: "a", path: "/" }), {
      status: 404,
      why: "no rule of test fits this request",
    });
    assert.deepEqual(explain([hosted("b.com", "b")], { host: "a", path: "/" }), {
      status: 404,
      why: "no lane group of gateway istio-system/ingressgateway has host a",
    });
  });

  it("says why Envoy refuses a request, on any host", () => {
    assert.deepEqual(explain([hosted("b.com", "b")], { host: "a", path: "mock" }), {
      status: 400,
      why: 'the path "mock" does not start with /',
    });
  });

  it("looks at the groups of the gateway that is named", () => {
    const request = { host: "a", path: "/mock", headers: { version: "v2" } };
    const explanation = explain([s2, s1], request, { gateway: "default/ws-gateway" });
    assert.equal(explanation.status === "routed" && explanation.rule, "ws/entry/v2");
  });
});
