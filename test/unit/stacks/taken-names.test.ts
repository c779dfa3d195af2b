import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { looking } from "../../../components/live/watch";
import { parseStackConfig } from "../../../config/parse";
import { createStack } from "../../../stacks/stack";
import { waitFor } from "../../../tools/poll";
import { type PulumiMocks, startPulumiMocks } from "../pulumi-mocks";
import { collectRefusals } from "../refusals";
import { environmentWith, kubeconfigOf } from "./existing-cluster";

const kubeconfig = kubeconfigOf("t");
const environment = environmentWith(kubeconfig);
const cluster = { kind: "existing", kubeconfig: "k", context: "mine" };
const shop = {
  cluster,
  workloads: ["web", "cart"].map((name) => ({ name, app: "mock", namespace: "shop", port: 8000, versions: ["v1"] })),
  laneGroups: [
    {
      name: "shop",
      mode: "permissive",
      namespace: "shop",
      services: ["web", "cart"].map((name) => ({ name, port: 8000, versions: ["v1"] })),
      entry: { service: "web", gateway: "istio-system/ingressgateway" },
      routeHeader: "x-lane",
      traceHeader: "baggage",
      baseline: "v1",
      lanes: [{ name: "v1" }],
    },
  ],
};
const asm = {
  cluster: { ...cluster, id: "c1" },
  mesh: { kind: "asm", version: "1.24.6.64", kubeconfig: "m", context: "mine" },
  gateway: { loadBalancer: { id: "lb-1", address: "203.0.113.7" } },
};
const gateways = [{ name: "ws", namespace: "edge", ports: [{ name: "http", port: 8080, protocol: "HTTP" }] }];
const secure = {
  gateway: {
    ports: [{ name: "https", port: 443, protocol: "HTTPS", hosts: ["a.example.com"], credentialName: "cred" }],
  },
  tls: [
    {
      secret: "cred",
      hosts: ["a.example.com"],
      source: { kind: "certManager", issuer: { name: "ours", kind: "ClusterIssuer" } },
    },
  ],
};
const [group] = shop.laneGroups;

const configs: Record<string, Record<string, unknown>> = {
  "upstream Istio": { ...shop, gateways },
  "upstream Istio with TLS and a scope": { ...shop, ...secure, laneGroups: [{ ...group, scope: { egress: [] } }] },
  "upstream Istio of others": { ...shop, mesh: { existing: true }, existingNamespaces: ["shop"] },
  "a gateway of others": {
    ...shop,
    mesh: { existing: true },
    gateway: { existing: {}, address: "192.0.2.10" },
    gateways,
  },
  telemetry: {
    ...shop,
    telemetry: { collector: { kind: "deploy" } },
    workloads: [{ ...shop.workloads[0], instrument: "nodejs" }],
  },
  "ASM by routes": { ...shop, ...asm, gateways },
  "ASM by swimlanes": { ...shop, ...asm, laneGroups: [{ ...group, asmWay: "swimlanes" }] },
};

/** An object for each name that is asked for, made by somebody else. Where many are, a list tells of two. */
function taken(args: readonly string[]): string {
  if (args.includes("secrets")) return "";
  if (args.includes("--no-headers")) return "web      5m\nweb-v1   5m\n";
  if (args.includes("--selector")) return JSON.stringify({ items: [] });
  const namespace = args[args.indexOf("--namespace") + 1];
  const items = args
    .filter((arg) => arg.includes("/"))
    .map((arg) => {
      const [resource = "", name = ""] = arg.split("/");
      return { kind: kindOf(resource), metadata: { name, ...(args.includes("--namespace") && { namespace }) } };
    });
  return JSON.stringify({ items });
}

const kinds: Readonly<Record<string, string>> = {
  ...{ namespaces: "Namespace", services: "Service", serviceaccounts: "ServiceAccount", secrets: "Secret" },
  ...{ deployments: "Deployment", networkpolicies: "NetworkPolicy", virtualservices: "VirtualService" },
  ...{ destinationrules: "DestinationRule", envoyfilters: "EnvoyFilter", sidecars: "Sidecar", gateways: "Gateway" },
  ...{ authorizationpolicies: "AuthorizationPolicy", peerauthentications: "PeerAuthentication" },
  customresourcedefinitions: "CustomResourceDefinition",
};

function kindOf(resource: string): string {
  const [name = ""] = resource.split(".");
  return kinds[name] ?? name;
}

describe("a stack on a cluster where every name is taken", () => {
  let mocks: PulumiMocks;
  const refusals = collectRefusals();

  afterEach(async () => {
    // The program never ends. Pulumi would say so of the process, and have it fail, did it not begin again.
    await startPulumiMocks();
  });

  async function refused(config: Record<string, unknown>): Promise<string> {
    mocks = await startPulumiMocks();
    looking.kubectl = () => async (args) => taken(args);
    looking.state = async () => undefined;
    const parsed = parseStackConfig(config);
    void pulumi.runtime.runInPulumiStack(async () => createStack(parsed, environment));
    await waitFor("a refusal", () => refusals.length > 0, { withinMs: 60_000, everyMs: 20 });
    // Whatever was on its way to the engine has come there.
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(refusals.slice(1), []);
    return refusals[0] ?? "";
  }

  for (const [title, config] of Object.entries(configs)) {
    it(`writes nothing, and says so once: ${title}`, async () => {
      const message = await refused(config);
      const written = mocks.resources.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.deepEqual(
        written.map(({ name, type }) => `${type} ${name}`),
        [],
      );
      assert.match(message, /What others have in the cluster does not fit this update\. Nothing was changed\./);
      for (const object of ["Deployment shop/web-v1", "Service shop/web"])
        assert.ok(message.includes(`${object}: it exists`), object);
      assert.equal(
        message.includes("no pod with istio=ingressgateway in namespace istio-system"),
        title === "a gateway of others",
      );
    });
  }
});
