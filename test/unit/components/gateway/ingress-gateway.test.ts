import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { GatewayAccess } from "../../../../components/cluster/cluster";
import { publishedPorts } from "../../../../components/cluster/kind";
import type { GatewayDeployment } from "../../../../components/gateway/gateway-deployment";
import { IngressGateway, type IngressGatewayArgs } from "../../../../components/gateway/ingress-gateway";
import { type GatewayListeners, type GatewayPort, sharedPorts } from "../../../../components/gateway/listeners";
import { gatewayFilters } from "../../../../components/lanes/istio/proxy-filters";
import { pins } from "../../../../tools/toolchain/pins";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";

const ports: GatewayPort[] = [
  { name: "http", port: 80, protocol: "HTTP", hosts: ["*"] },
  { name: "https", port: 443, protocol: "HTTPS", hosts: ["example.com"], credentialName: "example-credential" },
  { name: "ws", port: 30080, protocol: "HTTP", hosts: ["*"] },
];

const statusPort = { name: "status-port", port: 15021, protocol: "TCP", targetPort: 15021 };
const servicePorts = [
  { name: "http", port: 80, protocol: "TCP", targetPort: 80 },
  { name: "https", port: 443, protocol: "TCP", targetPort: 443 },
  { name: "ws", port: 30080, protocol: "TCP", targetPort: 30080 },
];

describe("IngressGateway", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks({
      outputs: ({ type }) =>
        type === "kubernetes:core/v1:Service" ? { status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } } } : {},
    });
  });

  async function create(access: GatewayAccess, more: Partial<IngressGatewayArgs> = {}, dependsOn: Provider[] = []) {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const mesh = new Provider("mesh", {});
    const gateway = new IngressGateway(
      "gateway",
      {
        version: pins.istio,
        charts: "/charts",
        gatewayName: "ws-gateway",
        namespace: "istio-system",
        ports,
        access,
        ...more,
      },
      { provider, dependsOn: [mesh, ...dependsOn] },
    );
    await outputValue(gateway.url);
    await settled(gateway, ...gateway.listeners, gateway.laneFilters);
    return gateway;
  }

  const service = () => (mocks.named("gateway-proxy").inputs.values as { service: unknown }).service;

  it("takes the node's address where the cluster has one", async () => {
    const gateway = await create({ kind: "externalIp", address: pulumi.output("10.200.0.2") });
    assert.deepEqual(mocks.named("gateway-proxy").inputs, {
      chart: "/charts/gateway",
      name: "istio-ws-gateway",
      namespace: "istio-system",
      timeout: 300,
      values: {
        labels: { app: "istio-ws-gateway", istio: "ws-gateway" },
        imagePullPolicy: "IfNotPresent",
        autoscaling: { enabled: false },
        replicaCount: 1,
        resources: { requests: { cpu: "10m", memory: "64Mi" } },
        podAnnotations: { "mesh-lanes/proxy": pins.istio },
        service: { type: "ClusterIP", externalIPs: ["10.200.0.2"], ports: [statusPort, ...servicePorts] },
      },
      compat: "true",
    });
    assert.deepEqual(await outputValue(gateway.urls), {
      "istio-system/ws-gateway/http": "http://10.200.0.2",
      "istio-system/ws-gateway/https": "https://10.200.0.2",
      "istio-system/ws-gateway/ws": "http://10.200.0.2:30080",
    });
    assert.equal(await outputValue(gateway.url), "http://10.200.0.2");
    assert.equal(await outputValue(gateway.gateway), "istio-system/ws-gateway");
    assert.deepEqual(gateway.selector, { istio: "ws-gateway" });
  });

  it("declares the listeners once the proxy is there", async () => {
    await create({ kind: "externalIp", address: pulumi.output("10.200.0.2") });
    const { inputs, dependencies, parent, provider } = mocks.named("gateway-listeners");
    assert.deepEqual(inputs, {
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "ws-gateway", namespace: "istio-system" },
      spec: {
        selector: { istio: "ws-gateway" },
        servers: [
          { port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] },
          {
            port: { number: 443, name: "https", protocol: "HTTPS" },
            hosts: ["example.com"],
            tls: { mode: "SIMPLE", credentialName: "example-credential" },
          },
          { port: { number: 30080, name: "ws", protocol: "HTTP" }, hosts: ["*"] },
        ],
      },
    });
    assert.ok(dependencies.some((urn) => urn.endsWith("::gateway-proxy")));
    assert.ok(mocks.named("gateway-proxy").dependencies.some((urn) => urn.endsWith("::mesh")));
    assert.match(parent ?? "", /::gateway$/);
    assert.match(provider, /::cluster::/);
  });

  it("has the filters of lanes before the first lane group", async () => {
    await create({ kind: "externalIp", address: pulumi.output("10.200.0.2") });
    const { inputs, dependencies, parent, provider } = mocks.named("gateway-lane-filters");
    const { stage: _, ...object } = gatewayFilters({ namespace: "istio-system", labels: { istio: "ws-gateway" } });
    const labels = { ...object.metadata.labels, "mesh-lanes/shared": "true" };
    assert.deepEqual(inputs, { ...object, metadata: { ...object.metadata, labels } });
    assert.ok(dependencies.some((urn) => urn.endsWith("::gateway-proxy")));
    assert.match(parent ?? "", /::gateway$/);
    assert.match(provider, /::cluster::/);
  });

  it("uses node ports that the host publishes", async () => {
    const gateway = await create({ kind: "hostPort", host: "127.0.0.1", ports: publishedPorts([80, 443, 30080]) });
    assert.deepEqual(service(), {
      type: "NodePort",
      ports: [statusPort, ...servicePorts.map((port, index) => ({ ...port, nodePort: 31080 + index }))],
    });
    assert.deepEqual(await outputValue(gateway.urls), {
      "istio-system/ws-gateway/http": "http://127.0.0.1:8080",
      "istio-system/ws-gateway/https": "https://127.0.0.1:8443",
      "istio-system/ws-gateway/ws": "http://127.0.0.1:30080",
    });
  });

  it("takes further gateways on its pods: their objects, the ports of all, their secrets first", async () => {
    const further: GatewayListeners[] = [
      {
        name: "tornado-gateway",
        namespace: "default",
        ports: [
          { name: "http", port: 8080, protocol: "HTTP", hosts: ["*"] },
          { name: "https", port: 443, protocol: "HTTPS", hosts: ["b.com"], credentialName: "b-credential" },
        ],
      },
    ];
    const credential = new Provider("b-credential", {});
    const access: GatewayAccess = { kind: "externalIp", address: pulumi.output("10.200.0.2") };
    const gateway = await create(access, { further }, [credential]);
    assert.deepEqual((service() as { ports: unknown }).ports, [
      statusPort,
      ...servicePorts,
      { name: "http-8080", port: 8080, protocol: "TCP", targetPort: 8080 },
    ]);
    assert.deepEqual(mocks.named("gateway-listeners-default/tornado-gateway").inputs, {
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "tornado-gateway", namespace: "default" },
      spec: {
        selector: { istio: "ws-gateway" },
        servers: [
          { port: { number: 8080, name: "http", protocol: "HTTP" }, hosts: ["*"] },
          {
            port: { number: 443, name: "https", protocol: "HTTPS" },
            hosts: ["b.com"],
            tls: { mode: "SIMPLE", credentialName: "b-credential" },
          },
        ],
      },
    });
    for (const name of ["gateway-listeners", "gateway-listeners-default/tornado-gateway"]) {
      const needs = mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1));
      assert.deepEqual(new Set(needs), new Set(["mesh", "b-credential", "gateway-proxy"]), name);
    }
    assert.deepEqual(await outputValue(gateway.urls), {
      "istio-system/ws-gateway/http": "http://10.200.0.2",
      "istio-system/ws-gateway/https": "https://10.200.0.2",
      "istio-system/ws-gateway/ws": "http://10.200.0.2:30080",
      "default/tornado-gateway/http": "http://10.200.0.2:8080",
      "default/tornado-gateway/https": "https://10.200.0.2",
    });
    assert.equal(gateway.listeners.length, 2);
  });

  it("reads the address of a load balancer", async () => {
    const gateway = await create({ kind: "loadBalancer" });
    assert.deepEqual(service(), { type: "LoadBalancer", ports: [statusPort, ...servicePorts] });
    assert.equal(await outputValue(gateway.url), "http://203.0.113.7");
  });
});

describe("the deployment of an IngressGateway", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks();
  });

  async function create(deployment: GatewayDeployment, access: GatewayAccess = { kind: "loadBalancer" }) {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const args = { version: pins.istio, gatewayName: "g", namespace: "edge", ports, access, deployment };
    const gateway = new IngressGateway("gateway", args, { provider });
    await settled(gateway, ...gateway.listeners, gateway.laneFilters);
    const { values } = mocks.named("gateway-proxy").inputs as { values: Record<string, unknown> };
    return { gateway, values };
  }

  it("needs no load balancer where the Service is of another type, and waits for none", async () => {
    for (const serviceType of ["NodePort", "ClusterIP"] as const) {
      mocks = await startPulumiMocks();
      const { gateway, values } = await create({ serviceType });
      assert.deepEqual(values.service, { type: serviceType, ports: [statusPort, ...servicePorts] });
      assert.deepEqual(mocks.ofType("kubernetes:core/v1:Service"), []);
      assert.equal(await outputValue(gateway.url), "http://");
    }
  });

  it("is found where its program says that clients reach it, on the nodes' ports if it has any", async () => {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const own: GatewayPort[] = [
      { name: "http", port: 80, protocol: "HTTP", hosts: ["*"], nodePort: 30080 },
      { name: "https", port: 443, protocol: "HTTPS", hosts: ["*"], credentialName: "c" },
    ];
    const deployment = { serviceType: "NodePort", address: "192.0.2.10" } as const;
    const access = { kind: "loadBalancer" } as const;
    const args = { version: pins.istio, gatewayName: "g", namespace: "edge", ports: own, access, deployment };
    const gateway = new IngressGateway("gateway", args, { provider });
    await settled(gateway, ...gateway.listeners, gateway.laneFilters);
    const { values } = mocks.named("gateway-proxy").inputs as { values: { service: { ports: unknown } } };
    assert.deepEqual(values.service.ports, [
      statusPort,
      { name: "http", port: 80, protocol: "TCP", targetPort: 80, nodePort: 30080 },
      { name: "https", port: 443, protocol: "TCP", targetPort: 443 },
    ]);
    assert.deepEqual(await outputValue(gateway.urls), {
      "edge/g/http": "http://192.0.2.10:30080",
      "edge/g/https": "https://192.0.2.10",
    });
  });

  it("keeps the ways that a cluster has, with another type of Service", async () => {
    const published = { kind: "hostPort", host: "127.0.0.1", ports: publishedPorts([80, 443, 30080]) } as const;
    const { values } = await create({ serviceType: "LoadBalancer" }, published);
    assert.deepEqual(values.service, {
      type: "LoadBalancer",
      ports: [statusPort, ...servicePorts.map((port, index) => ({ ...port, nodePort: 31080 + index }))],
    });
  });

  it("runs several pods, some of which stay when nodes are drained", async () => {
    const { values } = await create({ replicas: 3, minAvailable: 2 });
    assert.deepEqual([values.replicaCount, values.autoscaling], [3, { enabled: false }]);
    assert.deepEqual(values.podDisruptionBudget, { minAvailable: 2 });
  });

  it("is scaled between two bounds by a CPU request that a percentage can be taken of", async () => {
    const { values } = await create({ replicas: { min: 2, max: 6, cpuPercent: 60 }, minAvailable: 1 });
    assert.deepEqual(values.autoscaling, {
      enabled: true,
      minReplicas: 2,
      maxReplicas: 6,
      targetCPUUtilizationPercentage: 60,
    });
    assert.ok(!("replicaCount" in values));
    assert.deepEqual(values.resources, { requests: { cpu: "100m", memory: "64Mi" } });
  });

  it("gives open sockets their time, and the kubelet a longer one", async () => {
    const { values } = await create({ drainSeconds: 45 });
    assert.deepEqual(values.podAnnotations, {
      "mesh-lanes/proxy": pins.istio,
      "proxy.istio.io/config": '{"terminationDrainDuration":"45s"}',
    });
    assert.equal(values.terminationGracePeriodSeconds, 55);
    mocks = await startPulumiMocks();
    assert.equal((await create({ drainSeconds: 0 })).values.terminationGracePeriodSeconds, 30);
  });

  it("asks clients of HTTPS ports for a certificate, and for a version of TLS", async () => {
    await create({ minTlsVersion: "1.3", clientCertificates: "required" });
    const { spec } = mocks.named("gateway-listeners").inputs as { spec: { servers: { tls?: unknown }[] } };
    assert.deepEqual(
      spec.servers.map(({ tls }) => tls),
      [undefined, { mode: "MUTUAL", credentialName: "example-credential", minProtocolVersion: "TLSV1_3" }, undefined],
    );
  });

  it("refuses a port that the cluster does not publish, before anything is made", async () => {
    const access = { kind: "hostPort", host: "127.0.0.1", ports: publishedPorts([80]) } as const;
    await assert.rejects(create({}, access), {
      name: "UserError",
      message: /gateway\.ports: got port 443\n.*ports that the cluster publishes: 80/s,
    });
  });

  for (const [title, deployment, access, path] of [
    ["no pod", { replicas: 0 }, "loadBalancer", "gateway.deployment.replicas: 0 pods"],
    ["half a pod", { replicas: 1.5 }, "loadBalancer", "gateway.deployment.replicas: 1.5 pods"],
    ["bounds the wrong way round", { replicas: { min: 3, max: 2 } }, "loadBalancer", "replicas.max: 3 to 2 pods"],
    ["a budget that no node could be drained with", { minAvailable: 1 }, "loadBalancer", "minAvailable: 1 of 1 pods"],
    ["a drain in the past", { drainSeconds: -1 }, "loadBalancer", "drainSeconds: -1"],
    ["no node port where those are published", { serviceType: "ClusterIP" }, "hostPort", "serviceType: ClusterIP"],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const ways = {
        loadBalancer: { kind: "loadBalancer" },
        hostPort: { kind: "hostPort", host: "127.0.0.1", ports: publishedPorts([80, 443, 30080]) },
      } as const;
      await assert.rejects(create(deployment, ways[access]), (error: Error) => error.message.includes(path));
    });
  }
});

describe("ports that gateways share", () => {
  const port = (name: string, number: number): GatewayPort => ({ name, port: number, protocol: "HTTP", hosts: ["*"] });
  const long = "a".repeat(63);

  for (const [title, gateways, expected] of [
    ["each number once, under its first name", [[port("http", 80)], [port("web", 80)]], ["http 80"]],
    [
      "a name that is taken gets its number",
      [[port("http", 80)], [port("http", 30080)]],
      ["http 80", "http-30080 30080"],
    ],
    ["within 63 characters", [[port(long, 80)], [port(long, 30080)]], [`${long} 80`, `${"a".repeat(57)}-30080 30080`]],
    ["none", [], []],
  ] as const) {
    it(title, () => {
      const shared = sharedPorts(gateways.map((ports) => ({ ports })));
      assert.deepEqual(
        shared.map(({ name, port: number }) => `${name} ${number}`),
        expected,
      );
    });
  }
});
