import assert from "node:assert/strict";
import {
  brokenRoutes,
  goneSubsets,
  type HostSubsets,
  routesOfOthersStay,
} from "../../../../components/lanes/named-subsets";
import type { Claimant } from "../../../../components/live/claim";
import { ClusterObjects } from "../../../../components/live/cluster-objects";
import { readLiveObject } from "../../../../components/live/object";

const host = "cart.shop.svc.cluster.local";
const ours = { "app.kubernetes.io/managed-by": "mesh-lanes", "mesh-lanes/stack": "mesh-lanes.test" };
const rule = (name: string, subsets: readonly string[], labels: object = { ...ours, "mesh-lanes/group": "shop" }) => ({
  kind: "DestinationRule",
  metadata: { namespace: "shop", name, labels },
  spec: { host, subsets: subsets.map((subset) => ({ name: subset })) },
});
const route = (destination: object, more: object = {}, namespace = "shop", labels = {}) => ({
  kind: "VirtualService",
  metadata: { namespace, name: "front", labels },
  spec: { http: [{ route: [{ destination }], ...more }] },
});
const objects = (...items: object[]) => items.flatMap((item) => readLiveObject(item) ?? []);

describe("routes of others that name subsets of lane groups", () => {
  const gone: HostSubsets[] = [{ host, subsets: ["version-v1"] }];
  const left: HostSubsets[] = [{ host, subsets: ["version-v2"] }];
  const broken = (item: object) => brokenRoutes(objects(item), gone, left).map(({ path }) => path);

  it("are broken by a subset that goes, in whatever way they name it", () => {
    const subset = "version-v1";
    const named = ["VirtualService shop/front"];
    assert.deepEqual(broken(route({ host: "cart", subset })), named);
    assert.deepEqual(broken(route({ host: "CART.shop.svc.cluster.local", subset }, {}, "edge")), [
      "VirtualService edge/front",
    ]);
    assert.deepEqual(broken(route({ host: "other" }, { mirrors: [{ destination: { host: "cart", subset } }] })), named);
    assert.deepEqual(broken(route({ host: "other" }, { mirror: { host: "cart", subset } })), named);
    const tcp = { ...route({ host: "x" }), spec: { tcp: [{ route: [{ destination: { host: "cart", subset } }] }] } };
    assert.deepEqual(broken(tcp), named);
  });

  it("are not broken where they name another subset or service, or are of a lane group", () => {
    const subset = "version-v1";
    assert.deepEqual(broken(route({ host: "cart", subset: "version-v2" })), []);
    assert.deepEqual(broken(route({ host: "cart" })), []);
    assert.deepEqual(broken(route({ host: "cart", subset }, {}, "edge")), []);
    assert.deepEqual(broken(route({ host: "cart", subset }, {}, "shop", ours)), []);
  });

  it("are told once, with what to write there", () => {
    const twice = route({ host: "cart", subset: "version-v1" }, { mirror: { host: "cart", subset: "version-v1" } });
    assert.deepEqual(brokenRoutes(objects(twice), gone, left), [
      {
        path: "VirtualService shop/front",
        got: `it leads to subset version-v1 of ${host}, which goes with this change`,
        expected: "routes of others that name no subset which goes: their requests would get 503",
        fix: "Write another subset there first: version-v2.",
      },
    ]);
    assert.match(brokenRoutes(objects(twice), gone, [])[0]?.fix ?? "", /Take the subset out there first/);
  });

  it("finds gone what no rule of the host has any more", () => {
    const before = [...gone, { host, subsets: [] }, { host: "other", subsets: ["version-v1"] }];
    assert.deepEqual(goneSubsets(before, left), [...gone, { host: "other", subsets: ["version-v1"] }]);
    assert.deepEqual(goneSubsets(left, [...gone, ...left]), []);
  });
});

describe("routesOfOthersStay", () => {
  const claimant: Claimant = {
    ...{ stack: "mesh-lanes.test", adopt: new Set(), fixes: new Map() },
    state: async () => undefined,
  };
  const asked: string[] = [];
  /** A cluster as kubectl tells it: what has the stack's label, or all of a kind. */
  const clusterOf = (...all: (ReturnType<typeof rule> | ReturnType<typeof route>)[]) =>
    new ClusterObjects(async (args) => {
      asked.push(args.join(" "));
      const wanted = args.includes("--selector")
        ? all.filter(({ metadata }) => JSON.stringify(metadata.labels).includes(claimant.stack))
        : all.filter(({ kind }) => args[1]?.startsWith(kind.toLowerCase()));
      return JSON.stringify({ items: wanted });
    }, claimant.stack);
  const own = rule("shop.cart.1", ["version-v1", "version-v2"]);
  const elsewhere = rule("o", ["version-v1"], { "mesh-lanes/stack": "elsewhere", "mesh-lanes/group": "shop" });
  const theirs = route({ host: "cart", subset: "version-v1" });
  const v2 = [{ host, subsets: ["version-v2"] }];

  it("asks for routes only where a subset goes", async () => {
    asked.length = 0;
    const check = routesOfOthersStay([{ host, subsets: ["version-v1", "version-v2"] }], (group) => group === "shop");
    assert.deepEqual(await check(clusterOf(own, theirs), claimant), []);
    assert.equal(asked.length, 1);
  });

  it("lets a subset go that another stack's rule of the host still has", async () => {
    assert.deepEqual(await routesOfOthersStay(v2, () => true)(clusterOf(own, elsewhere, theirs), claimant), []);
  });

  it("refuses a promotion that takes a subset from a route of others", async () => {
    const alone = clusterOf(own, theirs);
    const found = await routesOfOthersStay(v2, (group) => group === "shop")(alone, claimant);
    assert.deepEqual(
      found.map(({ path }) => path),
      ["VirtualService shop/front"],
    );
    assert.deepEqual(await routesOfOthersStay(v2, (group) => group === "another")(alone, claimant), []);
  });
});
