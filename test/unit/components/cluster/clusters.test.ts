import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../../../components/cluster/cluster";
import { EmbeddedCluster } from "../../../../components/cluster/embedded";
import { ExistingCluster } from "../../../../components/cluster/existing";
import { KindCluster, publishedPorts } from "../../../../components/cluster/kind";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";

const answers = { kubeconfig: "kubeconfig text", address: "10.200.0.2", identity: "id-1" };
const image = { app: "mock", ref: "docker.io/mesh-lanes/mock:0123456789ab" };

/** How a secret goes to the engine: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts */
const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
const isSecret = (output: pulumi.Output<unknown>) => pulumi.isSecret(output);

describe("clusters", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks({ outputs: ({ type }) => (type.endsWith(":LocalNode") ? answers : {}) });
  });

  const withoutText = (name: string) => {
    const { __provider, ...inputs } = mocks.named(name).inputs;
    assert.equal(typeof __provider, "string");
    return inputs;
  };

  async function checkProvider(cluster: Cluster, disposable: boolean) {
    assert.deepEqual(
      mocks.ofType("pulumi:providers:kubernetes").map(({ inputs }) => inputs),
      [
        {
          kubeconfig: secret(await outputValue(cluster.kubeconfig)),
          clusterIdentifier: await outputValue(cluster.identity),
          enableServerSideApply: "true",
          enableSecretMutable: "true",
          deleteUnreachable: String(disposable),
        },
      ],
    );
    assert.ok(await isSecret(cluster.kubeconfig), "the kubeconfig is a secret");
  }

  const checkFamily = () => {
    for (const resource of mocks.resources.filter((each) => !each.type.startsWith("mesh-lanes:"))) {
      assert.ok(resource.parent, `${resource.name} has no parent`);
      if (!resource.type.startsWith("pulumi:providers:")) assert.ok(resource.provider, `${resource.name}: no provider`);
    }
  };

  it("embedded: a node, its images, a provider of its kubeconfig", async () => {
    const cluster = new EmbeddedCluster("cluster", { clusterName: "mesh-lanes" });
    const images = cluster.images([{ app: "wsk", ref: "wsk:1" }, image]);
    await settled(cluster, ...images.dependsOn);
    assert.deepEqual(withoutText("cluster-node"), { kind: "embedded", name: "mesh-lanes", ports: [] });
    assert.deepEqual(withoutText("cluster-images"), {
      kind: "embedded",
      name: "mesh-lanes",
      apps: ["mock", "wsk"],
      refs: [image.ref, "wsk:1"],
      identity: "id-1",
    });
    assert.deepEqual(images.refs, { mock: image.ref, wsk: "wsk:1" });
    assert.ok(mocks.named("cluster-images").dependencies.some((urn) => urn.endsWith("::cluster-node")));
    assert.equal(cluster.stockEnvoy, true);
    assert.ok(cluster.access.kind === "externalIp");
    assert.equal(await outputValue(cluster.access.address), "10.200.0.2");
    await checkProvider(cluster, true);
    checkFamily();
  });

  it("kind: publishes the gateway's ports on this machine", async () => {
    const cluster = new KindCluster("cluster", {
      clusterName: "mesh-lanes",
      gatewayPorts: [80, 30080],
      kubernetesVersion: "1.35.4",
    });
    await settled(cluster);
    assert.deepEqual(withoutText("cluster-node"), {
      kind: "kind",
      name: "mesh-lanes",
      ports: ["8080:31080", "30080:31081"],
      kubernetesVersion: "1.35.4",
    });
    assert.deepEqual(cluster.access, {
      kind: "hostPort",
      host: "127.0.0.1",
      ports: publishedPorts([80, 30080]),
    });
    assert.equal(cluster.stockEnvoy, false);
    await checkProvider(cluster, true);
    checkFamily();
  });

  it("existing: makes no node, loads no image, and never takes silence for a loss", async () => {
    const kubeconfig = "clusters: [{ name: c, cluster: { server: 'https://c' } }]";
    const cluster = new ExistingCluster("cluster", { kubeconfig, imageRegistry: "registry.example.com/lanes/" });
    const images = cluster.images([image]);
    await settled(cluster);
    assert.deepEqual(images, { refs: { mock: "registry.example.com/lanes/mock:0123456789ab" }, dependsOn: [] });
    assert.deepEqual(cluster.access, { kind: "loadBalancer" });
    assert.deepEqual(mocks.resources.map(({ name }) => name).sort(), [
      "cluster",
      "cluster-kubernetes",
      "cluster-processes",
    ]);
    await checkProvider(cluster, false);
    checkFamily();
  });
});

describe("publishedPorts", () => {
  it("moves the low ports up by 8000 and gives each a node port", () => {
    assert.deepEqual(publishedPorts([80, 443, 1024]), [
      { port: 80, nodePort: 31080, hostPort: 8080 },
      { port: 443, nodePort: 31081, hostPort: 8443 },
      { port: 1024, nodePort: 31082, hostPort: 1024 },
    ]);
  });
});
