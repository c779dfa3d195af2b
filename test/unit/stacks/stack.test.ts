import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type ConfigContext, parseStackConfig } from "../../../config/parse";
import type { StackEnvironment } from "../../../stacks/environment";
import { createStack, type StackOutputs } from "../../../stacks/stack";
import { makeCertificate } from "../components/gateway/certificates";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../pulumi-mocks";
import { environmentWith, kubeconfigOf } from "./existing-cluster";

const node = { kubeconfig: "kubeconfig text", address: "10.200.0.2", identity: "id-1" };
const authority = { authority: "CA", certificate: "CERT", key: "KEY" };
const answers: Record<string, Record<string, string>> = { LocalNode: node, SelfSignedCertificate: authority };
const raw = {
  cluster: { kind: "embedded" },
  workloads: ["mocka", "mockb"].map((name) => ({
    name,
    app: "mock",
    port: 8000,
    versions: ["v1", "v2"],
    versionLabel: "ASM_TRAFFIC_TAG",
  })),
  laneGroups: [
    {
      name: "test",
      mode: "strict",
      versionLabel: "ASM_TRAFFIC_TAG",
      services: ["mocka", "mockb"].map((name) => ({ name, port: 8000, versions: ["v1", "v2"] })),
      entry: {
        service: "mocka",
        gateway: "istio-system/ingressgateway",
        header: "x-asm-prefer-tag",
        unmatched: "reject",
      },
      lanes: [
        { name: "s1", version: "v1" },
        { name: "s2", version: "v2" },
      ],
    },
  ],
};

const kubeconfig = kubeconfigOf("t");

const unasked = environmentWith(kubeconfig);
const environment: StackEnvironment = {
  ...unasked,
  facts: { ...unasked.facts, dockerAnswers: () => assert.fail("Docker was asked") },
  charts: "/charts",
};

describe("createStack", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks({ outputs: ({ type }) => answers[type.split(":").at(-1) ?? ""] ?? {} });
  });

  async function create(config: Record<string, unknown>, machine = environment, context: ConfigContext = {}) {
    let outputs: StackOutputs | undefined;
    // As the engine runs a program: with a root, which transformations of the stack need.
    await pulumi.runtime.runInPulumiStack(async () => {
      outputs = await createStack(parseStackConfig(config, context), machine);
      return outputs;
    });
    assert.ok(outputs);
    await outputValue(pulumi.output(outputs));
    await settled();
    return outputs;
  }

  it("gives each resource a parent or is a component of the stack, an explicit provider, and a name of its own", async () => {
    await create(raw);
    for (const { name, type, parent, provider, custom } of mocks.resources) {
      if (type.startsWith("mesh-lanes:") || type === "pulumi:pulumi:Stack") continue;
      assert.ok(custom, `${name} is not custom`);
      assert.match(parent ?? "", /[:$]mesh-lanes:index:/, `${name} hangs under no component`);
      if (!type.startsWith("pulumi:providers:"))
        assert.match(provider, /::cluster-/, `${name} has no explicit provider`);
    }
    const names = mocks.resources.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(names, [...new Set(names)]);
  });

  it("gives Kubernetes objects the cluster's provider, and the node another", async () => {
    await create(raw);
    const providers = (prefix: string) =>
      new Set(
        mocks.resources
          .filter(({ type }) => type.startsWith(prefix))
          .map(({ provider }) => provider.split("::").at(-2) ?? provider),
      );
    assert.deepEqual([...providers("kubernetes:")], ["cluster-kubernetes"]);
    assert.deepEqual([...providers("pulumi-nodejs:")], ["cluster-processes"]);
  });

  it("makes cluster, mesh, gateway, workloads and lanes in that order", async () => {
    await create(raw);
    const needs = (name: string) => new Set(mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1)));
    // Proxies use the control plane: it goes after them, and not while others do.
    assert.ok(needs("mesh-use").has("mesh-istiod"));
    assert.ok(needs("gateway-proxy").has("mesh-use"));
    assert.ok(needs("gateway-listeners").has("gateway-proxy"));
    for (const name of ["default-mocka-v1", "default-mockb-v2"]) {
      for (const before of ["mesh-use", "namespace-default", "cluster-images"]) {
        assert.ok(needs(name).has(before), `${name} does not wait for ${before}`);
      }
    }
    for (const before of ["gateway-listeners", "default-mocka-v1", "default-mockb-v2"]) {
      assert.ok(needs("test").has(before), `the lane group does not wait for ${before}`);
    }
  });

  it("allows calls before there are pods to make them, and routes to lead there", async () => {
    await create(raw);
    const needs = (name: string) => mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1));
    const policy = "AuthorizationPolicy/default/default.mockb.from.default.mocka";
    assert.match(mocks.named(policy).parent ?? "", /::security$/);
    for (const before of ["namespace-default", "mesh-use"]) assert.ok(needs("security").includes(before), before);
    for (const later of ["default-mocka-v1", "default-mockb-v2", "test"]) {
      for (const before of [policy, "PeerAuthentication/default/default", "security-acknowledged"]) {
        assert.ok(needs(later).includes(before), `${later} does not wait for ${before}`);
      }
    }
  });

  it("secures the namespaces of workloads, those of gateways not", async () => {
    const port = { name: "http", port: 81, protocol: "HTTP" };
    await create({ ...raw, gateways: [{ name: "other", namespace: "edge", ports: [port] }] });
    const named = (kind: string) => mocks.resources.map(({ name }) => name).filter((name) => name.startsWith(kind));
    assert.deepEqual(named("PeerAuthentication/"), ["PeerAuthentication/default/default"]);
    assert.deepEqual(named("AuthorizationPolicy/").sort(), [
      "AuthorizationPolicy/default/default-deny",
      "AuthorizationPolicy/default/default.mocka.from.istio-system.istio-ingressgateway",
      "AuthorizationPolicy/default/default.mockb.from.default.mocka",
    ]);
    const labels = (name: string) => (mocks.named(name).inputs as { metadata: { labels: object } }).metadata.labels;
    assert.deepEqual(labels("namespace-default"), {
      "istio-injection": "enabled",
      "pod-security.kubernetes.io/enforce": "privileged",
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/audit": "restricted",
    });
    assert.deepEqual(labels("namespace-edge"), { "istio-injection": "enabled" });
  });

  it("leaves out what is turned off", async () => {
    await create({ ...raw, security: { mtls: "permissive", authorization: false, networkPolicies: false } });
    assert.deepEqual(mocks.ofType("kubernetes:security.istio.io/v1:AuthorizationPolicy"), []);
    assert.deepEqual(mocks.ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy"), []);
    const { inputs } = mocks.named("PeerAuthentication/default/default");
    assert.deepEqual(inputs.spec, { mtls: { mode: "PERMISSIVE" } });
  });

  it("labels a namespace once, whatever number of workloads it has", async () => {
    await create(raw);
    assert.equal(mocks.ofType("kubernetes:core/v1:NamespacePatch").length, 1);
  });

  it("loads each app once", async () => {
    await create(raw);
    assert.deepEqual(mocks.named("cluster-images").inputs.apps, ["mock"]);
  });

  it("puts out what people and the command line need, the kubeconfig as a secret", async () => {
    const outputs = await create(raw);
    assert.equal(outputs.clusterKind, "embedded");

    assert.equal(await outputValue(pulumi.output(outputs.gatewayUrl)), "http://10.200.0.2");
    assert.deepEqual(await outputValue(pulumi.output(outputs.gatewayUrls)), {
      "istio-system/ingressgateway/http": "http://10.200.0.2",
    });
    assert.deepEqual(outputs.tlsAuthorities, {});
    assert.equal(await outputValue(pulumi.output(outputs.kubeconfig)), "kubeconfig text");
    assert.ok(await pulumi.isSecret(pulumi.output(outputs.kubeconfig)));
    assert.deepEqual(Object.keys(outputs.lanes), ["test"]);
  });

  describe("with further gateways and TLS", () => {
    const port = { port: 443, protocol: "HTTPS", hosts: ["a.example.com"], credentialName: "cred" };
    const secure = {
      ...raw,
      gateways: [{ name: "tornado-gateway", namespace: "edge", ports: [{ ...port, name: "https" }] }],
      tls: [{ secret: "cred", hosts: port.hosts, source: { kind: "selfSigned" } }],
    };
    const needs = (name: string) => new Set(mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1)));

    it("makes the secret beside the pods and before the listeners, and gives out its authority", async () => {
      const outputs = await create(secure);
      assert.deepEqual((mocks.named("gateway-tls-cred").inputs as { metadata: unknown }).metadata, {
        name: "cred",
        namespace: "istio-system",
      });
      assert.ok(needs("gateway-tls-cred").has("mesh-use"));
      for (const listeners of ["gateway-listeners", "gateway-listeners-edge/tornado-gateway"]) {
        assert.ok(needs(listeners).has("gateway-tls-cred"), listeners);
        assert.ok(needs("test").has(listeners), `the lane group does not wait for ${listeners}`);
      }
      const urls = await outputValue(pulumi.output(outputs.gatewayUrls));
      assert.equal(urls["edge/tornado-gateway/https"], "https://10.200.0.2");
      assert.equal(await outputValue(pulumi.output(outputs.tlsAuthorities.cred)), "CA");
      assert.equal(await pulumi.isSecret(pulumi.output(outputs.tlsAuthorities.cred)), false);
    });

    it("makes the namespaces of gateways, but not that of the control plane", async () => {
      await create(secure);
      assert.ok(needs("gateway-proxy").has("namespace-edge"));
      assert.deepEqual(
        mocks.ofType("kubernetes:core/v1:Namespace").map(({ name }) => name),
        ["mesh-system", "namespace-edge"],
      );
    });

    it("publishes the ports of all gateways on kind", async () => {
      const machine = { ...environment, facts: { ...environment.facts, dockerAnswers: () => true } };
      await create({ ...secure, cluster: { kind: "kind" } }, machine);
      assert.deepEqual(mocks.named("cluster-node").inputs.ports, ["8080:31080", "8443:31081"]);
    });

    it("hands the key of a PEM certificate to the cluster as a secret", async () => {
      const { certificate, key } = await makeCertificate({ names: port.hosts });
      const tls = [{ secret: "cred", hosts: port.hosts, source: { kind: "pem", certificate } }];
      const context = { encrypted: new Set(["tlsKey.cred"]) };
      await create({ ...secure, tls, "tlsKey.cred": key }, environment, context);
      assert.deepEqual((mocks.named("gateway-tls-cred").inputs as { data: unknown }).data, {
        // How a secret goes to the engine.
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        value: {
          "tls.crt": Buffer.from(certificate).toString("base64"),
          "tls.key": Buffer.from(key).toString("base64"),
        },
      });
    });
  });

  it("prefers the charts that the config names to those of the environment", async () => {
    await create({ ...raw, mesh: { charts: "mine" } });
    assert.equal(mocks.named("mesh-base").inputs.chart, "mine/base");
    assert.equal(mocks.named("gateway-proxy").inputs.chart, "mine/gateway");
  });

  it("builds on a kind cluster when Docker answers", async () => {
    const machine = { ...environment, facts: { ...environment.facts, dockerAnswers: () => true } };
    const outputs = await create({ ...raw, cluster: { kind: "auto" } }, machine);
    assert.equal(outputs.clusterKind, "kind");
    assert.equal(await outputValue(pulumi.output(outputs.gatewayUrl)), "http://127.0.0.1:8080");
    assert.deepEqual(mocks.named("cluster-node").inputs.ports, ["8080:31080"]);
  });

  it("builds on an existing cluster by its file and context", async () => {
    const cluster = { kind: "existing", kubeconfig: "my.yaml", context: "mine" };
    const outputs = await create({ ...raw, cluster });
    assert.equal(outputs.clusterKind, "existing");
    assert.deepEqual(mocks.ofType("pulumi-nodejs:dynamic:LocalNode"), []);
    assert.match(await outputValue(pulumi.output(outputs.kubeconfig)), /server: https:\/\/c/);
  });

  it("fails for a context that the file does not have, before any resource is made", async () => {
    const cluster = { kind: "existing", kubeconfig: "my.yaml", context: "other" };
    await assert.rejects(createStack(parseStackConfig({ ...raw, cluster }), environment), {
      name: "UserError",
      summary: 'The context "other" cannot be used.',
    });
    assert.deepEqual(
      mocks.resources.filter(({ custom }) => custom),
      [],
    );
  });
});
