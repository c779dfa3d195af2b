import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Provider as AlicloudProvider } from "@pulumi/alicloud/provider";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { ProcessProvider } from "../../../../components/cluster/process-resource";
import { AsmIngressGateway, type AsmIngressGatewayArgs } from "../../../../components/gateway/asm-gateway";
import { GatewayLoadBalancer } from "../../../../components/gateway/gateway-load-balancer";
import { projectRoot } from "../../../../tools/paths";
import { alibabaAnswers } from "../../alibaba-answers";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";

const cluster = () => ({
  kubeconfig: pulumi.secret("kubeconfig of the cluster"),
  processes: new ProcessProvider("processes"),
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
}

/** Of the spec of an IstioGateway: the fields that ASM's documents name. */
function documented(): Schema {
  const file = join(projectRoot, "test/e2e/production-crds/istiogateways.yaml");
  return parse(readFileSync(file, "utf8")).spec.versions[0].schema.openAPIV3Schema.properties.spec;
}

/** Paths in a value that the schema does not have: an API server refuses them where it is strict. */
function unknownFields(schema: Schema, value: unknown, path = "spec"): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => unknownFields(schema.items ?? {}, each, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const below = schema.properties?.[key] ?? schema.additionalProperties;
    return below ? unknownFields(below, each, `${path}.${key}`) : [`${path}.${key}`];
  });
}

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
        // In other zones, else on other nodes. ASM's own label, as its document names it.
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              ["topology.kubernetes.io/zone", 100],
              ["kubernetes.io/hostname", 50],
            ].map(([topologyKey, weight]) => ({
              weight,
              podAffinityTerm: {
                labelSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["istio-shop"] }] },
                topologyKey,
              },
            })),
          },
        },
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

describe("AsmIngressGateway behind NLB", () => {
  const zones = { "cn-hangzhou-j": "vsw-2", "cn-hangzhou-i": "vsw-1" };

  async function make(name: string, loadBalancer: AsmIngressGatewayArgs["loadBalancer"]) {
    const provider = new Provider(`${name}-mesh`, { kubeconfig: "text" });
    const ports = [{ name: "http", port: 80, protocol: "HTTP", hosts: ["*"] }] as const;
    const args = { gatewayName: "shop", ports, clusterIds: ["c1"], cluster: cluster(), loadBalancer };
    const gateway = new AsmIngressGateway(name, args, { provider });
    await settled(gateway, ...gateway.listeners);
    return gateway;
  }

  it("asks the cluster for one over its zones, with the longest idle time, and takes its host name", async () => {
    const mocks = await startPulumiMocks({
      ...alibabaAnswers,
      outputs: (args) => (args.type.endsWith(":AsmGatewayReady") ? { address: "nlb-1.example.com" } : {}),
    });
    const gateway = await make("gateway", { kind: "nlb", zones, loadBalancerName: "lanes-gateway" });
    const { spec } = mocks.named("gateway-proxy").inputs as { spec: Record<string, unknown> };
    const prefix = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-";
    assert.equal(spec.loadBalancerClass, "alibabacloud.com/nlb");
    assert.deepEqual(spec.serviceAnnotations, {
      [`${prefix}zone-maps`]: "cn-hangzhou-i:vsw-1,cn-hangzhou-j:vsw-2",
      [`${prefix}address-type`]: "internet",
      [`${prefix}idle-timeout`]: "900",
      [`${prefix}name`]: "lanes-gateway",
    });
    assert.deepEqual(unknownFields(documented(), spec), []);
    assert.equal(await outputValue(gateway.url), "http://nlb-1.example.com");
    assert.equal(mocks.named("gateway-ready").inputs.loadBalancerClass, "alibabacloud.com/nlb");
    assert.ok(mocks.named("gateway-proxy").deleteBeforeReplace, "a Service cannot go from CLB to NLB");
  });

  it("leaves the host out where whoever runs it may not look", async () => {
    await startPulumiMocks(alibabaAnswers);
    assert.equal(await outputValue((await make("gateway", { kind: "nlb", zones })).url), "http://");
  });

  it("refuses a single zone", async () => {
    await startPulumiMocks(alibabaAnswers);
    await assert.rejects(make("gateway", { kind: "nlb", zones: { "cn-hangzhou-i": "vsw-1" } }), {
      name: "UserError",
      message: /loadBalancer\.zones: got cn-hangzhou-i\n.*two zones or more.*CLB/s,
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
