import assert from "node:assert/strict";
import { type Claimant, claimProblems, releaseProblems } from "../../../../components/live/claim";
import { ClusterObjects } from "../../../../components/live/cluster-objects";
import { stateObjects } from "../../../../components/live/state";

interface Metadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly managedFields?: readonly object[];
}

const claim = {
  kind: "Deployment",
  resource: "deployments.apps",
  namespace: "shop",
  name: "web-v1",
  type: "kubernetes:apps/v1:Deployment",
  resourceName: "shop-web-v1",
  shared: false,
};
const release = { namespace: "edge", name: "istio-ingressgateway" };

const claimant = (more: Partial<Claimant> = {}): Claimant => ({
  stack: "mesh-lanes.dev",
  adopt: new Set(),
  fixes: new Map(),
  state: async () => undefined,
  ...more,
});

/** A cluster with objects of kinds and names, and Helm's records as kubectl prints them. */
function cluster(objects: Record<string, Metadata>, records = ""): ClusterObjects {
  const items = Object.entries(objects).map(([path, metadata]) => {
    const [kind, place = ""] = path.split(" ");
    const [namespace, name] = place.includes("/") ? place.split("/") : [undefined, place];
    return { kind, metadata: { name, namespace, ...metadata } };
  });
  return new ClusterObjects(async (args) => {
    if (args.includes("secrets")) return records;
    const ours = args.includes("--selector");
    const listed = items.filter(({ metadata }) => !ours || metadata.labels?.["mesh-lanes/stack"] === "mesh-lanes.dev");
    return JSON.stringify({ items: listed });
  }, "mesh-lanes.dev");
}

describe("claimProblems", () => {
  const problems = (metadata: Metadata, more: Partial<Claimant> = {}, planned = claim) =>
    claimProblems(cluster({ [`${planned.kind} shop/${planned.name}`]: metadata }), planned, claimant(more));

  it("finds a free name free", async () => {
    assert.deepEqual(await claimProblems(cluster({}), claim, claimant()), []);
  });

  it("names who has the object, and every way out", async () => {
    const [problem, ...more] = await problems({
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop" },
      managedFields: [
        { manager: "helm", operation: "Update" },
        { manager: "kube-controller-manager", subresource: "status" },
      ],
    });
    assert.deepEqual(more, []);
    assert.deepEqual(problem, {
      path: "Deployment shop/web-v1",
      got: "it exists, and this stack did not make it (Helm release shop/web; managed by Helm; written by helm)",
      expected: "a name that is free, or an object of this stack",
      fix: "Choose another name for yours; or have this stack take it over: add \"Deployment shop/web-v1\" to mesh-lanes:adopt, or run `pulumi import kubernetes:apps/v1:Deployment 'shop-web-v1' shop/web-v1`.",
    });
  });

  it("prints a command that a shell reads as it is meant, whatever the resource is called", async () => {
    const [problem] = await problems({}, {}, { ...claim, resourceName: "shop's web" });
    assert.match(problem?.fix ?? "", / 'shop'\\''s web' shop\/web-v1`/);
  });

  it("takes what carries the stack's own label, whatever the state knows", async () => {
    assert.deepEqual(await problems({ labels: { "mesh-lanes/stack": "mesh-lanes.dev" } }), []);
  });

  it("leaves what another stack has made", async () => {
    const [problem] = await problems({ labels: { "mesh-lanes/stack": "mesh-lanes.prod" } });
    assert.match(problem?.got ?? "", /stack mesh-lanes\.prod of this project/);
  });

  it("takes what the config names", async () => {
    assert.deepEqual(await problems({}, { adopt: new Set(["Deployment shop/web-v1"]) }), []);
  });

  it("takes an object of an earlier version, or an imported one, by the state: the very object, not its name", async () => {
    const type = "kubernetes:apps/v1:Deployment";
    const resource = { type, outputs: { metadata: { name: "web-v1", namespace: "shop", uid: "uid-1" } } };
    const state = async () => stateObjects({ deployment: { resources: [resource] } });
    assert.deepEqual(await problems({ uid: "uid-1" }, { state }), []);
    assert.equal((await problems({ uid: "uid-2" }, { state })).length, 1);
    // What is only added to an object is no sign that it is ours.
    const patch = async () => stateObjects({ deployment: { resources: [{ ...resource, type: `${type}Patch` }] } });
    assert.equal((await problems({ uid: "uid-1" }, { state: patch })).length, 1);
  });

  it("uses what stacks share, and nothing else in its name", async () => {
    const filter = { ...claim, kind: "EnvoyFilter", resource: "envoyfilters.networking.istio.io", shared: true };
    const labels = { "mesh-lanes/stack": "mesh-lanes.prod", "app.kubernetes.io/managed-by": "mesh-lanes" };
    assert.deepEqual(await problems({ labels }, {}, filter), []);
    assert.equal((await problems({}, {}, filter)).length, 1);
    assert.equal((await problems({ labels }, {}, { ...filter, shared: false })).length, 1);
  });
});

describe("releaseProblems", () => {
  const record =
    "edge   sh.helm.release.v1.istio-ingressgateway.v1   helm.sh/release.v1   1   5d   name=istio-ingressgateway,owner=helm";
  const ours = { labels: { "mesh-lanes/stack": "mesh-lanes.dev" } };

  it("finds a free name free, also where the release is in another namespace", async () => {
    assert.deepEqual(await releaseProblems(cluster({}), [release], claimant()), []);
    assert.deepEqual(await releaseProblems(cluster({}, record.replace("edge", "other")), [release], claimant()), []);
  });

  it("leaves a release of others", async () => {
    const [problem] = await releaseProblems(cluster({}, record), [release], claimant());
    assert.equal(problem?.path, "Release edge/istio-ingressgateway");
    assert.match(problem?.fix ?? "", /helm uninstall istio-ingressgateway --namespace edge/);
  });

  it("knows its own by its namespace, by the gateway beside it, or by the state", async () => {
    for (const object of ["Namespace edge", "Gateway edge/ingressgateway"]) {
      assert.deepEqual(await releaseProblems(cluster({ [object]: ours }, record), [release], claimant()), [], object);
    }
    const inputs = { ...release };
    const state = async () =>
      stateObjects({ deployment: { resources: [{ type: "kubernetes:helm.sh/v3:Release", inputs }] } });
    assert.deepEqual(await releaseProblems(cluster({}, record), [release], claimant({ state })), []);
  });

  it("leaves objects of others that the chart would have in the same name", async () => {
    const [problem] = await releaseProblems(
      cluster({ "Service edge/istio-ingressgateway": {} }),
      [release],
      claimant(),
    );
    assert.equal(problem?.path, "Service edge/istio-ingressgateway");
    const left = { annotations: { "meta.helm.sh/release-name": "istio-ingressgateway" } };
    const leftover = cluster({ "Service edge/istio-ingressgateway": left });
    assert.deepEqual(await releaseProblems(leftover, [release], claimant()), []);
  });
});
