import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { GatewayAccess } from "../../../../components/cluster/cluster";
import { publishedPorts } from "../../../../components/cluster/kind";
import { IngressGateway } from "../../../../components/gateway/ingress-gateway";
import type { GatewayPort } from "../../../../components/gateway/listeners";
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

  async function create(access: GatewayAccess) {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const mesh = new Provider("mesh", {});
    const gateway = new IngressGateway("gateway", {
      provider,
      version: "1.29.1",
      charts: "/charts",
      gatewayName: "ws-gateway",
      namespace: "istio-system",
      ports,
      access,
      after: [mesh],
    });
    await outputValue(gateway.url);
    await settled(gateway, gateway.listeners);
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
        service: { type: "ClusterIP", externalIPs: ["10.200.0.2"], ports: [statusPort, ...servicePorts] },
      },
      compat: "true",
    });
    assert.deepEqual(await outputValue(gateway.urls), {
      http: "http://10.200.0.2",
      https: "https://10.200.0.2",
      ws: "http://10.200.0.2:30080",
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

  it("uses node ports that the host publishes", async () => {
    const gateway = await create({ kind: "hostPort", host: "127.0.0.1", ports: publishedPorts([80, 443, 30080]) });
    assert.deepEqual(service(), {
      type: "NodePort",
      ports: [statusPort, ...servicePorts.map((port, index) => ({ ...port, nodePort: 31080 + index }))],
    });
    assert.deepEqual(await outputValue(gateway.urls), {
      http: "http://127.0.0.1:8080",
      https: "https://127.0.0.1:8443",
      ws: "http://127.0.0.1:30080",
    });
  });

  it("reads the address of a load balancer", async () => {
    const gateway = await create({ kind: "loadBalancer" });
    assert.deepEqual(service(), { type: "LoadBalancer", ports: [statusPort, ...servicePorts] });
    assert.equal(await outputValue(gateway.url), "http://203.0.113.7");
  });
});
