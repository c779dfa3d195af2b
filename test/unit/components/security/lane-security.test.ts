import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import { CustomResource } from "@pulumi/pulumi";
import { allowedCalls, anyAccount } from "../../../../components/security/calls";
import { LaneSecurity, type LaneSecurityArgs, renderSecurity } from "../../../../components/security/lane-security";
import { outputValue, settled, startPulumiMocks } from "../../pulumi-mocks";
import { gatewayPods, s2 } from "../lanes/fixtures";

class Wait extends CustomResource {}

const gateway = { ...gatewayPods, account: "istio-ingressgateway" };

describe("LaneSecurity", () => {
  async function build(more: Partial<LaneSecurityArgs> = {}) {
    const mocks = await startPulumiMocks();
    const provider = new Provider("mesh", { kubeconfig: "{}" });
    const fingerprints: string[] = [];
    const component = new LaneSecurity(
      "security",
      {
        namespaces: ["default"],
        calls: allowedCalls({ laneGroups: [s2], workloads: [], allow: [], gateway }),
        gateway,
        controlPlane: { namespace: "istio-system", labels: { app: "istiod" } },
        mtls: "strict",
        authorization: true,
        networkPolicies: true,
        barrier: ({ fingerprint, parent, dependsOn }) => {
          fingerprints.push(fingerprint);
          return new Wait("test:index:Wait", "wait", {}, { parent, dependsOn });
        },
        ...more,
      },
      { provider },
    );
    await settled(component);
    const needs = (name: string) => mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1) ?? "");
    const made = mocks.resources.map(({ name }) => name).filter((name) => name.includes("/"));
    return { mocks, component, needs, made, fingerprints };
  }

  it("makes its objects as its children, with the provider it was given", async () => {
    const { mocks, component, made } = await build();
    const urn = await outputValue(component.urn);
    assert.equal(made.length, 12);
    for (const name of made) {
      assert.equal(mocks.named(name).parent, urn);
      assert.match(mocks.named(name).provider, /pulumi:providers:kubernetes::mesh::/);
    }
    assert.deepEqual(mocks.ofType("kubernetes:security.istio.io/v1:PeerAuthentication")[0]?.inputs, {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: {
        name: "default",
        namespace: "default",
        labels: { "app.kubernetes.io/managed-by": "mesh-lanes", "mesh-lanes/group": "mesh-lanes.security" },
      },
      spec: { mtls: { mode: "STRICT" } },
    });
  });

  it("denies after it has allowed, so that deleting goes the other way round", async () => {
    const { needs, made } = await build();
    const allow = made.filter((name) => !/\/(default|default-deny)$/.test(name)).sort();
    assert.equal(allow.length, 9);
    for (const deny of ["AuthorizationPolicy", "NetworkPolicy"]) {
      assert.deepEqual(needs(`${deny}/default/default-deny`).sort(), allow);
    }
    for (const name of allow) assert.deepEqual(needs(name), [], name);
  });

  it("waits until the proxies have all of it", async () => {
    const { needs, made } = await build();
    assert.deepEqual(needs("wait").sort(), [...made].sort());
  });

  it("waits again only when an object has changed", async () => {
    const [{ fingerprints: one }, { fingerprints: same }, { fingerprints: other }] = [
      await build(),
      await build(),
      await build({ mtls: "permissive" }),
    ];
    assert.deepEqual(one, same);
    assert.notDeepEqual(one, other);
  });

  it("makes mTLS alone where the rest is off", async () => {
    const { made } = await build({ authorization: false, networkPolicies: false });
    assert.deepEqual(made, ["PeerAuthentication/default/default"]);
  });

  it("has nothing to wait for without a namespace", async () => {
    const { made, fingerprints } = await build({ namespaces: [] });
    assert.deepEqual([made, fingerprints], [[], []]);
  });

  it("gives ASM the version of its older instances, and lets in any account of the gateway's namespace", () => {
    const unknown = { ...gateway, account: anyAccount };
    const objects = renderSecurity({
      ...{ namespaces: ["default"], gateway: unknown, mesh: "asm", mtls: "strict", authorization: true },
      calls: allowedCalls({ laneGroups: [s2], workloads: [], allow: [], gateway: unknown }),
      controlPlane: { namespace: "istio-system", labels: { app: "istiod" } },
      networkPolicies: false,
    });
    assert.deepEqual([...new Set(objects.map(({ apiVersion }) => apiVersion))], ["security.istio.io/v1beta1"]);
    const entry = objects.find(({ metadata }) => metadata.name === "default.mocka.from.istio-system.any");
    assert.deepEqual(entry?.spec.rules, [
      { from: [{ source: { principals: ["cluster.local/ns/istio-system/sa/*"] } }] },
    ]);
  });

  it("sends network policies to the cluster's API server, and the rest to the mesh's", async () => {
    const networkProvider = new Provider("cluster", { kubeconfig: "{}" });
    const { mocks, made } = await build({ networkProvider });
    for (const name of made) {
      const own = name.startsWith("NetworkPolicy/") ? /::cluster::/ : /::mesh::/;
      assert.match(mocks.named(name).provider ?? "", own, name);
    }
  });
});
