import assert from "node:assert/strict";
import type { LaneGroupInput } from "../../../components/lanes/spec";
import { records } from "../../../tools/values";
import type { KubeObject } from "../../asm-controller/objects";
import { swimlaneObjects } from "../../asm-controller/swimlanes";
import { translate } from "../../asm-controller/translate";
import { asSwimlanes, scenarioGroup, withLaneNames } from "../../e2e/scenarios/scenario-groups";
import { asmObjects, named, ports } from "./objects";

const strict = asSwimlanes(scenarioGroup("test"));
const weighted = withLaneNames(asSwimlanes(scenarioGroup("baggage")), (name) => name.replace("v", "g"));
const webSocket = asSwimlanes(scenarioGroup("websocket"));
const made = (input: LaneGroupInput) => swimlaneObjects(asmObjects(input));
const httpOf = (objects: readonly KubeObject[], name: string) => named(objects, "VirtualService", name).spec.http;

/** The product's objects of a group with one changed. */
function changed(input: LaneGroupInput, kind: string, change: (spec: Record<string, unknown>) => object): KubeObject[] {
  return asmObjects(input).map((object) =>
    object.kind === kind ? { ...object, spec: { ...object.spec, ...change({ ...object.spec }) } } : object,
  );
}

describe("asm-controller: strict swimlanes", () => {
  it("have the DestinationRule and TrafficLabel of document 001, subsets by lane", () => {
    const objects = made(strict);
    assert.deepEqual(named(objects, "DestinationRule", "trafficlabel-dr-test-default-mocka").spec, {
      host: "mocka.default.svc.cluster.local",
      subsets: ["1", "2", "3"].map((number) => ({ name: `s${number}`, labels: { ASM_TRAFFIC_TAG: `v${number}` } })),
    });
    assert.deepEqual(named(objects, "TrafficLabel", "asm-trafficlabel-global").spec, {
      rules: [{ labels: [{ name: "asm-label", valueFrom: ["$getLabel(ASM_TRAFFIC_TAG)"] }] }],
    });
  });

  it("have the gateway's routes of document 001, hosts, path, header and subset", () => {
    const { spec } = named(made(strict), "VirtualService", "swimlane-ingress-vs-test");
    assert.deepEqual([spec.hosts, spec.gateways], [["*"], ["istio-system/ingressgateway"]]);
    assert.deepEqual(
      spec.http,
      ["s1", "s2", "s3"].map((lane) => ({
        match: [{ uri: { exact: "/mock" }, headers: { "x-asm-prefer-tag": { exact: lane } } }],
        route: [{ destination: { host: "mocka.default.svc.cluster.local", subset: lane } }],
      })),
    );
  });

  it("keep a caller's tag between services, and have no route for a caller without one", () => {
    const http = records(httpOf(made(strict), "trafficlabel-vs-test-default-mockb"));
    assert.deepEqual(
      http.map(({ match }) => match),
      ["v1", "v2", "v3"].map((tag) => [{ headers: { "asm-label": { exact: tag } } }]),
    );
  });

  it("ask for x-asm-prefer-tag beside another entry header", () => {
    const other = { ...strict, entry: { ...strict.entry, header: "x-canary" } };
    const [first] = records(httpOf(made(other), "swimlane-ingress-vs-test"));
    assert.deepEqual(first?.match, [
      { uri: { exact: "/mock" }, headers: { "x-canary": { exact: "s1" }, "x-asm-prefer-tag": { exact: "s1" } } },
    ]);
  });

  it("leave out a rule that is not online", () => {
    const off = changed(strict, "ASMSwimLane", ({ ingressRules }) => ({
      ingressRules: records(ingressRules).map((rule) => ({ ...rule, online: false })),
    }));
    assert.throws(() => named(swimlaneObjects(off), "VirtualService", "swimlane-ingress-vs-test"), /no VirtualService/);
  });

  it("refuse lanes that differ by two labels", () => {
    let count = 0;
    const labels = changed(strict, "ASMSwimLane", () => ({ labelSelector: { [`tag-${count++}`]: "v1" } }));
    assert.throws(() => swimlaneObjects(labels), /the labels tag-0, tag-1, tag-2/);
  });
});

describe("asm-controller: permissive swimlanes", () => {
  it("take the lane's own version with the baseline behind it, and the baseline's for all else", () => {
    const host = "mockc.baggage.svc.cluster.local";
    assert.deepEqual(httpOf(made(weighted), "trafficlabel-vs-baggage-baggage-mockc"), [
      {
        match: [{ headers: { version: { exact: "g2" } } }],
        route: [{ destination: { host, subset: "g2" }, fallback: { target: { host, subset: "g1" } } }],
      },
      { route: [{ destination: { host, subset: "g1" } }] },
    ]);
  });

  it("enter by weight with the lane's name in the route header", () => {
    const [http] = records(httpOf(made(weighted), "swimlane-ingress-vs-baggage"));
    assert.deepEqual(
      records(http?.route).map(({ weight, headers }) => [weight, headers]),
      [40, 30, 30].map((weight, index) => [weight, { request: { set: { version: `g${index + 1}` } } }]),
    );
  });

  it("carry the route header by baggage in the namespaces of their services", () => {
    const { metadata, spec } = named(made(webSocket), "ASMHeaderPropagation", "swimlane-websocket");
    assert.deepEqual([metadata.namespace, spec], ["default", { headers: ["version"] }]);
  });

  it("carry nothing where the apps forward the route header, and refuse a trace id", () => {
    const kinds = made({ ...webSocket, traceHeader: "version" }).map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)].sort(), ["DestinationRule", "VirtualService"]);
    assert.throws(() => made({ ...webSocket, traceHeader: "x-request-id" }), /got|x-request-id/);
  });

  it("send a service to its own fallback target", () => {
    const objects = changed(weighted, "ASMSwimLaneGroup", ({ permissiveModeConfiguration }) => ({
      permissiveModeConfiguration: {
        ...(permissiveModeConfiguration as object),
        serviceLevelFallbackTarget: { "baggage/mockb": "g3" },
      },
    }));
    const http = records(httpOf(swimlaneObjects(objects), "trafficlabel-vs-baggage-baggage-mockb"));
    assert.deepEqual(http.at(-1)?.route, [{ destination: { host: "mockb.baggage.svc.cluster.local", subset: "g3" } }]);
  });

  it("refuse a rule by another header: nobody tells what writes the route header then", () => {
    const other = { ...webSocket, entry: { ...webSocket.entry, header: "x-canary", unmatched: "reject" as const } };
    assert.throws(() => made(other), /ingressRules.match.headers: \{"x-canary"/);
  });

  it("refuse a fallback target that lacks a service, or is no lane", () => {
    const target = (name: string) =>
      changed(weighted, "ASMSwimLaneGroup", ({ permissiveModeConfiguration }) => ({
        permissiveModeConfiguration: { ...(permissiveModeConfiguration as object), fallbackTarget: name },
      }));
    assert.throws(() => swimlaneObjects(target("g3")), /g3, which lacks baggage\/mockc/);
    assert.throws(() => swimlaneObjects(target("g9")), /g9, which is no lane/);
  });

  it("refuse two groups that carry two headers in one namespace", () => {
    const entry = { ...webSocket.entry, header: "colour" };
    const second = withLaneNames({ ...webSocket, name: "second", routeHeader: "colour", entry }, (name) => `x${name}`);
    const both = [...asmObjects(webSocket), ...asmObjects(second)];
    assert.throws(() => translate(both, ports), /one ASMHeaderPropagation for a pod/);
  });
});

describe("asm-controller: patches of swimlanes", () => {
  const policy = { timeout: "2s", retries: { attempts: 1, on: "5xx" } };
  const outlierDetection = { consecutive5xxErrors: 3 };
  const onRoute = { timeout: "2s", retries: { attempts: 1, retryOn: "5xx" } };
  const patched = (input: LaneGroupInput): LaneGroupInput => ({ ...input, asmPatches: true });
  const withService = (input: LaneGroupInput, name: string, keys: object): LaneGroupInput => ({
    ...patched(input),
    services: input.services.map((service) => (service.name === name ? { ...service, ...keys } : service)),
  });

  it("lie over every route to the service between services, and over no other's, in both modes", () => {
    for (const [input, group, namespace] of [
      [strict, "test", "default"],
      [weighted, "baggage", "baggage"],
    ] as const) {
      const plain = made(input);
      const objects = made(withService(input, "mockb", { policy }));
      for (const name of ["mocka", "mockb", "mockc"]) {
        const at = `trafficlabel-vs-${group}-${namespace}-${name}`;
        const before = records(httpOf(plain, at));
        assert.ok(before.length > 1);
        const wanted = name === "mockb" ? before.map((route) => ({ ...route, ...onRoute })) : before;
        assert.deepEqual(httpOf(objects, at), wanted, at);
      }
      const entry = `swimlane-ingress-vs-${group}`;
      assert.deepEqual(httpOf(objects, entry), httpOf(plain, entry));
    }
  });

  it("lie over the gateway's routes to the service, by rule and by weight", () => {
    for (const [input, group] of [
      [strict, "test"],
      [weighted, "baggage"],
    ] as const) {
      const entry = `swimlane-ingress-vs-${group}`;
      const before = records(httpOf(made(input), entry));
      const after = httpOf(made(withService(input, "mocka", { policy })), entry);
      assert.deepEqual(
        after,
        before.map((route) => ({ ...route, ...onRoute })),
      );
    }
  });

  it("of traffic are the policy of the service's rule, so that every subset has it", () => {
    const plain = made(weighted);
    const objects = made(withService(weighted, "mockb", { traffic: { outlierDetection } }));
    const at = (name: string) => `trafficlabel-dr-baggage-baggage-${name}`;
    const before = named(plain, "DestinationRule", at("mockb")).spec;
    assert.deepEqual(named(objects, "DestinationRule", at("mockb")).spec, {
      ...before,
      trafficPolicy: { outlierDetection },
    });
    assert.deepEqual(
      objects.filter(({ metadata }) => metadata.name !== at("mockb")),
      plain.filter(({ metadata }) => metadata.name !== at("mockb")),
    );
  });

  it("stay beside a fallback in what upstream gets", () => {
    const [route] = records(
      httpOf(
        translate(asmObjects(withService(weighted, "mockc", { policy })), ports),
        "trafficlabel-vs-baggage-baggage-mockc",
      ),
    );
    assert.deepEqual([route?.timeout, route?.retries], [onRoute.timeout, onRoute.retries]);
    assert.match(JSON.stringify(route?.route), /"subset":"fallback-/);
  });

  it("are refused where they could overwrite lanes, where two meet on one route, and as the group's default", () => {
    const withPatch = (patch: object) =>
      changed(weighted, "ASMSwimLaneGroup", ({ services }) => ({
        services: records(services).map((service) => ({ ...service, httpRoutePatch: patch })),
      }));
    assert.throws(() => swimlaneObjects(withPatch({ headers: {} })), /Unrecognized key.*headers/);
    assert.throws(() => swimlaneObjects(withPatch({ route: [] })), /Unrecognized key.*route/);
    for (const key of ["defaultHttpRoutePatch", "defaultTrafficPolicyPatch"]) {
      const group = changed(weighted, "ASMSwimLaneGroup", () => ({ [key]: {} }));
      assert.throws(() => swimlaneObjects(group), new RegExp(`Unrecognized key.*${key}`));
    }
    const twoServices = asmObjects(withService(weighted, "mockb", { policy })).map((object) =>
      object.metadata.name === "g3"
        ? {
            ...object,
            spec: {
              ...object.spec,
              ingressWeight: { destination: { host: "mockb.baggage.svc.cluster.local" }, weight: 30 },
            },
          }
        : object,
    );
    assert.throws(
      () => swimlaneObjects(twoServices),
      /mockb, whose routes are patched in another way than those of mocka/,
    );
  });
});

describe("asm-controller: any objects", () => {
  it("refuses a lane without its group, a field without a rule, and a kind without one", () => {
    const lanes = asmObjects(strict).filter(({ kind }) => kind === "ASMSwimLane");
    assert.throws(() => translate(lanes, ports), /ASMSwimLane s1: metadata\.labels\.swimlane-group/);
    const patched = changed(strict, "ASMSwimLaneGroup", () => ({ autoUpdate: true }));
    assert.throws(() => translate(patched, ports), /Unrecognized key.*autoUpdate/);
    const gateway = { apiVersion: "v1", kind: "IstioGateway", metadata: { name: "g", namespace: "a" }, spec: {} };
    assert.throws(() => translate([gateway], ports), /IstioGateway a\/g: kind/);
  });

  it("leaves Istio's own kinds as they are, and puts routes last", () => {
    const objects = asmObjects(scenarioGroup("test"));
    const upstream = translate(objects, ports);
    const kinds = upstream.map(({ kind }) => kind);
    assert.equal(kinds.lastIndexOf("DestinationRule") < kinds.indexOf("VirtualService"), true);
    const istio = (list: readonly KubeObject[]) => list.filter(({ kind }) => kind !== "TrafficLabel");
    assert.deepEqual(
      upstream.filter(({ metadata }) => !metadata.name.startsWith("asm.")),
      istio(objects),
    );
  });

  it("has no object of ASM left, for any group of S1 to S5 in both ways", () => {
    for (const input of [scenarioGroup("test"), scenarioGroup("websocket"), strict, weighted, webSocket]) {
      const upstream = translate(asmObjects(input), ports);
      assert.ok(upstream.length > 0);
      assert.ok(upstream.every(({ apiVersion }) => apiVersion.startsWith("networking.istio.io/")));
    }
  });
});
