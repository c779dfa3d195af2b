import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { loadStackConfig, readStackConfigFile } from "../../../config/read";
import { createStack } from "../../../stacks/stack";
import { projectRoot } from "../../../tools/paths";
import { alibabaAnswers } from "../alibaba-answers";
import { outputValue, type PulumiMocks, startPulumiMocks } from "../pulumi-mocks";
import { accountEnvironment } from "./account-environment";
import { runProgram } from "./run-stack";

const prod = readStackConfigFile(join(projectRoot, "Pulumi.prod.yaml")).values;

describe("createStack on Alibaba Cloud", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks(alibabaAnswers);
  });

  const run = (change: Record<string, unknown> = {}) => {
    const config = loadStackConfig({ values: { ...prod, ...change }, encrypted: new Set() });
    return runProgram(() => createStack(config, accountEnvironment));
  };
  /** Names of the providers that objects of a kind go to. */
  const providersOf = (what: RegExp) => [
    ...new Set(
      mocks.resources
        .filter(({ type }) => what.test(type))
        .map(({ provider }) => provider.split("::").at(-2) ?? provider),
    ),
  ];
  const needs = (name: string) => new Set(mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1)));

  it("sends the mesh's objects to the mesh, workloads and secrets to the cluster", async () => {
    await run();
    assert.deepEqual(providersOf(/^kubernetes:(networking|istio\.alibabacloud)/), ["mesh-api-server"]);
    assert.deepEqual(providersOf(/^kubernetes:(apps|cert-manager\.io|core\/v1:Service)/), ["cluster-kubernetes"]);
    assert.deepEqual(providersOf(/^alicloud:/), ["cluster-alicloud"]);
  });

  it("makes a namespace in the cluster and in the mesh, each with the label for sidecars", async () => {
    await run();
    for (const name of ["namespace-shop", "mesh-namespace-shop"]) {
      const { metadata } = mocks.named(name).inputs as { metadata: { name: string; labels: Record<string, string> } };
      assert.equal(metadata.name, "shop");
      assert.equal(metadata.labels["istio-injection"], "enabled");
    }
    const providers = providersOf(/^kubernetes:core\/v1:Namespace$/).sort();
    assert.deepEqual(providers, ["cluster-kubernetes", "mesh-api-server"]);
  });

  it("takes the cluster into the mesh when its nodes are there, then makes pods and lanes", async () => {
    await run();
    assert.equal(mocks.named("mesh-membership").inputs.clusterId, "cluster-control-plane-id");
    assert.ok(needs("mesh-membership").has("cluster-pool"));
    // Also the order in which they go, turned around: what is in the mesh, the cluster out of the mesh, the mesh.
    assert.ok(needs("namespace-shop").has("mesh-data-plane"));
    assert.ok(needs("gateway-proxy").has("mesh-data-plane"));
    for (const before of ["mesh-data-plane", "namespace-shop", "mesh-namespace-shop"]) {
      assert.ok(needs("shop-mocka-v1").has(before), `pods do not wait for ${before}`);
    }
    for (const before of ["gateway-listeners", "shop-mocka-v1", "shop-mockc-v2"]) {
      assert.ok(needs("shop").has(before), `the lane group does not wait for ${before}`);
    }
  });

  it("waits a fixed time between the steps of a change, and hands out no credential for it", async () => {
    await run();
    const waits = mocks.ofType("pulumi-nodejs:dynamic:ProxySync");
    assert.ok(waits.length > 0);
    for (const { inputs } of waits) {
      assert.equal(inputs.blindSeconds, 10);
      assert.equal(inputs.kubeconfig, undefined);
    }
  });

  it("runs the images that the config names", async () => {
    await run();
    const images = mocks
      .ofType("kubernetes:apps/v1:Deployment")
      .map(({ inputs }) => (inputs as { spec: Deployment }).spec.template.spec.containers[0]?.image);
    assert.deepEqual([...new Set(images)], ["registry-vpc.cn-hangzhou.aliyuncs.com/mesh-lanes/mock:0.1.0"]);
  });

  it("puts out endpoints and a request for each lane", async () => {
    const outputs = await run();
    assert.equal(outputs.clusterKind, "ack");
    assert.equal(await outputValue(pulumi.output(outputs.gatewayUrl)), "https://203.0.113.7");
    assert.equal(
      (await outputValue(pulumi.output(outputs.requests))).shop?.v2,
      "curl --connect-to '::203.0.113.7:' -H 'cookie: mesh-lane-shop=v2' 'https://shop.example.com/'",
    );
  });

  it("makes no mesh and no load balancer where they are there", async () => {
    await run({
      mesh: { kind: "asm", version: "1.24.6.64", kubeconfig: "mesh.yaml", context: "admin" },
      gateway: { ...(prod.gateway as object), loadBalancer: { id: "lb-1", address: "203.0.113.10" } },
    });
    assert.deepEqual(providersOf(/^alicloud:(servicemesh|slb)/), []);
    assert.deepEqual(providersOf(/^kubernetes:networking/), ["mesh-api-server"]);
  });

  it("makes no load balancer where the cluster makes an NLB instance, in the zones of its nodes", async () => {
    await run({ gateway: { ...(prod.gateway as object), loadBalancer: { kind: "nlb" } } });
    assert.deepEqual(providersOf(/^alicloud:slb/), []);
    const text = JSON.stringify(mocks.named("gateway-proxy").inputs);
    assert.match(text, /"loadBalancerClass":"alibabacloud\.com\/nlb"/);
    assert.match(text, /zone-maps":"cn-hangzhou-[a-z]:cluster-network-nodes-cn-hangzhou-[a-z]-id,cn-/);
    assert.match(text, /loadbalancer-name":"mesh-lanes-prod-gateway"/);
  });

  it("needs no account for an existing cluster and mesh", async () => {
    const outputs = await run({
      cluster: { kind: "existing", id: "c1", kubeconfig: "cluster.yaml", context: "admin" },
      mesh: { kind: "asm", version: "1.24.6.64", kubeconfig: "mesh.yaml", context: "admin" },
      gateway: { ...(prod.gateway as object), loadBalancer: { id: "lb-1", address: "gateway.example.com" } },
    });
    assert.equal(outputs.clusterKind, "existing");
    assert.deepEqual(
      mocks.resources.filter(({ type }) => /alicloud/.test(type) && !/istio\.alibabacloud/.test(type)),
      [],
    );
    const { spec } = mocks.named("gateway-proxy").inputs as { spec: { clusterIds: string[] } };
    assert.deepEqual(spec.clusterIds, ["c1"]);
    assert.equal(await outputValue(pulumi.output(outputs.gatewayUrl)), "https://gateway.example.com");
  });

  it("runs upstream Istio on ACK, reached by the cluster's own load balancer", async () => {
    const outputs = await run({ mesh: { kind: "istio" } });
    assert.deepEqual(providersOf(/^kubernetes:/), ["cluster-kubernetes"]);
    assert.equal(mocks.named("mesh-istiod").inputs.chart, "istiod");
    assert.equal(await outputValue(pulumi.output(outputs.gatewayUrl)), "https://203.0.113.8");
  });

  it("fails with a context that the mesh's file does not have, and says which file", async () => {
    await assert.rejects(
      run({ mesh: { kind: "asm", version: "1.24.6.64", kubeconfig: "mesh.yaml", context: "other" } }),
      /mesh\.context: "other" is not in mesh\.yaml/,
    );
  });
});

interface Deployment {
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}
