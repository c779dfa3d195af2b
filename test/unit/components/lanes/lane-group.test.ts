import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Barrier } from "../../../../components/lanes/barrier";
import { renderSharedFilters } from "../../../../components/lanes/istio/render";
import { LaneGroup } from "../../../../components/lanes/lane-group";
import { contentHash } from "../../../../components/lanes/object";
import { createSharedFilter } from "../../../../components/lanes/shared-filter";
import { looking, observe } from "../../../../components/live/watch";
import { outputValue, settled, startPulumiMocks } from "../../pulumi-mocks";
import { gatewayPods, s2, s4 } from "./fixtures";

/** A cluster that has the gateway's routes of these lanes, and of another one no more than a filter. */
function observeLanes(provider: k8s.Provider, group: string, lanes: readonly string[], killed?: string): void {
  const metadata = { namespace: "default", labels: { "mesh-lanes/group": group } };
  const annotations = { "mesh-lanes/lanes": lanes.join() };
  const labels = { ...metadata.labels, "mesh-lanes/lane": killed ?? "" };
  const items = [
    { kind: "VirtualService", metadata: { ...metadata, name: "gateway-routes", annotations } },
    ...(killed === undefined ? [] : [{ kind: "EnvoyFilter", metadata: { ...metadata, labels, name: "brought" } }]),
  ];
  looking.kubectl = () => async (args) => (args.includes("--selector") ? JSON.stringify({ items }) : "");
  observe(provider, "{}");
}

class Wait extends pulumi.CustomResource {}

describe("LaneGroup", () => {
  const sharedFilters = renderSharedFilters(s4, { gateway: gatewayPods });
  const sharedNames = sharedFilters.map(({ metadata }) => `EnvoyFilter/${metadata.namespace}/${metadata.name}`);

  /**
   * As a stack does: with the filters that all groups share there before.
   *
   * @param previousLanes lanes of the group that are in the cluster; none: nobody knows.
   */
  async function build(group: typeof s2, barrier?: Barrier, previousLanes?: readonly string[], killed?: string) {
    const mocks = await startPulumiMocks();
    const provider = new k8s.Provider("mesh", { kubeconfig: "{}" });
    if (previousLanes) observeLanes(provider, group.name, previousLanes, killed);
    for (const [index, filter] of sharedFilters.entries()) {
      createSharedFilter(`filters-${index}`, filter, { provider });
    }
    const component = new LaneGroup(group.name, { group, gateway: gatewayPods, barrier }, { provider });
    await settled(component);
    return { mocks, component };
  }

  it("makes the rendered objects as its children, with the provider it was given", async () => {
    const { mocks, component } = await build(s2);
    const urn = await outputValue(component.urn);
    const ofMesh = mocks.resources.filter((resource) => resource.type.startsWith("kubernetes:networking"));
    const made = ofMesh.filter(({ name }) => !/^filters-/.test(name));
    assert.equal(made.length, 10);
    for (const resource of made) {
      assert.equal(resource.parent, urn);
      assert.match(resource.provider, /pulumi:providers:kubernetes::mesh::/);
    }
    const name = `test.mockb.${contentHash(["v1", "v2", "v3"])}`;
    assert.deepEqual(mocks.named(`DestinationRule/default/${name}`).inputs, {
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata: {
        ...{ name, namespace: "default" },
        labels: { "app.kubernetes.io/managed-by": "mesh-lanes", "mesh-lanes/group": "test" },
      },
      spec: {
        host: "mockb.default.svc.cluster.local",
        subsets: ["v1", "v2", "v3"].map((version) => ({
          name: `version-${version}`,
          labels: { ASM_TRAFFIC_TAG: version },
        })),
      },
    });
  });

  it("makes each step after the one before it", async () => {
    const { mocks } = await build(s4);
    const dependenciesOf = (name: string) => mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1) ?? "");
    // Subsets and filters are one step: were each filter to depend on each subset, the state of many lanes would be made of that.
    const brought = mocks.resources.flatMap(({ name }) =>
      name.startsWith("EnvoyFilter/default/shop.v3.") ? [name] : [],
    );
    assert.equal(brought.length, 1);
    const first = ["DestinationRule/default/shop.mocka", "EnvoyFilter/default/shop", ...brought];
    const routeDependencies = dependenciesOf("VirtualService/default/shop.mockb");
    for (const name of first) {
      assert.deepEqual(dependenciesOf(name), ["filters-0", "filters-1"], name);
      assert.ok(routeDependencies.includes(name), name);
    }
    assert.ok(dependenciesOf("VirtualService/default/shop").includes("EnvoyFilter/default/shop.mockb"));
  });

  it("makes the rule of a host that has no subsets first, so that it is the oldest", async () => {
    const { mocks } = await build(s2);
    const [rule] = mocks.resources.filter(({ name }) => /^DestinationRule.default.test.mockb.[0-9a-f]{8}$/.test(name));
    const needs = rule?.dependencies.map((urn) => urn.split("::").at(-1));
    assert.ok(needs?.includes("DestinationRule/default/test.mockb"), needs?.join());
  });

  it("makes the filters that all groups share itself where its program has not, for good, and once", async () => {
    const mocks = await startPulumiMocks();
    const provider = new k8s.Provider("mesh", { kubeconfig: "{}" });
    const [first, second] = ["a", "b"].map(
      (name) => new LaneGroup(name, { group: { ...s4, name }, gateway: gatewayPods }, { provider }),
    );
    assert.ok(first && second);
    await settled(first, second);
    const shared = mocks.resources.filter(({ name }) => name.includes("mesh-lanes."));
    assert.deepEqual(
      new Map(shared.map(({ name, retainOnDelete }) => [name, retainOnDelete])),
      new Map(sharedNames.map((name) => [name, true])),
    );
    assert.equal(shared.length, sharedNames.length);
    for (const { parent, provider: used } of shared) {
      assert.equal(parent, await outputValue(first.urn));
      assert.match(used, /pulumi:providers:kubernetes::mesh::/);
    }
    for (const group of ["a", "b"]) {
      const dependencies = mocks
        .named(`EnvoyFilter/default/${group}`)
        .dependencies.map((urn) => urn.split("::").at(-1));
      assert.deepEqual(dependencies, sharedNames);
    }
  });

  it("makes the objects of ASM in the same order, those without a namespace under their name", async () => {
    const mocks = await startPulumiMocks();
    const provider = new k8s.Provider("mesh", { kubeconfig: "{}" });
    const group = { ...s2, asmWay: "swimlanes" } as const;
    await settled(new LaneGroup("test", { group, gateway: gatewayPods, mesh: "asm" }, { provider }));
    const lane = mocks.named("ASMSwimLane/s2");
    assert.match(lane.provider, /pulumi:providers:kubernetes::mesh::/);
    assert.deepEqual(
      lane.dependencies.map((urn) => urn.split("::").at(-1)),
      ["ASMSwimLaneGroup/test"],
    );
    assert.equal(lane.inputs.apiVersion, "istio.alibabacloud.com/v1");
    assert.deepEqual(lane.inputs.metadata, {
      name: "s2",
      labels: {
        "app.kubernetes.io/managed-by": "mesh-lanes",
        "mesh-lanes/group": "test",
        "mesh-lanes/lane": "s2",
        "swimlane-group": "test",
      },
    });
    assert.equal(mocks.resources.filter(({ type }) => type.includes("istio.io")).length, 0);
  });

  it("chains routes to subsets where there are no filters", async () => {
    const { mocks } = await build(s2);
    const { dependencies } = mocks.named("VirtualService/default/test.mocka");
    assert.equal(dependencies.filter((urn) => urn.includes("DestinationRule/default/test.")).length, 6);
  });

  it("waits at a barrier between the steps and after the last one", async () => {
    const fingerprints: string[] = [];
    const wait: Barrier = ({ stage, fingerprint, parent, dependsOn }) => {
      fingerprints.push(fingerprint);
      return new Wait("test:index:Wait", `wait-${stage}`, {}, { parent, dependsOn });
    };
    const { mocks } = await build(s4, wait);
    const waits = (name: string) =>
      mocks.named(name).dependencies.flatMap((urn) => /wait-[a-z-]+$/.exec(urn)?.[0] ?? []);
    assert.deepEqual(waits("EnvoyFilter/default/shop"), []);
    assert.deepEqual(waits("VirtualService/default/shop.mockb"), ["wait-subsets"]);
    assert.deepEqual(waits("VirtualService/default/shop"), ["wait-service-routes"]);
    assert.ok(mocks.named("wait-entry-routes").dependencies.some((urn) => urn.endsWith("VirtualService/default/shop")));
    assert.equal(new Set(fingerprints).size, 3);
  });

  it("waits by itself where it knows its cluster, for a control plane that tells and for one that does not", async () => {
    const mocks = await startPulumiMocks();
    const provider = new k8s.Provider("mesh", { kubeconfig: "{}" });
    const kubeconfig = pulumi.secret("kubeconfig");
    await settled(new LaneGroup("own", { group: s4, gateway: gatewayPods, kubeconfig }, { provider }));
    const waits = mocks.ofType("pulumi-nodejs:dynamic:ProxySync");
    assert.deepEqual(waits.map(({ name }) => name).sort(), [
      "shop-entry-routes-acknowledged",
      "shop-service-routes-acknowledged",
      "shop-subsets-acknowledged",
    ]);
    for (const { inputs, provider: processes } of waits) {
      // Wrapped: it is a secret.
      assert.equal((inputs.kubeconfig as { value: unknown }).value, "kubeconfig");
      assert.equal(inputs.group, "shop");
      assert.match(processes, /own-processes/);
    }
    const managed = await startPulumiMocks();
    const mesh = new k8s.Provider("mesh", { kubeconfig: "{}" });
    const args = { group: s4, gateway: gatewayPods, mesh: "asm" as const, kubeconfig };
    await settled(new LaneGroup("own", args, { provider: mesh }));
    for (const { inputs } of managed.ofType("pulumi-nodejs:dynamic:ProxySync"))
      assert.deepEqual([inputs.kubeconfig, inputs.blindSeconds], [undefined, 10]);
  });

  it("says that it cannot wait where it does not know its cluster", async () => {
    const said: string[] = [];
    const { warn } = pulumi.log;
    Object.assign(pulumi.log, { warn: async (text: string) => void said.push(text) });
    try {
      await build(s4);
      await build(s4, ({ stage, parent, dependsOn }) => new Wait("test:index:Wait", stage, {}, { parent, dependsOn }));
    } finally {
      Object.assign(pulumi.log, { warn });
    }
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^lane group shop has no kubeconfig, .*some requests meet two versions/);
  });

  it("deletes the routes of a service that leaves before their subsets: the barrier between them stays", async () => {
    const wait: Barrier = ({ stage, parent, dependsOn }) =>
      new Wait("test:index:Wait", `wait-${stage}`, {}, { parent, dependsOn });
    const { mocks } = await build(s2, wait);
    const needs = mocks.named("VirtualService/default/test.mockb").dependencies.map((urn) => urn.split("::").at(-1));
    // Those of its own host and no others: each subset is named once, however many lanes there are.
    const hash = contentHash(["v1", "v2", "v3"]);
    const subsets = ["test.mockb", `test.mockb.${hash}`].map((name) => `DestinationRule/default/${name}`);
    assert.deepEqual(needs.sort(), [...subsets, "wait-subsets"]);
  });

  it("changes the entry before the services where a lane goes", async () => {
    const wait: Barrier = ({ stage, parent, dependsOn }) =>
      new Wait("test:index:Wait", `wait-${stage}`, {}, { parent, dependsOn });
    const { mocks } = await build(s2, wait, ["s1", "s2", "s3", "s4"]);
    const dependenciesOf = (name: string) => mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1) ?? "");
    assert.deepEqual(dependenciesOf("VirtualService/default/test"), ["wait-subsets"]);
    assert.deepEqual(dependenciesOf("wait-entry-routes"), ["VirtualService/default/test"]);
    assert.ok(dependenciesOf("VirtualService/default/test.mockb").includes("wait-entry-routes"));
    assert.deepEqual(
      dependenciesOf("wait-service-routes"),
      ["mocka", "mockb", "mockc"].map((service) => `VirtualService/default/test.${service}`),
    );
  });

  it("changes the services first where a lane goes and one comes that a killed update began with: nobody has entered it", async () => {
    const wait: Barrier = ({ stage, parent, dependsOn }) =>
      new Wait("test:index:Wait", `wait-${stage}`, {}, { parent, dependsOn });
    const { mocks } = await build(s2, wait, ["s1", "s2", "s4"], "s3");
    const { dependencies } = mocks.named("VirtualService/default/test");
    assert.deepEqual(
      dependencies.map((urn) => urn.split("::").at(-1)),
      ["wait-service-routes"],
    );
  });

  it("has a new fingerprint for each step that changes, in whatever order", async () => {
    const fingerprintsOf = async (group: typeof s2, previousLanes?: readonly string[]) => {
      const seen: [string, string][] = [];
      const note: Barrier = ({ stage, fingerprint, parent }) => {
        seen.push([stage, fingerprint]);
        return new Wait("test:index:Wait", `wait-${stage}`, {}, { parent });
      };
      await build(group, note, previousLanes);
      return Object.fromEntries(seen);
    };
    const before = await fingerprintsOf(s4);
    const [first, ...lanes] = s4.lanes;
    assert.ok(first);
    const weights = await fingerprintsOf({ ...s4, lanes: [{ ...first, weight: 41 }, ...lanes] });
    assert.deepEqual({ ...weights, "entry-routes": before["entry-routes"] }, before);
    assert.notEqual(weights["entry-routes"], before["entry-routes"]);
    assert.deepEqual(await fingerprintsOf(s4, ["v1", "v2", "v3", "v4"]), before);
  });

  it("tells its lanes and its table", async () => {
    const { component } = await build(s4);
    assert.deepEqual(await outputValue(component.lanes), ["v1", "v2", "v3"]);
    const table = await outputValue(component.table);
    assert.deepEqual(table.lanes[1], {
      lane: "v2",
      cells: [
        { service: "mocka", version: "v2", reason: "own" },
        { service: "mockb", version: "v1", reason: "fallback" },
        { service: "mockc", version: "v2", reason: "own" },
      ],
    });
  });
});
