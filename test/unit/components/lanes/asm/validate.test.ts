import assert from "node:assert/strict";
import type { LaneGroupInput } from "../../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { s1Input, s2Input, s3Input, s4Input, s5Input } from "../fixtures";

const located = (inputs: readonly LaneGroupInput[]) =>
  inputs.map((input, index) => ({ path: `laneGroups[${index}]`, input }));
const problemsOf = (...inputs: LaneGroupInput[]) => validateLaneGroups(located(inputs), "asm");
const pathsOf = (...inputs: LaneGroupInput[]) => problemsOf(...inputs).map(({ path }) => path);

const swimlanes = (input: LaneGroupInput): LaneGroupInput => ({ ...input, asmWay: "swimlanes" });
const weighted = swimlanes({ ...s4Input, entry: { ...s4Input.entry, sticky: false } });

describe("validateLaneGroups on ASM", () => {
  it("has nothing against the scenarios as routes", () => {
    for (const input of [s1Input, s2Input, s3Input, s4Input, s5Input]) assert.deepEqual(problemsOf(input), []);
  });

  it("has nothing against what swimlanes can do", () => {
    for (const input of [swimlanes(s1Input), swimlanes(s2Input), weighted]) assert.deepEqual(problemsOf(input), []);
  });

  it("takes a trace id on ASM, in both ways, and refuses it on Istio", () => {
    const byTraceId = { ...weighted, traceHeader: "x-request-id" };
    assert.deepEqual(problemsOf(byTraceId), []);
    assert.deepEqual(problemsOf({ ...byTraceId, asmWay: "routes" }), []);
    const onIstio = validateLaneGroups(located([byTraceId]), "istio");
    assert.deepEqual(
      onIstio.map(({ path }) => path),
      ["laneGroups[0].traceHeader"],
    );
  });

  it("fails for a trace header that is not in lower case", () => {
    assert.deepEqual(pathsOf({ ...s4Input, traceHeader: "X-Request-Id" }), ["laneGroups[0].traceHeader"]);
  });

  it("judges no swimlanes on Istio", () => {
    assert.deepEqual(validateLaneGroups(located([swimlanes(s4Input)]), "istio"), []);
  });
});

describe("validateLaneGroups of swimlanes", () => {
  it("fails for sticky weights, which are the default", () => {
    const expected = {
      path: "laneGroups[0].entry.sticky",
      got: "sticky weights: a swimlane's answer sets no cookie",
      expected: "false with weights in swimlanes",
      fix: "Set sticky: false, or use asmWay: routes.",
    };
    assert.deepEqual(problemsOf(swimlanes(s4Input)), [expected]);
  });

  it("fails for http2 and for a baseline of strict lanes", () => {
    assert.deepEqual(problemsOf(swimlanes(s5Input)), [
      {
        path: "laneGroups[0].baseline",
        got: "a baseline in strict swimlanes: ASM has no lane for callers outside of the lanes",
        expected: "no baseline in strict swimlanes",
        fix: "Remove baseline, and name the lane as entry.unmatched, or use asmWay: routes.",
      },
      {
        path: "laneGroups[0].services[0].http2",
        got: 'got "upgrade": swimlanes make their subsets themselves',
        expected: "no http2 in swimlanes",
        fix: "Remove http2, or use asmWay: routes.",
      },
    ]);
  });

  it("fails for response headers and for a scope", () => {
    assert.deepEqual(problemsOf({ ...weighted, responseHeaders: true, scope: { egress: [] } }), [
      {
        path: "laneGroups[0].responseHeaders",
        got: "responseHeaders with swimlanes",
        expected: "no responseHeaders in swimlanes",
        fix: "Remove responseHeaders, or use asmWay: routes.",
      },
      {
        path: "laneGroups[0].scope",
        got: "scope with swimlanes",
        expected: "no scope in swimlanes",
        fix: "Remove scope, or use asmWay: routes.",
      },
    ]);
    assert.deepEqual(problemsOf({ ...s4Input, responseHeaders: true, scope: { egress: [] } }), []);
  });

  it("fails for cookies, query and hosts of a lane's match", () => {
    const [s1, ...others] = s2Input.lanes;
    assert.ok(s1);
    const match = {
      headers: { "x-asm-prefer-tag": "s1" },
      cookies: { lane: "s1" },
      query: { lane: "s1" },
      hosts: ["a.b"],
    };
    assert.deepEqual(problemsOf(swimlanes({ ...s2Input, lanes: [{ ...s1, match }, ...others] })), [
      {
        path: "laneGroups[0].lanes[0].match.cookies",
        got: "a swimlane's rule cannot match cookies (lane)",
        expected: "headers and path",
        fix: "Match headers or the path, or use asmWay: routes.",
      },
      {
        path: "laneGroups[0].lanes[0].match.query",
        got: "a swimlane's rule cannot match query (lane)",
        expected: "headers and path",
        fix: "Match headers or the path, or use asmWay: routes.",
      },
      {
        path: "laneGroups[0].lanes[0].match.hosts",
        got: "a swimlane's rule cannot match hosts (a.b)",
        expected: "headers and path",
        fix: "Match headers or the path, put the hosts into entry.hosts, or use asmWay: routes.",
      },
    ]);
  });

  it("fails where fallback is off, for the group or for a service", () => {
    assert.deepEqual([...new Set(pathsOf({ ...weighted, fallback: false }))], ["laneGroups[0].fallback"]);
    const [mocka, ...others] = weighted.services;
    assert.ok(mocka);
    const services = [{ ...mocka, fallback: false }, ...others];
    assert.deepEqual(pathsOf({ ...weighted, services }), ["laneGroups[0].services[0].fallback"]);
  });

  it("fails where a lane has services of different versions", () => {
    const lanes = [{ name: "s1", version: "v1", versions: { mockb: "v2" } }];
    assert.deepEqual(pathsOf(swimlanes({ ...s2Input, lanes })), ["laneGroups[0].lanes[0].versions.mockb"]);
  });

  it("fails where a lane takes what no rule fits, beside rules of which ASM tells no order", () => {
    const entry = { ...s2Input.entry, unmatched: "s1" };
    assert.deepEqual(problemsOf(swimlanes({ ...s2Input, entry })), [
      {
        path: "laneGroups[0].entry.unmatched",
        got: "a request can fit the rules of lanes s2 and s1, and ASM does not say which one it tries first",
        expected: "rules of which a request fits one at most: exact values of one header, or exact paths",
        fix: "Set unmatched: reject and enter lane s1 by the header, or use asmWay: routes.",
      },
    ]);
  });

  it("fails where a request can fit two lanes' rules", () => {
    const lanes: LaneGroupInput["lanes"] = [
      { name: "s1", version: "v1", match: { headers: { "x-user": { prefix: "a" } } } },
      { name: "s2", version: "v2", match: { headers: { "x-user": "ab" } } },
      { name: "s3", version: "v3", match: { headers: { "x-team": "c" } } },
    ];
    assert.deepEqual(pathsOf(swimlanes({ ...s2Input, lanes })), ["laneGroups[0].lanes[1]", "laneGroups[0].lanes[2]"]);
  });

  it("takes lanes of different paths", () => {
    const lanes = [
      { name: "s1", version: "v1", match: { path: "/a" } },
      { name: "s2", version: "v2", match: { path: "/b" } },
    ];
    assert.deepEqual(problemsOf(swimlanes({ ...s2Input, lanes })), []);
  });

  it("fails for lanes entered by a match beside lanes entered by weight", () => {
    const [v1, v2, v3] = weighted.lanes;
    assert.ok(v1 && v2 && v3);
    const lanes = [{ ...v1, weight: 70 }, v2, { name: "v3", match: { headers: { "x-lane": "v3" } } }];
    assert.deepEqual(pathsOf({ ...weighted, lanes }), ["laneGroups[0].lanes[2]"]);
  });

  it("fails where two groups have a lane of one name", () => {
    const other = {
      ...weighted,
      name: "other",
      namespace: "other",
      entry: { ...weighted.entry, hosts: ["other.example"] },
    };
    assert.deepEqual(
      pathsOf(weighted, other),
      [0, 1, 2].map((lane) => `laneGroups[1].lanes[${lane}].name`),
    );
    assert.deepEqual(pathsOf(weighted, { ...other, asmWay: "routes" }), []);
  });
});

describe("validateLaneGroups of groups on ASM whose pods are the same", () => {
  const named = (name: string, base: LaneGroupInput, change: Partial<LaneGroupInput>): LaneGroupInput => ({
    ...base,
    name,
    ...change,
    services: base.services.map((service) => ({ ...service, name: `${name}-${service.name}` })),
    entry: { ...base.entry, service: `${name}-mocka`, hosts: [`${name}.example.com`] },
  });
  const strict = (name: string, versionLabel: string, change: Partial<LaneGroupInput> = {}) =>
    named(name, s2Input, { versionLabel, ...change });
  const permissive = (name: string, change: Partial<LaneGroupInput>) => named(name, weighted, change);
  const routes = "routes" as const;

  it("fails where they tell callers by different labels", () => {
    assert.deepEqual(problemsOf(strict("a", "version"), strict("b", "tag")), [
      {
        path: "laneGroups[1].versionLabel",
        got: "its TrafficLabel writes asm-label from $getLabel(tag), that of lane group a for the same pods asm-label from $getLabel(version)",
        expected: "one TrafficLabel for the pods of a namespace, or two that say the same",
        fix: "Use one version label in both, or another namespace.",
      },
    ]);
    assert.deepEqual(problemsOf(strict("a", "version"), strict("b", "version")), []);
    assert.deepEqual(problemsOf(strict("a", "version"), strict("b", "tag", { namespace: "other" })), []);
  });

  it("fails where they carry different route headers, in both ways", () => {
    for (const asmWay of ["routes", "swimlanes"] as const) {
      const a = permissive("a", { asmWay: "routes", namespace: "shop" });
      const b = permissive("b", { asmWay, routeHeader: "release", namespace: "shop" });
      assert.deepEqual(problemsOf(a, b), [
        {
          path: "laneGroups[1].routeHeader",
          got: "its ASMHeaderPropagation writes release, that of lane group a for the same pods version",
          expected: "one ASMHeaderPropagation for the pods of a namespace, or two that say the same",
          fix: "Use one route header and one trace header in both, or another namespace.",
        },
      ]);
      assert.deepEqual(pathsOf(a, { ...b, routeHeader: a.routeHeader }), []);
      assert.deepEqual(pathsOf(a, { ...b, namespace: "other" }), []);
      // A service of its own in the other one's namespace.
      const [first, ...others] = b.services;
      assert.ok(first);
      const across = {
        ...b,
        namespace: "other",
        services: [first, ...others.map((each) => ({ ...each, namespace: a.namespace }))],
      };
      assert.deepEqual(pathsOf(a, across), ["laneGroups[1].routeHeader"]);
    }
  });

  it("fails where trace ids lead to different headers, or one writes the caller's label", () => {
    const byTrace = (name: string, traceHeader: string) => permissive(name, { asmWay: routes, traceHeader });
    const both = byTrace("a", "x-request-id");
    assert.deepEqual(pathsOf(both, byTrace("b", "x-trace-id")), ["laneGroups[1].routeHeader"]);
    assert.deepEqual(pathsOf(both, byTrace("b", "x-request-id")), []);
    const namespace = both.namespace;
    const [problem] = problemsOf(both, strict("b", "tag", { namespace }));
    assert.equal(problem?.path, "laneGroups[1].versionLabel");
    assert.equal(problem?.fix, "Put one of them into another namespace.");
  });

  it("has nothing against what is carried in two ways, or by the apps", () => {
    const baggage = permissive("a", { asmWay: routes });
    const { namespace } = baggage;
    assert.deepEqual(pathsOf(baggage, strict("b", "tag", { namespace })), []);
    assert.deepEqual(
      pathsOf(baggage, permissive("b", { asmWay: routes, routeHeader: "release", traceHeader: "release" })),
      [],
    );
  });

  it("takes strict swimlanes as for every pod of the mesh", () => {
    const a = swimlanes(strict("a", "version"));
    const lanes = (a.lanes ?? []).map((lane) => ({ ...lane, name: `b${lane.name}` }));
    const { baseline: _, ...other } = strict("b", "tag", { namespace: "other", lanes });
    assert.deepEqual(pathsOf(a, other), ["laneGroups[1].versionLabel"]);
  });
});
