import assert from "node:assert/strict";
import { formatExplanation } from "../../../../cli/explain/format";
import { renderRoutes } from "../../../../components/lanes/asm/routes";
import { diffLanes } from "../../../../components/lanes/diff/diff";
import { explain } from "../../../../components/lanes/explain";
import { diagnose } from "../../../../components/lanes/health/diagnose";
import { openInLane } from "../../../../components/lanes/health/open-requests";
import { planLaneGroup } from "../../../../components/lanes/plan";
import { declaredPorts, lanePorts } from "../../../../components/lanes/ports";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { formatLaneTable, laneTable } from "../../../../components/lanes/table";
import { layoutTopology } from "../../../../components/lanes/topology/layout";
import { renderMermaid } from "../../../../components/lanes/topology/mermaid";
import { describeTopology, topologyOf } from "../../../../components/lanes/topology/model";
import { validateLaneGroups } from "../../../../components/lanes/validate";
import { allowedCalls } from "../../../../components/security/calls";
import { serviceIn } from "../../../service-in";
import { sideOf } from "./diff/sides";
import { gatewayPods, s2Input, s4Input } from "./fixtures";
import { healthyFacts, stack } from "./health/fixtures";
import { destination, idOf, log, pick, render, unhashed } from "./istio/rendered";

type Ports = LaneGroupInput["services"][number]["ports"];

/** S4 with further ports of mockb. */
const input = (ports: Ports, base: LaneGroupInput = s4Input): LaneGroupInput => ({
  ...base,
  services: base.services.map((service) => (service.name === "mockb" ? { ...service, ports } : service)),
});
const ports: Ports = [
  { port: 9000, protocol: "grpc" },
  { port: 9092, protocol: "kafka" },
];
const several: LaneGroup = laneGroupSchema.parse(input(ports));
const one: LaneGroup = laneGroupSchema.parse(s4Input);
const routesOf = (group: LaneGroup, id = "VirtualService default/shop.mockb") =>
  pick(group, id).spec.http as { name: string; match: { port: number }[]; route: object[] }[];

describe("several ports of a service", () => {
  it("means the same as one where `ports` says no more than `port`", () => {
    const same = laneGroupSchema.parse(input([{ port: 8000, protocol: "http" }]));
    assert.deepEqual(render(same), render(one));
    assert.deepEqual(lanePorts(serviceIn(one, "mockb")), [8000]);
  });

  it("declares `port` first, and tells what lanes route", () => {
    assert.deepEqual(declaredPorts(serviceIn(several, "mockb")), [
      { port: 8000, laneable: true },
      { port: 9000, protocol: "gRPC", laneable: true },
      { port: 9092, protocol: "Kafka", laneable: false },
    ]);
  });

  for (const [mesh, routes] of [
    ["Istio", (group: LaneGroup) => routesOf(group)],
    [
      "ASM",
      (group: LaneGroup) =>
        renderRoutes(group).find((object) => object.kind === "VirtualService" && object.metadata.name === "shop.mockb")
          ?.spec.http as ReturnType<typeof routesOf>,
    ],
  ] as const) {
    it(`has each lane's route on each port that lanes route, and on no other, for ${mesh}`, () => {
      const found = routes(several).map(({ name, match }) => [name, match.map(({ port }) => port)]);
      assert.deepEqual(found, [
        ["shop/mockb/v3", [8000]],
        ["shop/mockb", [8000]],
        ["shop/mockb/v3:9000", [9000]],
        ["shop/mockb:9000", [9000]],
      ]);
      assert.deepEqual(routes(several).slice(0, 2), routes(one));
    });
  }

  it("leads each port to the same port of the lane's pods", () => {
    assert.deepEqual(routesOf(several)[2]?.route, [{ ...destination("mockb", "v3", 9000), ...log("v3") }]);
  });

  it("tells the sidecars the key of the lane on the virtual host of each port", () => {
    const { configPatches } = pick(several, "EnvoyFilter default/shop").spec as {
      configPatches: { match: { routeConfiguration: { vhost: { name: string } } } }[];
    };
    const hosts = configPatches.map(({ match }) => match.routeConfiguration.vhost.name);
    assert.deepEqual(
      hosts.filter((host) => host.startsWith("mockb")),
      ["mockb.default.svc.cluster.local:8000", "mockb.default.svc.cluster.local:9000"],
    );
  });

  it("falls back on each port by a cluster of its own, in another object than before the port came", () => {
    const added = render(several).filter((object) => !render(one).some((old) => idOf(old) === idOf(object)));
    assert.deepEqual(added.map(unhashed), ["EnvoyFilter default/shop.v3.*"]);
    const [{ spec, stage } = assert.fail()] = added;
    assert.equal(stage, "filters");
    assert.match(JSON.stringify(spec), /lane-fallback\|9000\|version-v3,version-v1\|mockb/);
    assert.match(JSON.stringify(spec), /outbound\|9000\|version-v3\|mockb.*outbound\|9000\|version-v1\|mockb/);
    const routes = JSON.stringify(pick(several, "EnvoyFilter default/shop.mockb").spec);
    assert.match(routes, /"name":"shop\/mockb\/v3:9000".*lane-fallback\|9000\|version-v3/);
  });

  it("renders strict lanes on each port by their callers", () => {
    const strict = laneGroupSchema.parse(input(ports, s2Input));
    const found = routesOf(strict, "VirtualService default/test.mockb");
    assert.deepEqual(
      found.map(({ name, match }) => `${name} ${match.map(({ port }) => port)}`),
      ["s1", "s2", "s3"]
        .flatMap((lane) => [`test/mockb/${lane} 8000`])
        .concat(["s1", "s2", "s3"].map((lane) => `test/mockb/${lane}:9000 9000`)),
    );
    assert.deepEqual(Object.keys(found[3]?.match[0] ?? {}).sort(), ["port", "sourceLabels"]);
  });

  it("is in the plan and the matrix, with what is not lane-able", () => {
    const plan = planLaneGroup(several);
    assert.deepEqual(
      plan.ports.filter(({ service }) => service === "mockb").map(({ port, laneable }) => [port, laneable]),
      [
        [8000, true],
        [9000, true],
        [9092, false],
      ],
    );
    assert.match(formatLaneTable(laneTable(plan)), /\n {2}mockb: ports 8000, 9000 gRPC; 9092 Kafka, not lane-able$/);
    assert.equal(laneTable(planLaneGroup(one)).ports, undefined);
  });

  it("is in the topology: picture, text and Mermaid", () => {
    const topology = topologyOf(several);
    assert.match(describeTopology(topology), /Ports of mockb: 8000; 9000 gRPC; 9092 Kafka, not lane-able\./);
    const texts = layoutTopology(topology).texts.map(({ text, full }) => full ?? text);
    assert.ok(texts.includes(":8000 :9000 gRPC :9092 Kafka, not lane-able"), texts.join("\n"));
    assert.match(renderMermaid([topology]).text, /mockb#58;8000 #58;9000 gRPC #58;9092 Kafka, not lane-able/);
  });

  it("is explained", () => {
    const request = { host: "any", path: "/mock", headers: { cookie: "lane-shop=v3" } };
    const explanation = explain([several], request);
    assert.ok(explanation.status === "routed");
    const hop = explanation.outcomes[0]?.hops.find(({ service }) => service === "mockb");
    assert.deepEqual(hop?.ports, declaredPorts(serviceIn(several, "mockb")));
    const text = formatExplanation(explanation, { gateway: "istio-system/ingressgateway", request, tried: [] });
    assert.match(
      text,
      /\n {2}mockb: ports 8000, 9000 gRPC; 9092 Kafka, not lane-able: calls of it may meet any version/,
    );
  });

  it("is told by a diff: which ports lanes route, or no longer do", () => {
    const texts = (before: LaneGroupInput, after: LaneGroupInput) =>
      diffLanes(sideOf("before", before), sideOf("after", after))
        .changes.filter(({ kind }) => kind === "ports")
        .map(({ risk, text }) => `${risk}: ${text}`);
    assert.deepEqual(texts(s4Input, input(ports)), ["care: mockb: port 9000 gRPC is routed by lanes"]);
    assert.deepEqual(texts(input(ports), s4Input), ["care: mockb: port 9000 gRPC is no longer routed by lanes"]);
    assert.deepEqual(texts(input(ports), input(ports)), []);
  });

  it("is judged by status: each port that lanes route is on the Service, as HTTP or gRPC", () => {
    const facts = () => healthyFacts(several);
    const codes = (change: (ports: { port: number; name?: string }[]) => void) => {
      const found = facts();
      const service = found.services.find(({ name }) => name === "mockb") ?? assert.fail();
      change(service.ports as { port: number; name?: string }[]);
      return diagnose([several], found, { gateway: gatewayPods, stack }).map(({ code, cause }) => `${code} ${cause}`);
    };
    assert.deepEqual(
      codes(() => {}),
      [],
    );
    const [missing = ""] = codes((live) => void live.pop());
    assert.match(missing, /^ML021 Service default\/mockb has no port 9000 \(it has 8000\)/);
    const [tcp = ""] = codes((live) => Object.assign(live.at(-1) ?? {}, { name: "tcp-x" }));
    assert.match(tcp, /^ML022 Port 9000 of Service default\/mockb/);
  });

  it("counts what is open in a lane on each port", () => {
    const cluster = (port: number) => `outbound|${port}|version-v3|mockb.default.svc.cluster.local`;
    const look = new Map([["pod", new Map([[cluster(8000), 1] as const, [cluster(9000), 2] as const])]]);
    assert.deepEqual(openInLane(several, "v3", [look, look]), [{ service: "mockb", count: 3 }]);
  });

  it("lets callers reach the ports that the group declares, and no metrics port", () => {
    const workload = {
      ...{ name: "mockb", namespace: "default", targetPort: 8080 },
      ports: [
        { port: 9000, targetPort: 9001 },
        { port: 9092, targetPort: 9092 },
        { port: 9100, targetPort: 9100 },
      ],
    };
    const calls = allowedCalls({
      ...{ laneGroups: [several], workloads: [workload], allow: [] },
      gateway: { ...gatewayPods, account: "gateway" },
    });
    const { to } = calls.find((call) => call.to.service === "mockb") ?? assert.fail();
    assert.deepEqual([to.port, to.ports], [8080, [9001, 9092]]);
  });

  const problems = (group: LaneGroupInput, mesh?: "asm") =>
    validateLaneGroups([{ path: "shop", input: group }], mesh).map(({ path, got }) => `${path}: ${got}`);

  it("fails where a port is there twice, or the service's own port cannot be routed", () => {
    assert.deepEqual(problems(input([...ports, { port: 9000, protocol: "http" }])), [
      'shop.services[1].ports[2].port: port "9000" is there twice',
    ]);
    assert.deepEqual(problems(input([{ port: 8000, protocol: "thrift" }])), [
      'shop.services[1].ports[0].protocol: got "thrift" for 8000, which is the service\'s port',
    ]);
  });

  it("fails in swimlanes, which name no port", () => {
    const found = problems({ ...input(ports), asmWay: "swimlanes" }, "asm");
    assert.ok(found.includes("shop.services[1].ports: ports with swimlanes"), found.join("\n"));
  });
});
