import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Namespace } from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { after, childOptions, providerOf } from "../../../components/child-options";
import { AckNetwork } from "../../../components/cluster/ack-network";
import { AckWorkerRole } from "../../../components/cluster/ack-worker-role";
import { ProcessProvider } from "../../../components/cluster/process-resource";
import { AsmIngressGateway } from "../../../components/gateway/asm-gateway";
import { GatewayLoadBalancer } from "../../../components/gateway/gateway-load-balancer";
import { GatewayTls } from "../../../components/gateway/gateway-tls";
import { IngressGateway } from "../../../components/gateway/ingress-gateway";
import { LaneGroup } from "../../../components/lanes/lane-group";
import { AsmMesh } from "../../../components/mesh/asm";
import { IstioMesh } from "../../../components/mesh/istio";
import { LaneSecurity } from "../../../components/security/lane-security";
import { Collector } from "../../../components/telemetry/collector";
import { Instrumentation } from "../../../components/telemetry/instrumentation";
import { instrumentationSpec } from "../../../components/telemetry/instrumentation-spec";
import { OpenTelemetryOperator } from "../../../components/telemetry/operator";
import { Workload } from "../../../components/workloads/workload";
import type { LanesArgs } from "../../../plugin/args/group";
import { Lanes } from "../../../plugin/lanes";
import { pins } from "../../../tools/toolchain/pins";
import { type PulumiMocks, settled, startPulumiMocks } from "../pulumi-mocks";
import { gatewayPods, s2 } from "./lanes/fixtures";

/** Two objects, the second after the first: what every component of this project is like. */
class Pair extends pulumi.ComponentResource {
  public constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Pair", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    const first = new Namespace(`${name}-first`, {}, child);
    new Namespace(`${name}-second`, {}, after(child, [first]));
    this.registerOutputs({});
  }
}

class Holder extends pulumi.ComponentResource {
  public constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Holder", name, {}, opts);
    this.registerOutputs({});
  }
}

describe("options of a component's children", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks();
  });

  const needs = (name: string) => mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1));
  const provider = () => new Provider("cluster", { kubeconfig: "text" });

  it("name the component's provider, and what it depends on, in every child", async () => {
    const slow = new Provider("slow", {});
    await settled(new Pair("pair", { provider: provider(), dependsOn: slow }));
    assert.deepEqual(needs("pair-first"), ["slow"]);
    assert.deepEqual(needs("pair-second").sort(), ["pair-first", "slow"]);
    for (const name of ["pair-first", "pair-second"]) {
      assert.match(mocks.named(name).provider, /pulumi:providers:kubernetes::cluster::/);
      assert.match(mocks.named(name).parent ?? "", /::pair$/);
    }
  });

  it("take the provider of `providers`, and that of a parent", async () => {
    await settled(new Pair("listed", { providers: [provider()] }));
    await settled(new Pair("inherited", { parent: new Holder("holder", { provider: new Provider("other", {}) }) }));
    assert.match(mocks.named("listed-first").provider, /::cluster::/);
    assert.match(mocks.named("inherited-first").provider, /::other::/);
  });

  it("respect transformations that the component was given", async () => {
    const labelled: pulumi.ResourceTransformation = ({ props, opts }) => ({
      props: { ...props, metadata: { labels: { team: "shop" } } },
      opts,
    });
    await settled(new Pair("pair", { provider: provider(), transformations: [labelled] }));
    assert.deepEqual(mocks.named("pair-first").inputs.metadata, { labels: { team: "shop" } });
  });
});

describe("a component that has what it depends on", () => {
  it("makes no child before that is made", async () => {
    const order: string[] = [];
    const mocks = await startPulumiMocks({
      before: async ({ name }) => {
        if (name === "slow") await sleep(200);
        order.push(name);
      },
    });
    const slow = new Provider("slow", {});
    const opts = { provider: new Provider("cluster", { kubeconfig: "text" }), dependsOn: [slow] };
    await settled(new LaneGroup(s2.name, { group: s2, gateway: gatewayPods }, opts));
    const objects = order.filter((name) => name.includes("/"));
    // Beside the routes: two DestinationRules for each of three services, and the two filters that all groups share.
    assert.equal(objects.length, mocks.ofType("kubernetes:networking.istio.io/v1:VirtualService").length + 6 + 2);
    for (const name of objects) assert.ok(order.indexOf(name) > order.indexOf("slow"), `${name} did not wait`);
  });
});

describe("a component without a provider", () => {
  const gateway = { ...gatewayPods, account: "a" };
  const ports = [{ name: "http", port: 80, protocol: "HTTP" as const, hosts: ["*"] }];
  const asm = {
    meshName: "m",
    version: "1.24.6.64",
    clusterId: "c",
    clusterKubeconfig: "k",
    vpcId: "v",
    switchId: "s",
  };
  const spec = instrumentationSpec({ kind: "none" }, ["baggage"]);
  const lanes: LanesArgs = {
    mode: "permissive",
    baseline: "v1",
    routeHeader: "version",
    services: [{ name: "mocka", port: 80, versions: ["v1"] }],
    entry: { service: "mocka", gateway: "istio-system/gateway" },
    lanes: [{ name: "v1" }],
  };
  const workload = { serviceName: "s", namespace: "n", image: "i:1", port: 80, portName: "http", versions: ["v1"] };
  const security = { namespaces: ["n"], calls: [], gateway, mtls: "strict" as const };
  const makers: Readonly<Record<string, () => pulumi.ComponentResource>> = {
    IstioMesh: () => new IstioMesh("c", { version: pins.istio, stockEnvoy: false }),
    AsmMesh: () => new AsmMesh("c", asm),
    IngressGateway: () =>
      new IngressGateway("c", {
        ...{ version: pins.istio, gatewayName: "g", namespace: "n", ports, access: { kind: "loadBalancer" } },
      }),
    AsmIngressGateway: () =>
      new AsmIngressGateway("c", {
        cluster: { kubeconfig: pulumi.output("k"), processes: new ProcessProvider("p") },
        ...{ gatewayName: "g", ports, clusterIds: ["c1"], loadBalancer: { id: "lb", address: "a" } },
      }),
    GatewayTls: () => new GatewayTls("c", { namespace: "n", secrets: [] }),
    GatewayLoadBalancer: () => new GatewayLoadBalancer("c", { loadBalancerName: "l" }),
    Workload: () => new Workload("c", { ...workload, versionLabel: "version" }),
    OpenTelemetryOperator: () => new OpenTelemetryOperator("c", {}),
    Collector: () => new Collector("c", { collectorName: "c", namespace: "n", apiVersion: "v1beta1", openFrom: [] }),
    Instrumentation: () => new Instrumentation("c", { instrumentationName: "i", namespaces: ["n"], spec }),
    LaneSecurity: () =>
      new LaneSecurity("c", {
        ...{ ...security, authorization: true, networkPolicies: true },
        controlPlane: { namespace: "istio-system", labels: { app: "istiod" } },
      }),
    LaneGroup: () => new LaneGroup("c", { group: s2, gateway: gatewayPods }),
    Lanes: () => new Lanes("c", lanes),
    AckNetwork: () => new AckNetwork("c", { cidr: "10.0.0.0/16", zones: ["z"], protect: false }),
    AckWorkerRole: () => new AckWorkerRole("c", { roleName: "r" }),
  };

  for (const [title, make] of Object.entries(makers)) {
    it(`${title} is refused, and makes nothing`, async () => {
      const mocks = await startPulumiMocks();
      assert.throws(make, {
        name: "UserError",
        message: /A component has no provider\.[\s\S]*c: no provider of (kubernetes|alicloud)[\s\S]*\{ provider \}/,
      });
      await pulumi.runtime.disconnect();
      assert.deepEqual(
        mocks.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:providers:")),
        [],
      );
    });
  }

  it("tells of the cluster's processes where certificates are made", async () => {
    await startPulumiMocks();
    const source = { kind: "selfSigned" as const, days: 90 };
    const opts = { provider: new Provider("cluster", { kubeconfig: "text" }) };
    assert.throws(
      () => new GatewayTls("tls", { namespace: "n", secrets: [{ secret: "s", hosts: ["a.com"], source }] }, opts),
      /tls: no provider of pulumi-nodejs.*cluster\.processes/s,
    );
  });

  it("is not given that of another package", async () => {
    await startPulumiMocks();
    const holder = new Holder("holder", { provider: new Provider("cluster", { kubeconfig: "text" }) });
    assert.throws(() => providerOf(holder, "holder", "alicloud"), /no provider of alicloud/);
  });
});
