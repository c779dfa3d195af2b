import assert from "node:assert/strict";
import { Provider as AlicloudProvider } from "@pulumi/alicloud/provider";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { ProcessProvider } from "../../../../components/cluster/process-resource";
import { AsmIngressGateway } from "../../../../components/gateway/asm-gateway";
import { GatewayLoadBalancer } from "../../../../components/gateway/gateway-load-balancer";
import { alibabaAnswers } from "../../alibaba-answers";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";

const cluster = () => ({
  kubeconfig: pulumi.secret("kubeconfig of the cluster"),
  processes: new ProcessProvider("processes"),
});

describe("AsmIngressGateway", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks(alibabaAnswers);
  });

  it("describes the gateway to the mesh, listens, and knows its URLs", async () => {
    const provider = new Provider("mesh", { kubeconfig: "text" });
    const certificate = new Provider("certificate", {});
    const gateway = new AsmIngressGateway(
      "gateway",
      {
        gatewayName: "shop",
        ports: [
          { name: "https", port: 443, protocol: "HTTPS", hosts: ["shop.example.com"], credentialName: "shop-tls" },
          { name: "http", port: 80, protocol: "HTTP", hosts: ["*"] },
        ],
        further: [
          { name: "ws", namespace: "edge", ports: [{ name: "http", port: 8080, protocol: "HTTP", hosts: ["*"] }] },
        ],
        clusterIds: ["c1"],
        cluster: cluster(),
        loadBalancer: { id: "lb-1", address: "203.0.113.7" },
      },
      { provider, dependsOn: [certificate] },
    );
    await settled(gateway, ...gateway.listeners);
    assert.deepEqual(mocks.named("gateway-proxy").inputs, {
      apiVersion: "istio.alibabacloud.com/v1beta1",
      kind: "IstioGateway",
      metadata: { name: "shop", namespace: "istio-system" },
      spec: {
        gatewayType: "ingress",
        clusterIds: ["c1"],
        serviceType: "LoadBalancer",
        serviceAnnotations: {
          "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id": "lb-1",
          "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-force-override-listeners": "false",
        },
        externalTrafficPolicy: "Local",
        replicaCount: 2,
        ports: [
          { name: "https", port: 443, targetPort: 443 },
          { name: "http", port: 80, targetPort: 80 },
          { name: "http-8080", port: 8080, targetPort: 8080 },
        ],
        resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "2", memory: "2G" } },
      },
    });
    assert.deepEqual(mocks.named("gateway-listeners").inputs, {
      apiVersion: "networking.istio.io/v1beta1",
      kind: "Gateway",
      metadata: { name: "shop", namespace: "istio-system" },
      spec: {
        selector: { istio: "shop" },
        servers: [
          {
            port: { number: 443, name: "https", protocol: "HTTPS" },
            hosts: ["shop.example.com"],
            tls: { mode: "SIMPLE", credentialName: "shop-tls" },
          },
          { port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] },
        ],
      },
    });
    assert.deepEqual((mocks.named("gateway-listeners-edge-ws").inputs as { metadata: unknown }).metadata, {
      name: "ws",
      namespace: "edge",
    });
    const needs = (name: string) => mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1));
    for (const name of ["gateway-listeners", "gateway-listeners-edge-ws"]) {
      assert.ok(needs(name).includes("gateway-ready") && needs(name).includes("certificate"), name);
    }
    assert.ok(needs("gateway-ready").includes("gateway-proxy"));
    const { gateway: waitedFor, replicas, ports } = mocks.named("gateway-ready").inputs;
    assert.deepEqual({ waitedFor, replicas, ports }, { waitedFor: "shop", replicas: 2, ports: [443, 80, 8080] });
    assert.deepEqual(mocks.named("gateway-ready").secretInputs, ["kubeconfig"]);
    assert.equal(await outputValue(gateway.url), "https://203.0.113.7");
    assert.deepEqual(await outputValue(gateway.urls), {
      "istio-system/shop/https": "https://203.0.113.7",
      "istio-system/shop/http": "http://203.0.113.7",
      "edge/ws/http": "http://203.0.113.7:8080",
    });
  });
});

describe("GatewayLoadBalancer", () => {
  it("is public, paid by use, and not deleted by accident", async () => {
    const mocks = await startPulumiMocks(alibabaAnswers);
    const alicloud = new AlicloudProvider("account", { region: "cn-hangzhou" });
    const balancer = new GatewayLoadBalancer("balancer", { loadBalancerName: "lanes-gateway" }, { provider: alicloud });
    assert.equal(await outputValue(balancer.address), "203.0.113.7");
    await settled(balancer);
    assert.deepEqual(mocks.named("balancer-clb").inputs, {
      loadBalancerName: "lanes-gateway",
      addressType: "internet",
      paymentType: "PayAsYouGo",
      instanceChargeType: "PayByCLCU",
      internetChargeType: "PayByTraffic",
      deleteProtection: "on",
    });
  });

  it("overwrites listeners of a load balancer that the program made, or where it is asked to, and of no other", async () => {
    const mocks = await startPulumiMocks(alibabaAnswers);
    const provider = new Provider("mesh", { kubeconfig: "text" });
    const account = new AlicloudProvider("account", { region: "cn-hangzhou" });
    const made = new GatewayLoadBalancer("lb", { loadBalancerName: "lanes" }, { provider: account });
    const given = { id: "lb-1", address: "203.0.113.7" };
    const where = cluster();
    const all = { made, given, asked: { ...given, overrideListeners: true } };
    const gateways = Object.entries(all).map(
      ([name, loadBalancer]) =>
        new AsmIngressGateway(
          name,
          { gatewayName: name, ports: [], clusterIds: ["c1"], cluster: where, loadBalancer },
          { provider },
        ),
    );
    await settled(...gateways);
    const overwritten = Object.keys(all).map((name) => {
      const { inputs } = mocks.named(`${name}-proxy`);
      return /force-override-listeners":"(\w+)"/.exec(JSON.stringify(inputs))?.[1];
    });
    assert.deepEqual(overwritten, ["true", "false", "true"]);
    // CLB's own default is not the same in all its documents; this is the most that it takes.
    const idle = Object.keys(all).map(
      (name) => /established-timeout":"(\d+)"/.exec(JSON.stringify(mocks.named(`${name}-proxy`).inputs))?.[1],
    );
    assert.deepEqual(idle, ["900", undefined, "900"]);
  });
});
