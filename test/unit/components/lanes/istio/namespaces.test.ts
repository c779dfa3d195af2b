import assert from "node:assert/strict";
import { renderRoutes } from "../../../../../components/lanes/asm/routes";
import { renderSwimlanes } from "../../../../../components/lanes/asm/swimlanes";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { diagnose } from "../../../../../components/lanes/health/diagnose";
import { renderSharedFilters } from "../../../../../components/lanes/istio/render";
import { type LaneGroup, laneGroupSchema, namespacesOf } from "../../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { allowedCalls, callName } from "../../../../../components/security/calls";
import { side } from "../diff/sides";
import { gatewayPods, s2Input, s4, s4Input, spread } from "../fixtures";
import { healthyFacts, stack } from "../health/fixtures";
import { pick, render, unhashed } from "./rendered";

const host = "mockb.stock.svc.cluster.local";

/** Without scope: filters are for whole namespaces. */
const open: LaneGroup = laneGroupSchema.parse({ ...s4Input, namespace: "shop", services: spread.services });

describe("a lane group over two namespaces", () => {
  it("has the objects of a service in the service's namespace, where its clients look for them", () => {
    const ids = render(spread).map(unhashed);
    for (const id of [
      "VirtualService stock/shop.mockb",
      "DestinationRule stock/shop.mockb",
      "DestinationRule stock/shop.mockb.*",
      "Sidecar stock/shop.mockb",
    ]) {
      assert.ok(ids.includes(id), `${id} among ${ids.join(", ")}`);
    }
    assert.ok(ids.every((id) => !/^(VirtualService|DestinationRule|Sidecar) shop\/.*mockb$/.test(id)));
    assert.deepEqual(pick(spread, "VirtualService stock/shop.mockb").spec.hosts, [host]);
    assert.equal(pick(spread, "DestinationRule stock/shop.mockb.*").spec.host, host);
    // The entry's own objects stay with the group.
    assert.ok(ids.includes("VirtualService shop/shop"));
    assert.equal(new Set(ids).size, ids.length);
  });

  it("tells the sidecars of every namespace", () => {
    const filters = (group: LaneGroup) =>
      render(group)
        .map(unhashed)
        .filter((id) => id.startsWith("EnvoyFilter"));
    // Whoever calls mockb is in shop, whoever calls mockc in stock: with a scope each caller has the clusters behind its calls.
    assert.ok(filters(spread).includes("EnvoyFilter shop/shop.from.mocka.v3.*"));
    assert.ok(filters(spread).includes("EnvoyFilter stock/shop.from.mockb.v2.*"));
    for (const namespace of ["shop", "stock"]) {
      assert.ok(filters(open).includes(`EnvoyFilter ${namespace}/shop`));
      assert.ok(filters(open).includes(`EnvoyFilter ${namespace}/shop.v3.*`));
      assert.deepEqual(
        pick(open, `EnvoyFilter ${namespace}/shop.v3.*`).spec,
        pick(open, "EnvoyFilter shop/shop.v3.*").spec,
      );
    }
    const shared = renderSharedFilters(open, { gateway: gatewayPods }).map(({ metadata }) => metadata.namespace);
    assert.deepEqual(shared, ["shop", "stock", "istio-system"]);
  });

  it("lets a scoped sidecar know the service it calls elsewhere", () => {
    const egress = (id: string) => pick(spread, id).spec.egress;
    assert.deepEqual(egress("Sidecar shop/shop.mocka"), [{ hosts: [`stock/${host}`] }]);
    assert.deepEqual(egress("Sidecar stock/shop.mockb"), [{ hosts: ["shop/mockc.shop.svc.cluster.local"] }]);
  });

  it("is written down on ASM likewise", () => {
    const routes = renderRoutes(open).map(
      ({ kind, metadata }) => `${kind} ${"namespace" in metadata ? metadata.namespace : ""}`,
    );
    for (const id of ["ASMHeaderPropagation shop", "ASMHeaderPropagation stock", "DestinationRule stock"])
      assert.ok(routes.includes(id), id);
    const strict = laneGroupSchema.parse({ ...s2Input, namespace: "shop", services: spreadStrict() });
    const labels = renderRoutes(strict).filter(({ kind }) => kind === "TrafficLabel");
    assert.deepEqual(
      labels.map(({ metadata }) => ("namespace" in metadata ? metadata.namespace : "")),
      ["shop", "stock"],
    );
    const [group] = renderSwimlanes(laneGroupSchema.parse({ ...s2Input, namespace: "shop", services: spreadStrict() }));
    assert.deepEqual(group?.spec.services, [
      { name: "mocka", namespace: "shop" },
      { name: "mockb", namespace: "stock" },
      { name: "mockc", namespace: "shop" },
    ]);
  });

  it("allows its calls across them", () => {
    const gateway = { ...gatewayPods, account: "edge" };
    const names = allowedCalls({ laneGroups: [spread], workloads: [], allow: [], gateway }).map(callName);
    assert.deepEqual(names, [
      "shop.mocka.from.istio-system.edge",
      "shop.mockc.from.stock.mockb",
      "stock.mockb.from.shop.mocka",
    ]);
  });

  it("names the namespace that is missing, and pods without a sidecar in it", () => {
    const facts = healthyFacts(spread);
    const found = () =>
      diagnose([spread], facts, { gateway: gatewayPods, stack }).map(({ code, cause }) => `${code} ${cause}`);
    const stock = facts.namespaces.find(({ name }) => name === "stock") ?? assert.fail();
    stock.labels = {};
    assert.deepEqual(
      found().map((finding) => finding.slice(0, 47)),
      ["ML011 Namespace stock has no injection label: its"].map((finding) => finding.slice(0, 47)),
    );
    facts.namespaces = facts.namespaces.filter(({ name }) => name !== "stock");
    assert.deepEqual(found(), ["ML012 Namespace stock does not exist, so neither do the group's services."]);
  });

  it("belongs to one group, in whatever namespace the group is", () => {
    const other = { ...s4Input, name: "other", namespace: "elsewhere", services: spread.services };
    const inputs = [
      { path: "a", input: { ...s4Input, namespace: "shop", services: [...spread.services] } },
      {
        path: "b",
        input: { ...other, services: other.services.map((service) => ({ ...service, namespace: "stock" })) },
      },
    ] as never;
    const problems = validateLaneGroups(inputs).filter(({ got }) => got.includes("is in lane group"));
    assert.deepEqual(
      problems.map(({ path, got }) => `${path}: ${got}`),
      ["b.services[1].name: service stock/mockb is in lane group shop too"],
    );
  });

  it("has its own namespace first, and each once", () => {
    assert.deepEqual(namespacesOf(spread), ["shop", "stock"]);
    assert.deepEqual(namespacesOf(s4), ["default"]);
    const elsewhere = laneGroupSchema.parse({
      ...s4Input,
      services: s4Input.services.map((service) => ({ ...service, namespace: "stock" })),
    });
    assert.deepEqual(namespacesOf(elsewhere), ["stock"]);
  });

  it("moves every request that meets a service which moves", () => {
    const report = diffLanes(
      side("before", [s4]),
      side("after", [laneGroupSchema.parse({ ...s4Input, services: moved() })]),
    );
    // mockb answers every lane, so nobody meets the same pods as before.
    const shares = report.moves.flatMap(({ regions }) => regions.map(({ moved: share }) => share));
    assert.ok(shares.length > 0 && shares.every((share) => share === 100), JSON.stringify(report.verdict));
  });

  it("refuses a namespace that is no name, once", () => {
    const services = s4Input.services.map((service, index) =>
      index === 1 ? { ...service, namespace: "St ock" } : service,
    );
    const problems = validateLaneGroups([{ path: "g", input: { ...s4Input, services } }]);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["g.services[1].namespace"],
    );
  });
});

function moved() {
  return s4Input.services.map((service, index) => (index === 1 ? { ...service, namespace: "stock" } : service));
}

function spreadStrict() {
  return s2Input.services.map((service, index) => (index === 1 ? { ...service, namespace: "stock" } : service));
}
