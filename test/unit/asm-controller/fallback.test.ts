import assert from "node:assert/strict";
import { fallbackFilters, upstreamRoutes } from "../../asm-controller/fallback";
import { scenarioGroup } from "../../e2e/scenarios/scenario-groups";
import { asmObjects, named, ports, routesTo, translated } from "./objects";

const host = "mockb.default.svc.cluster.local";
const own = { host, subset: "v2" };
const target = { host, subset: "v1" };

describe("asm-controller: fallback", () => {
  it("sends the route to a cluster that is the destination's first and then the target's", () => {
    const { object, clusters } = upstreamRoutes(routesTo(own, { fallback: { target }, weight: 30 }), ports);
    const [cluster] = clusters;
    assert.ok(cluster);
    assert.deepEqual(cluster.clusters, [`outbound|8000|v2|${host}`, `outbound|8000|v1|${host}`]);
    const [, , subset] = cluster.name.split("|");
    assert.equal(cluster.name, `outbound|8000|${subset}|${host}`);
    assert.deepEqual(object.spec.http, [
      { route: [{ destination: { host, subset, port: { number: 8000 } }, weight: 30 }] },
    ]);
    assert.match(String(subset), /^fallback-[0-9a-f]{8}$/);
  });

  it("gives two pairs two names, and the same pair one", () => {
    const nameOf = (at: object, to: object) => {
      const [cluster] = upstreamRoutes(routesTo(at, { fallback: { target: to } }), ports).clusters;
      return cluster?.name;
    };
    assert.notEqual(nameOf(own, target), nameOf(target, own));
    assert.equal(nameOf(own, target), nameOf({ ...own, port: { number: 8000 } }, target));
  });

  it("leaves a route without fallback as it is", () => {
    const routes = routesTo(own);
    assert.deepEqual(upstreamRoutes(routes, ports), { object: routes, clusters: [] });
  });

  it("adds each cluster once, for sidecars and for gateways, in an object of the root namespace", () => {
    const { clusters } = upstreamRoutes(routesTo(own, { fallback: { target } }), ports);
    const [filter, ...more] = fallbackFilters([...clusters, ...clusters]);
    assert.deepEqual(more, []);
    assert.equal(filter?.metadata.namespace, "istio-system");
    const patches = filter?.spec.configPatches;
    assert.ok(Array.isArray(patches));
    assert.deepEqual(
      patches.map(({ applyTo, match, patch }) => [applyTo, match.context, patch.operation, patch.value.name]),
      ["SIDECAR_OUTBOUND", "GATEWAY"].map((context) => ["CLUSTER", context, "ADD", clusters[0]?.name]),
    );
    assert.deepEqual(fallbackFilters([]), []);
  });

  it("leaves no field of ASM in what the product writes for S4, and a cluster for each lane that can fall back", () => {
    assert.match(JSON.stringify(asmObjects(scenarioGroup("baggage"))), /"fallback"/);
    const objects = translated(scenarioGroup("baggage"));
    assert.doesNotMatch(JSON.stringify(objects), /"fallback"/);
    const patches = named(objects, "EnvoyFilter", "asm.fallback").spec.configPatches;
    assert.ok(Array.isArray(patches));
    // v2 and v3 of mocka, v3 of mockb, v2 of mockc, each at sidecars and at the gateway.
    assert.equal(patches.length, 8);
  });

  const wrong = [
    {
      title: "a target without a host",
      beside: { fallback: { target: { subset: "v1" } } },
      says: /a target, and nothing/,
    },
    { title: "what no document describes", beside: { fallback: { target, case: "x" } }, says: /nothing else/ },
    { title: "another spelling", beside: { fallback: { destination: target } }, says: /expected: \{ target/ },
    { title: "a fallback that is not beside a destination", beside: { headers: { fallback: {} } }, says: /elsewhere/ },
    {
      title: "a Service that nobody has",
      beside: { fallback: { target: { host: "mockb" } } },
      says: /no Service for mockb/,
    },
  ];
  for (const { title, beside, says } of wrong) {
    it(`refuses ${title}`, () => assert.throws(() => upstreamRoutes(routesTo(own, beside), ports), says));
  }

  it("refuses a destination without a port where the Service has several", () => {
    const several = new Map([[host, [8000, 9000]]]);
    const routes = routesTo(own, { fallback: { target } });
    assert.throws(() => upstreamRoutes(routes, several), /a Service with several for mockb/);
  });
});
