import assert from "node:assert/strict";
import { readSidecarLog } from "../../../../../components/lanes/preflight/access-log";
import {
  allCarried,
  judgeProbes,
  type LoggedCall,
  type ProbeAnswer,
  probeKey,
  type StrayCall,
} from "../../../../../components/lanes/preflight/judge";
import {
  forwardedHeader,
  nothingToProbe,
  planProbes,
  unaskedPorts,
} from "../../../../../components/lanes/preflight/probes";
import { laneGroupSchema } from "../../../../../components/lanes/spec";
import { s2Input, s3Input, s4Input } from "../fixtures";

const shop = laneGroupSchema.parse(s4Input);
const pods = shop.services.flatMap(({ name, versions }) =>
  versions.map((version) => ({ pod: `${name}-${version}`, service: name, version })),
);
const plan = planProbes(shop, pods, { mocka: "/mock" }, "0123abcd");
const host = (service: string) => `${service}.default.svc.cluster.local`;
const call = (pod: string, to: string, lane?: string): LoggedCall => ({ pod, host: host(to), ...(lane && { lane }) });
/** What a run logs in which every version carries the mark: each probe of mocka goes on through mockb's baseline. */
const carried = plan.probes.flatMap(({ pod, service, mark }) =>
  service === "mocka" ? [call(pod, "mockb", mark), call("mockb-v1", "mockc", mark)] : [call(pod, "mockc", mark)],
);
const answered = new Map(plan.probes.map(({ pod }) => [pod, { status: 200 }]));

describe("planProbes", () => {
  it("asks a pod of each version of each service that calls another, each with a mark of its own", () => {
    assert.deepEqual(plan.gaps, []);
    assert.deepEqual(
      plan.probes.map(({ pod, path, headers }) => [pod, path, headers]),
      ["mocka-v1", "mocka-v2", "mocka-v3", "mockb-v1", "mockb-v3"].map((pod, index) => [
        pod,
        pod.startsWith("mocka") ? "/mock" : "/",
        { baggage: `version=preflight-0123abcd-${index}` },
      ]),
    );
  });

  it("marks the header itself where apps forward that", () => {
    const group = laneGroupSchema.parse({ ...s4Input, routeHeader: "x-lane", traceHeader: "x-lane" });
    assert.deepEqual(planProbes(group, pods, {}, "00000000").probes[0]?.headers, { "x-lane": "preflight-00000000-0" });
    assert.equal(forwardedHeader(group), "the header x-lane");
    assert.equal(forwardedHeader(shop), "baggage (member version)");
  });

  it("tells versions that have no pod", () => {
    const without = pods.filter(({ pod }) => pod !== "mockb-v3");
    assert.deepEqual(planProbes(shop, without, {}, "00000000").gaps, [{ service: "mockb", version: "v3" }]);
  });
});

describe("probes of a further port", () => {
  const group = laneGroupSchema.parse({
    ...s4Input,
    services: s4Input.services.map((service) => ({ ...service, ports: [{ port: 9000, protocol: "grpc" }] })),
  });
  const both = planProbes(group, pods, { "mockb:9000": "/shop.Cart/Get" }, "0123abcd");
  const ofPort = both.probes.filter(({ port }) => port === 9000);
  const marked = both.probes.map(({ pod, service, mark }) => call(pod, service === "mocka" ? "mockb" : "mockc", mark));
  const further = marked.filter(({ lane }) => ofPort.some(({ mark }) => mark === lane));
  const failures = (calls: readonly LoggedCall[]) =>
    judgeProbes(group, both, new Map(both.probes.map((probe) => [probeKey(probe), { status: 200 }])), calls)
      .filter(({ outcome }) => outcome !== "carried" && outcome !== "lost in the chain")
      .map(({ from, port, version, outcome }) => `${from}:${port} ${version} ${outcome}`);

  it("are sent where a path is named for it, to each version, with a mark of their own", () => {
    assert.equal(both.probes.length, plan.probes.length + 2);
    assert.deepEqual(
      ofPort.map(({ pod, path }) => [pod, path]),
      [
        ["mockb-v1", "/shop.Cart/Get"],
        ["mockb-v3", "/shop.Cart/Get"],
      ],
    );
    assert.equal(new Set(both.probes.map(({ mark }) => mark)).size, both.probes.length);
  });

  it("are told where they are not sent: mockc calls nobody", () => {
    assert.deepEqual(unaskedPorts(group, { "mockb:9000": "/shop.Cart/Get" }), ["mocka:9000"]);
    assert.deepEqual(unaskedPorts(laneGroupSchema.parse(s4Input), {}), []);
  });

  it("are judged by themselves: what carries the lane on one port may lose it on another", () => {
    assert.deepEqual(failures(marked), []);
    const rest = marked.filter((entry) => !further.includes(entry));
    assert.deepEqual(failures(rest), ["mockb:9000 v1 not called", "mockb:9000 v3 not called"]);
    const lost = further.map(({ pod }) => call(pod, "mockc"));
    assert.deepEqual(failures([...rest, ...lost]), ["mockb:9000 v1 lost", "mockb:9000 v3 lost"]);
  });
});

describe("nothingToProbe", () => {
  it("names strict groups and groups without a call", () => {
    assert.equal(nothingToProbe(shop), undefined);
    assert.match(nothingToProbe(laneGroupSchema.parse(s2Input)) ?? "", /^strict:/);
    const single = laneGroupSchema.parse({ ...s4Input, services: s4Input.services.slice(0, 1) });
    assert.equal(nothingToProbe(single), "no service calls another");
    assert.match(nothingToProbe(laneGroupSchema.parse(s3Input)) ?? "", /^strict:/);
  });
});

describe("judgeProbes", () => {
  const failures = (calls: readonly LoggedCall[], answers = answered) =>
    judgeProbes(shop, plan, answers, calls)
      .filter(({ outcome }) => outcome !== "carried")
      .map(({ from, version, to, outcome, detail }) => [`${from} ${version} -> ${to}`, outcome, detail]);
  const without = (pod: string, to: string) => carried.filter((entry) => entry.pod !== pod || entry.host !== host(to));

  it("passes when every mark went on", () => {
    assert.deepEqual(failures(carried), []);
    assert.equal(allCarried(shop, plan, carried), true);
    assert.equal(judgeProbes(shop, plan, answered, carried).length, 5);
  });

  it("names the version that calls without the mark, and no other", () => {
    const calls = [...without("mockb-v3", "mockc"), call("mockb-v3", "mockc", "v1")];
    assert.deepEqual(failures(calls), [["mockb v3 -> mockc", "lost", undefined]]);
    assert.equal(allCarried(shop, plan, calls), false);
  });

  it("names the first hop that loses it, not those behind it", () => {
    const calls = [call("mocka-v1", "mockb"), ...without("mocka-v1", "mockb")];
    assert.deepEqual(failures(calls), [["mocka v1 -> mockb", "lost", undefined]]);
  });

  it("does not take another run's mark, or another pod's, for this one's", () => {
    const other = call("mockb-v3", "mockc", "preflight-ffffffff-4");
    const foreign = call("mockb-v3", "mockc", "preflight-0123abcd-0");
    const expected = [["mockb v3 -> mockc", "lost", undefined]];
    assert.deepEqual(failures([...without("mockb-v3", "mockc"), other, foreign]), expected);
  });

  it("tells a path that leads to no call", () => {
    const expected = [["mockb v3 -> mockc", "not called", "GET / answered 404"]];
    const answers = new Map(answered).set("mockb-v3", { status: 404 });
    assert.deepEqual(failures(without("mockb-v3", "mockc"), answers), expected);
  });

  it("names a hop that keeps its caller's Host, or calls by address: no route of the mesh fits", () => {
    const asked = new Map<string, ProbeAnswer>(answered).set("mockb-v3", { status: 503, host: "127.0.0.1:41000" });
    const outcomes = (...strays: readonly StrayCall[]) =>
      judgeProbes(shop, plan, asked, without("mockb-v3", "mockc"), strays)
        .filter(({ outcome }) => outcome !== "carried")
        .map(({ from, version, to, outcome, detail }) => [`${from} ${version} -> ${to}`, outcome, detail]);
    const stray = (authority: string, pod = "mockb-v3") => ({ pod, authority });
    const edge = "mockb v3 -> mockc";
    assert.deepEqual(outcomes(stray("127.0.0.1:41000")), [[edge, "kept host", "127.0.0.1:41000"]]);
    assert.deepEqual(outcomes(stray("127.0.0.1")), [[edge, "kept host", "127.0.0.1"]], "as nginx's $host");
    assert.deepEqual(outcomes(stray("10.244.0.7:8000")), [[edge, "by address", "10.244.0.7:8000"]]);
    assert.deepEqual(outcomes(stray("[fd00::7]:8000")), [[edge, "by address", "[fd00::7]:8000"]]);
    // Another pod's, to another place by name, or to a port that the service does not have.
    for (const other of [stray("127.0.0.1:41000", "mockb-v1"), stray("api.example.com"), stray("169.254.169.254")])
      assert.deepEqual(outcomes(other), [[edge, "not called", "GET / answered 503"]]);
    // What carries the mark on is right, wherever else the pod calls.
    assert.ok(
      judgeProbes(shop, plan, asked, carried, [stray("10.244.0.7:8000")]).every((all) => all.outcome === "carried"),
    );
  });

  it("tells a pod that did not answer, with the reason", () => {
    const answers = new Map<string, { status: number; problem?: string }>(answered);
    answers.set("mockb-v3", { status: 0, problem: "refused" });
    const calls = [...without("mockb-v3", "mockc"), call("mockb-v3", "mockc", "v1")];
    assert.deepEqual(failures(calls, answers), [["mockb v3 -> mockc", "no answer", "refused"]]);
    assert.deepEqual(failures(carried, answers), []);
  });

  it("tells a version that has no pod", () => {
    const gaps = [{ service: "mockb", version: "v9" }];
    const results = judgeProbes(shop, { ...plan, gaps }, answered, carried);
    assert.deepEqual(results.at(-1), { from: "mockb", version: "v9", to: "mockc", outcome: "no pod" });
  });

  // open-telemetry/opentelemetry-js#5633: what came from another instrumented app is not carried on.
  it("names a hop that loses it only in a request that came through the chain", () => {
    const own = plan.probes.find(({ pod }) => pod === "mockb-v1")?.mark;
    const calls = [
      ...carried.filter(({ pod, lane }) => pod !== "mockb-v1" || lane === own),
      call("mockb-v1", "mockc", "v1"),
    ];
    const detail = "in a request that came in at mocka v1";
    assert.deepEqual(failures(calls), [["mockb baseline -> mockc", "lost in the chain", detail]]);
  });

  it("ends on a group whose services call each other in a circle", () => {
    const [a, b] = s4Input.services;
    assert.ok(a && b);
    const circle = laneGroupSchema.parse({
      ...s4Input,
      services: [
        { ...a, versions: ["v1"], calls: ["mockb"] },
        { ...b, versions: ["v1"], calls: ["mocka"] },
      ],
    });
    const round = planProbes(circle, pods, {}, "00000000");
    const calls = round.probes.flatMap(({ mark }) => [
      call("mocka-v1", "mockb", mark),
      call("mockb-v1", "mocka", mark),
    ]);
    const outcomes = judgeProbes(circle, round, new Map(), calls).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ["carried", "carried"]);
  });
});

describe("readSidecarLog", () => {
  const cluster = (name: string) => JSON.stringify({ upstream_cluster: name, lane: "v2" });

  it("reads outbound calls, through a fallback too, and no others", () => {
    const text = [
      cluster("outbound|8000|v2|mockb.default.svc.cluster.local"),
      cluster("lane-fallback|8000|v2|mockc.default.svc.cluster.local"),
      cluster("inbound|8000||"),
      cluster("BlackHoleCluster"),
      cluster("PassthroughCluster"),
      JSON.stringify({ upstream_cluster: null, lane: null }),
      "2026-01-01T00:00:00Z warning envoy started",
      "{not json",
      JSON.stringify({ message: "of another kind" }),
    ].join("\n");
    const { calls, strays, lines, withLane } = readSidecarLog("p", text);
    assert.deepEqual(strays, []);
    assert.deepEqual(calls, [
      { pod: "p", host: host("mockb"), lane: "v2" },
      { pod: "p", host: host("mockc"), lane: "v2" },
    ]);
    assert.equal(lines, 6);
    assert.equal(withLane, true);
  });

  it("reads what went past the routes, by the Host that it had, and nothing that came in so", () => {
    const stray = (upstream_cluster: string, authority: string | null, downstream_local_address?: string | null) =>
      JSON.stringify({ upstream_cluster, authority, downstream_local_address });
    const text = [
      stray("PassthroughCluster", "shop.example.com"),
      stray("BlackHoleCluster", "10.244.0.7:8000", "10.244.0.7:8000"),
      stray("BlackHoleCluster", "shop.example.com", null),
      stray("PassthroughCluster", null),
      stray("InboundPassthroughCluster", "10.244.0.8:9090"),
      stray("inbound|8000||", "mockb:8000"),
    ].join("\n");
    assert.deepEqual(readSidecarLog("p", text).strays, [
      { pod: "p", authority: "shop.example.com" },
      { pod: "p", authority: "10.244.0.7:8000", destination: "10.244.0.7:8000" },
      { pod: "p", authority: "shop.example.com" },
    ]);
  });

  it("takes null and - for no lane, and tells a log without the field", () => {
    const line = { upstream_cluster: `outbound|80||${host("mockb")}` };
    const read = (extra: object) => readSidecarLog("p", JSON.stringify({ ...line, ...extra }));
    for (const lane of [null, "-", ""]) {
      assert.deepEqual(read({ lane }).calls, [{ pod: "p", host: host("mockb") }]);
      assert.equal(read({ lane }).withLane, true);
    }
    assert.equal(read({}).withLane, false);
  });
});
