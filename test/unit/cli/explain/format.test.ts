import assert from "node:assert/strict";
import { formatExplanation } from "../../../../cli/explain/format";
import { triedRules } from "../../../../cli/explain/tried";
import { explain } from "../../../../components/lanes/explain";
import type { LaneRequest } from "../../../../components/lanes/matching";
import { type LaneGroup, laneGroupSchema } from "../../../../components/lanes/spec";
import { s2, s2Input, s4, s4Input } from "../../components/lanes/fixtures";

const gateway = "istio-system/ingressgateway";
const at = { gateway, repeatedHeaders: "each" } as const;

function lines(groups: readonly LaneGroup[], request: Partial<LaneRequest> = {}): string[] {
  const full = { host: "shop.example.com", path: "/mock", ...request };
  const tried = triedRules(groups, full, at);
  return formatExplanation(explain(groups, full, { gateway }), { gateway, request: full, tried }).split("\n");
}

describe("formatExplanation", () => {
  it("shows each outcome of weights with its share, its cookie and its hops", () => {
    assert.deepEqual(lines([s4], { method: "POST" }), [
      "POST shop.example.com/mock at gateway istio-system/ingressgateway",
      "group shop, rule shop/entry: nothing names a lane, so weights decide",
      "",
      "lane v1, 40 %",
      "  the answer sets mesh-lane-shop=v1; Path=/; HttpOnly; SameSite=Lax",
      "  FROM     TO     VERSION  REASON  RULE",
      "  gateway  mocka  v1       own     shop/entry",
      "  mocka    mockb  v1       own     shop/mockb",
      "  mockb    mockc  v1       own     shop/mockc",
      "",
      "lane v2, 30 %",
      "  the answer sets mesh-lane-shop=v2; Path=/; HttpOnly; SameSite=Lax",
      "  FROM     TO     VERSION  REASON               RULE",
      "  gateway  mocka  v2       own                  shop/entry",
      "  mocka    mockb  v1       fallback to lane v1  shop/mockb",
      "  mockb    mockc  v2       own                  shop/mockc/v2",
      "",
      "lane v3, 30 %",
      "  the answer sets mesh-lane-shop=v3; Path=/; HttpOnly; SameSite=Lax",
      "  FROM     TO     VERSION  REASON               RULE",
      "  gateway  mocka  v3       own                  shop/entry",
      "  mocka    mockb  v3       own                  shop/mockb/v3",
      "  mockb    mockc  v1       fallback to lane v1  shop/mockc",
    ]);
  });

  it("leaves the share out where there is one outcome", () => {
    assert.deepEqual(lines([s2], { headers: { "x-asm-prefer-tag": "s2" } }).slice(1, 4), [
      "group test, rule test/entry/s2: the request has what lane s2 asks for",
      "",
      "lane s2",
    ]);
  });

  it("says where no rule matches and any version may answer", () => {
    const text = formatExplanation(
      {
        ...{ status: "routed", group: "g", rule: "g/entry", kind: "unmatched", why: "so" },
        outcomes: [
          {
            ...{ lane: "v1", weight: 100, setsCookie: undefined },
            hops: [
              { from: "a", service: "b", rule: undefined, servedBy: undefined, version: undefined, reason: "no-rule" },
            ],
          },
        ],
      },
      { gateway, request: { host: "a", path: "/" }, tried: [] },
    );
    assert.deepEqual(text.split("\n").slice(3), [
      "lane v1",
      "  FROM  TO  VERSION  REASON                            RULE",
      "  a     b   any      no match: any version may answer  -",
    ]);
  });

  it("says for each rule why it was not taken", () => {
    assert.deepEqual(lines([s2], { path: "/mock/?a=1", headers: { "x-asm-prefer-tag": ["s1", "s1"] } }), [
      "GET shop.example.com/mock/?a=1 at gateway istio-system/ingressgateway",
      "404 no route: no rule of test fits this request",
      "",
      "  RULE           NOT TAKEN BECAUSE",
      '  test/entry/s1  path is "/mock/", not "/mock"',
      '  test/entry/s2  path is "/mock/", not "/mock"; header x-asm-prefer-tag is "s1" and "s1", not "s2"',
      '  test/entry/s3  path is "/mock/", not "/mock"; header x-asm-prefer-tag is "s1" and "s1", not "s3"',
    ]);
  });

  it("says why Envoy refuses a request, and shows no rules", () => {
    const request = { host: "a", path: "mock" };
    const explanation = explain([s2], request);
    assert.deepEqual(formatExplanation(explanation, { request, gateway, tried: [] }).split("\n"), [
      `GET amock at gateway ${gateway}`,
      '400 bad request: the path "mock" does not start with /',
    ]);
  });

  it("has no rules to show where no host fits", () => {
    const group = laneGroupSchema.parse({ ...s2Input, entry: { ...s2Input.entry, hosts: ["b.com"] } });
    assert.deepEqual(lines([group]), [
      "GET shop.example.com/mock at gateway istio-system/ingressgateway",
      "404 no route: no lane group of gateway istio-system/ingressgateway has host shop.example.com",
    ]);
  });
});

describe("triedRules", () => {
  const match = {
    hosts: ["a.com"],
    query: { lane: "v2" },
    headers: { "x-a": { prefix: "b" } },
    path: { prefix: "/x" },
  };
  const lanes = [{ name: "v1" }, { name: "v2", match }];
  const group = laneGroupSchema.parse({ ...s4Input, entry: { ...s4Input.entry, unmatched: "reject" }, lanes });
  const request = { host: "b.com", path: "/y?lane=v1" };

  it("names every condition that does not hold", () => {
    assert.deepEqual(triedRules([group], request, at), [
      {
        rule: "shop/entry/v2",
        why: [
          'path is "/y", not "/x" at its start',
          'host is "b.com", not a text of the form (?i)(a\\.com)(:[0-9]+)?',
          "header x-a is not there",
          'query lane is "v1", not "v2"',
        ].join("; "),
      },
    ]);
  });

  it("names each value of a repeated header, or the text that they are joined to", () => {
    const repeated = { host: "a.com", path: "/x?lane=v2", headers: { "x-a": ["c", "d"] } };
    const why = (repeatedHeaders: "each" | "joined") =>
      triedRules([group], repeated, { gateway, repeatedHeaders })[0]?.why;
    assert.equal(why("each"), 'header x-a is "c" and "d", not "b" at its start');
    assert.equal(why("joined"), 'header x-a is "c,d", not "b" at its start');
  });

  it("leaves out conditions that hold, and groups of other gateways", () => {
    const near = { host: "A.com:80", path: "/x?lane=v2", headers: { "X-A": "c" } };
    assert.deepEqual(triedRules([group, { ...group, entry: { ...group.entry, gateway: "x/y" } }], near, at), [
      { rule: "shop/entry/v2", why: 'header x-a is "c", not "b" at its start' },
    ]);
  });
});
