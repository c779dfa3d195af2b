import assert from "node:assert/strict";
import { parseStackConfig } from "../../../config/parse";
import { createStack } from "../../../stacks/stack";
import { isRecord } from "../../../tools/values";
import { type RecordedResource, startPulumiMocks } from "../pulumi-mocks";
import { answers, environment } from "./programs";
import { runProgram } from "./run-stack";

const workload = { app: "mock", port: 8000, versions: ["v1", "v2"] };
const stack = {
  cluster: { kind: "embedded" },
  security: { mtls: "permissive", authorization: false, networkPolicies: false },
  workloads: [
    { ...workload, name: "web", namespace: "shop-a" },
    { ...workload, name: "cart", namespace: "shop-b" },
  ],
  laneGroups: [
    {
      name: "shop",
      mode: "permissive",
      services: ["web", "cart"].map((name, index) => ({
        ...{ name, port: 8000, versions: ["v1", "v2"], namespace: ["shop-a", "shop-b"][index] },
      })),
      entry: { service: "web", gateway: "istio-system/ingressgateway", hosts: ["shop.example.com"] },
      routeHeader: "x-lane",
      baseline: "v1",
      lanes: [{ name: "v1" }, { name: "v2", version: "v2", match: { headers: { "x-user": { exact: "a" } } } }],
    },
  ],
};
const older = { version: "1.30.4" };
const newer = { version: "1.31.0", revision: "v1-31" };

/** What the engine compares: inputs, by what it knows a resource by. */
type Resources = ReadonlyMap<string, RecordedResource["inputs"]>;

interface Made {
  readonly inputs: Resources;
  /** What a resource depends on, by their names. */
  readonly needs: (name: string) => string[];
}

const known = new Map<string, Promise<Made>>();

/** The resources of the stack with a mesh. */
function resources(mesh: object): Promise<Made> {
  const key = JSON.stringify(mesh);
  const made = known.get(key) ?? make(mesh);
  known.set(key, made);
  return made;
}

async function make(mesh: object): Promise<Made> {
  const mocks = await startPulumiMocks(answers);
  const config = parseStackConfig({ ...stack, mesh });
  await runProgram(() => createStack(config, { ...environment, previousCharts: "/older" }));
  const made = mocks.resources.filter(({ custom }) => custom);
  return {
    inputs: new Map(made.map(({ type, name, inputs }) => [`${type} ${name}`, inputs])),
    needs: (name) => mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1) ?? ""),
  };
}
/** What an update from one to the other would do, by the names of resources. */
function update(before: Resources, after: Resources): string[] {
  const text = (inputs: unknown) => JSON.stringify(inputs);
  return [
    ...[...after].flatMap(([key, inputs]) => {
      if (!before.has(key)) return [`+ ${key.split(" ")[1]}`];
      return text(before.get(key)) === text(inputs) ? [] : [`~ ${key.split(" ")[1]}`];
    }),
    ...[...before.keys()].flatMap((key) => (after.has(key) ? [] : [`- ${key.split(" ")[1]}`])),
  ].sort();
}

function labelsOf(resources: Resources, namespace: string): unknown {
  const { metadata } = resources.get(`kubernetes:core/v1:Namespace namespace-${namespace}`) ?? {};
  const labels = isRecord(metadata) && isRecord(metadata.labels) ? metadata.labels : {};
  return [labels["istio-injection"], labels["istio.io/rev"]];
}

/** The older one was installed with the charts of its own version, as it is beside the new one. */
const alone = { ...older, charts: "/older" };
const during = (...namespaces: string[]) => ({ ...newer, previous: { ...older, namespaces } });

describe("an upgrade by namespace", () => {
  it("installs the new control plane, and moves what is not on the list: workloads and gateway", async () => {
    const [before, after] = [await resources(alone), await resources(during("shop-b"))];
    assert.deepEqual(update(before.inputs, after.inputs), [
      "+ mesh-istiod-v1-31",
      "+ mesh-use-v1-31",
      "~ gateway-proxy",
      "~ mesh-base",
      "~ namespace-shop-a",
      "~ shop-a/web-v1",
      "~ shop-a/web-v2",
    ]);
    assert.deepEqual(labelsOf(after.inputs, "shop-a"), [undefined, "v1-31"]);
    assert.deepEqual(labelsOf(after.inputs, "shop-b"), ["enabled", undefined]);
  });

  it("moves nothing where all are on the list: the new one only comes, with the CRDs of its version", async () => {
    const all = ["shop-a", "shop-b", "istio-system"];
    const [before, after] = [await resources(alone), await resources(during(...all))];
    const comes = ["+ mesh-istiod-v1-31", "+ mesh-use-v1-31"];
    assert.deepEqual(update(before.inputs, after.inputs), [...comes, "~ mesh-base"]);
    const { version } = newer;
    const [same, beside] = [await resources({ version }), { ...newer, previous: { version, namespaces: all } }];
    assert.deepEqual(update(same.inputs, (await resources(beside)).inputs), comes);
  });

  it("moves a namespace that is taken off the list, and no other", async () => {
    const [first, second] = [during("shop-a", "shop-b", "istio-system"), during("shop-b", "istio-system")];
    const moves = ["~ namespace-shop-a", "~ shop-a/web-v1", "~ shop-a/web-v2"];
    const [before, after] = [await resources(first), await resources(second)];
    assert.deepEqual(update(before.inputs, after.inputs), moves);
    assert.deepEqual(update(after.inputs, before.inputs), moves);
    const gateway = await resources(during("shop-b"));
    assert.deepEqual(update(after.inputs, gateway.inputs), ["~ gateway-proxy"]);
  });

  it("moves the last ones and removes the control plane of before without the list; an empty list keeps it", async () => {
    const [before, waiting, after] = [
      await resources(during("shop-b")),
      await resources(during()),
      await resources(newer),
    ];
    const moves = ["~ namespace-shop-b", "~ shop-b/cart-v1", "~ shop-b/cart-v2"];
    assert.deepEqual(update(before.inputs, after.inputs), ["- mesh-istiod", "- mesh-use", "~ mesh-base", ...moves]);
    assert.deepEqual(update(before.inputs, waiting.inputs), moves);
    assert.deepEqual(update(waiting.inputs, after.inputs), ["- mesh-istiod", "- mesh-use", "~ mesh-base"]);
  });

  it("goes back by namespace, too, and ends as it began", async () => {
    const back = { ...alone, previous: { ...newer, charts: "/charts", namespaces: ["shop-b"] } };
    const [before, halfway, after] = [await resources(newer), await resources(back), await resources(alone)];
    assert.deepEqual(update(before.inputs, halfway.inputs), [
      "+ mesh-istiod",
      "+ mesh-use",
      "~ gateway-proxy",
      "~ namespace-shop-a",
      "~ shop-a/web-v1",
      "~ shop-a/web-v2",
    ]);
    assert.deepEqual(halfway.inputs.get("kubernetes:helm.sh/v3:Release mesh-base")?.chart, "/charts/base");
    assert.deepEqual(update(halfway.inputs, after.inputs), [
      "- mesh-istiod-v1-31",
      "- mesh-use-v1-31",
      "~ mesh-base",
      "~ namespace-shop-b",
      "~ shop-b/cart-v1",
      "~ shop-b/cart-v2",
    ]);
  });

  it("has pods and gateway wait for both control planes, whichever theirs is, and go before them", async () => {
    const { needs } = await resources(during("shop-b"));
    for (const name of ["gateway-proxy", "shop-a/web-v1", "shop-b/cart-v1"]) {
      assert.ok(needs(name).includes("mesh-use-v1-31"), name);
    }
    assert.ok(needs("mesh-use-v1-31").includes("mesh-istiod-v1-31"));
    assert.ok(needs("mesh-istiod-v1-31").includes("mesh-use"));
  });

  it("takes the charts of the control plane of before from where that version has them", async () => {
    const charts = async (mesh: object) =>
      (await resources(mesh)).inputs.get("kubernetes:helm.sh/v3:Release mesh-istiod")?.chart;
    const previous = { ...older, namespaces: ["shop-b"] };
    assert.equal(await charts({ ...newer, previous }), "/older/istio-discovery");
    assert.equal(await charts({ ...newer, previous: { ...previous, charts: "/mine" } }), "/mine/istio-discovery");
    assert.equal(await charts({ ...newer, charts: "/new", previous }), "/older/istio-discovery");
    const same = { ...previous, version: newer.version };
    assert.equal(await charts({ ...newer, previous: same }), "/charts/istio-discovery");
    assert.equal(await charts({ ...newer, charts: "/new", previous: same }), "/new/istio-discovery");
  });

  it("brings the gateway's pods with the chart and revision of its namespace's control plane", async () => {
    const proxy = async (...namespaces: string[]) => {
      const { inputs } = await resources(during(...namespaces));
      const { chart, values } = inputs.get("kubernetes:helm.sh/v3:Release gateway-proxy") ?? {};
      assert.ok(isRecord(values));
      return [chart, values.revision, values.podAnnotations];
    };
    assert.deepEqual(await proxy("istio-system"), ["/older/gateway", undefined, { "mesh-lanes/proxy": "1.30.4" }]);
    assert.deepEqual(await proxy(), ["/charts/gateway", "v1-31", { "mesh-lanes/proxy": "1.31.0 v1-31" }]);
  });
});
