import assert from "node:assert/strict";
import { importedStackFile } from "../../../../cli/import/stack-file";
import { stackValues } from "../../../../cli/import/stack-values";
import { propose } from "../../../systems/imported";
import { deployment, istio, proposed, service, versioned, web } from "./fixtures";

const usual = "app.kubernetes.io/version";
const tracks = [
  service("cart"),
  deployment("cart-stable", { app: "cart", track: "stable" }),
  deployment("cart-b", { app: "cart", track: "canary", release: "b" }),
];
const subsets = (...named: readonly (readonly [string, object])[]) =>
  istio("DestinationRule", "cart", { host: "cart", subsets: named.map(([name, labels]) => ({ name, labels })) });
const v1AndV2 = subsets(
  ["v1", { app: "cart", track: "stable" }],
  ["v2", { app: "cart", track: "canary", release: "b" }],
);
const cartOf = ({ group }: ReturnType<typeof proposed>) => group.services.find(({ name }) => name === "cart");

describe("labels of versions, imported", () => {
  it("are a service's own where its pods have another usual label than the others'", () => {
    const more = versioned("prices", "v1");
    const found = proposed([...web, ...more, service("cart"), deployment("cart", { app: "cart", [usual]: "1.4.2" })]);
    assert.equal(found.group.versionLabel, undefined);
    assert.deepEqual([cartOf(found)?.versionLabel, cartOf(found)?.versions], [usual, ["1.4.2"]]);
    assert.deepEqual(found.group.lanes, [{ name: "baseline", version: "v1", versions: { cart: "1.4.2" } }]);
    assert.deepEqual(found.of("first"), []);
    assert.deepEqual(found.commands, []);
  });

  it("are a service's own where another label tells its workloads apart", () => {
    const both = ["a", "b"].map((stage) => deployment(`cart-${stage}`, { app: "cart", version: "v1", stage }));
    const found = proposed([...web, ...versioned("prices", "v1", "v2"), service("cart"), ...both]);
    assert.deepEqual([cartOf(found)?.versionLabel, cartOf(found)?.versions], ["stage", ["a", "b"]]);
    // Where somebody names the label, it is that of all.
    const given = proposed([...web, ...versioned("prices", "v1", "v2"), service("cart"), ...both], {
      versionLabel: "version",
    });
    assert.deepEqual([cartOf(given)?.versionLabel, cartOf(given)?.versions], [undefined, ["v1"]]);
    assert.match(given.of("first").join(), /default\/cart: pods of cart-a, cart-b count as one version/);
  });

  it("are the map of a DestinationRule whose subsets have several, under the names of the subsets", () => {
    const found = proposed([...web, ...tracks, v1AndV2]);
    assert.deepEqual(cartOf(found), {
      ...{ name: "cart", port: 80, versions: ["v1", "v2"], calls: [] },
      versionLabels: { v1: { track: "stable" }, v2: { track: "canary", release: "b" } },
    });
    assert.deepEqual(found.of("first"), [
      "default/cart: calls to it are spread over v1, v2 today, and take v1 alone once the lane group is there",
    ]);
    assert.deepEqual(found.of("decide"), []);
    const proposal = propose([...web, ...tracks, v1AndV2]);
    const file = importedStackFile(stackValues(proposal, { kubeconfig: "k", context: "c" }, []), proposal, " schema");
    assert.match(file, /# HTTP: .*; baseline v1: .*; versions: as the subsets of DestinationRule default\/cart\n/);
  });

  it("keep the baseline that an existing route prefers among them", () => {
    const route = istio("VirtualService", "cart", {
      hosts: ["cart"],
      http: [
        {
          route: [
            { destination: { host: "cart", subset: "v1" }, weight: 10 },
            { destination: { host: "cart", subset: "v2" }, weight: 90 },
          ],
        },
      ],
    });
    const found = proposed([...web, ...tracks, v1AndV2, route]);
    assert.deepEqual(cartOf(found)?.versions, ["v2", "v1"]);
  });

  it("are one label where it is enough: of the subsets' names, or alone in each", () => {
    const named = [
      service("cart"),
      ...["v1", "v2"].map((version) => deployment(`cart-${version}`, { app: "cart", version, track: `t-${version}` })),
      subsets(["v1", { version: "v1", track: "t-v1" }], ["v2", { version: "v2", track: "t-v2" }]),
    ];
    const found = cartOf(proposed([...web, ...named]));
    assert.deepEqual(
      [found?.versionLabel, found?.versionLabels, found?.versions],
      [undefined, undefined, ["v1", "v2"]],
    );
    const alone = subsets(["v1", { track: "stable" }], ["v2", { track: "canary" }]);
    const single = proposed([...web, ...tracks, alone]);
    assert.deepEqual([cartOf(single)?.versionLabels, cartOf(single)?.versions], [undefined, ["canary", "stable"]]);
  });

  it("are no map where pods are in none of the subsets, or may be in two", () => {
    const without = [...tracks, deployment("cart-c", { app: "cart", track: "canary", release: "c" })];
    const left = proposed([...web, ...without, v1AndV2]);
    assert.equal(cartOf(left)?.versionLabels, undefined);
    assert.deepEqual(left.of("decide"), [
      "DestinationRule default/cart: subsets v1, v2 of cart leave out the pods of cart-c",
    ]);
    const overlapping = subsets(
      ["v1", { track: "stable" }],
      ["v2", { release: "b", track: "canary" }],
      ["v3", { release: "b" }],
    );
    const two = proposed([...web, ...tracks, overlapping]);
    assert.equal(cartOf(two)?.versionLabels, undefined);
    assert.deepEqual(two.of("decide"), [
      "DestinationRule default/cart: subsets v1, v2, v3 of cart may select the same pods: no label of two of them differs",
    ]);
  });
});
