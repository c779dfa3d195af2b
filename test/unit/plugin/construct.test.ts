import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { PackageProvider } from "../../../plugin/package-provider";
import { version } from "../../../plugin/schema.json";
import { type PulumiMocks, startPulumiMocks } from "../pulumi-mocks";
import { received } from "./received";

const token = "mesh-lanes:index:Lanes";

/* Pulumi's protocol: values that are not known yet, in its two forms, and secrets. */
const signature = "4dabf18193072939515e22adb298388d";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownOutput = { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", dependencies: [] };
const secret = (value: JavaScriptValue) => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });

const args = {
  mode: "permissive",
  namespace: "shop",
  baseline: "v1",
  routeHeader: "version",
  services: [{ name: "mocka", port: 8000, versions: ["v1", "v2"] }],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
  lanes: [
    { name: "v1", weight: 90 },
    { name: "v2", weight: 10 },
  ],
};

/** A component as the engine asks for it: each call has the provider of the cluster as an object of its own. */
async function construct(name: string, more: Record<string, JavaScriptValue>): Promise<void> {
  const inputs = await received({ ...args, ...more });
  const kubernetes = new Provider("cluster", { kubeconfig: "{}" });
  const { urn } = await new PackageProvider().construct(name, token, inputs, { providers: { kubernetes } });
  await new Promise((resolve) => pulumi.output(urn).apply(resolve));
  await pulumi.runtime.disconnect();
}

/** The warnings of a construct call. */
async function warnings(more: Record<string, JavaScriptValue>): Promise<string[]> {
  const said: string[] = [];
  const { warn } = pulumi.log;
  Object.assign(pulumi.log, { warn: async (text: string) => void said.push(text) });
  try {
    await construct("shop", more);
  } finally {
    Object.assign(pulumi.log, { warn });
  }
  return said;
}

describe("Lanes, as the engine has the component provider construct them", () => {
  let mocks: PulumiMocks;
  const ofMesh = () => mocks.resources.filter(({ type }) => type.startsWith("kubernetes:networking"));

  beforeEach(async () => {
    mocks = await startPulumiMocks();
  });

  it("can be several in one program, though they share filters", async () => {
    await construct("one", {});
    await construct("two", {
      services: [{ ...args.services[0], name: "mockb" }],
      entry: { ...args.entry, service: "mockb" },
    });
    const urns = mocks.resources
      .filter(({ type }) => !type.startsWith("pulumi:"))
      .map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(
      urns.filter((urn, index) => urns.indexOf(urn) !== index),
      [],
    );
    const names = ofMesh().map(({ name }) => name.replace(/\.[0-9a-f]{8}$/, ""));
    for (const group of ["one", "two"]) {
      assert.ok(names.includes(`${group}/EnvoyFilter/shop/mesh-lanes.sidecars`), names.join());
      assert.ok(names.includes(`${group}/EnvoyFilter/istio-system/mesh-lanes.gateway`), names.join());
    }
    const shared = ofMesh().filter(({ name }) => /\/mesh-lanes\./.test(name));
    assert.ok(shared.every(({ retainOnDelete }) => retainOnDelete));
  });

  it("wait by the provider of the same version, whichever others are installed", async () => {
    await construct("shop", { kubeconfig: secret("kubeconfig") });
    const waits = mocks.ofType("mesh-lanes:index:ProxySync");
    assert.equal(waits.length, 3);
    for (const wait of waits) assert.equal(wait.version, version);
  });

  it("keep the kubeconfig a secret, and nothing else", async () => {
    await construct("shop", { kubeconfig: secret("kubeconfig") });
    for (const wait of mocks.ofType("mesh-lanes:index:ProxySync")) assert.deepEqual(wait.secretInputs, ["kubeconfig"]);
    for (const object of ofMesh()) assert.deepEqual(object.secretInputs, []);
  });

  it("keep a kubeconfig a secret that the program has as plain text", async () => {
    await construct("shop", { kubeconfig: "kubeconfig" });
    for (const wait of mocks.ofType("mesh-lanes:index:ProxySync")) assert.deepEqual(wait.secretInputs, ["kubeconfig"]);
  });

  it("keep what objects are made of a secret where an input was one", async () => {
    const match = { headers: { "x-beta": { exact: secret("token") } } };
    await construct("shop", {
      lanes: [
        { name: "v1", weight: 100 },
        { name: "v2", match },
      ],
    });
    assert.match(JSON.stringify(mocks.named("VirtualService/shop/shop").inputs), /token/);
    assert.ok(ofMesh().length > 5);
    for (const object of ofMesh()) assert.deepEqual(object.secretInputs, ["spec"], object.name);
  });

  it("say which arguments there are not, all at once, in the other components too", async () => {
    const versions = { v1: { image: "registry.example.com/cart:1.4.2", secret_env: { PASSWORD: "x" } } };
    const inputs = await received({ serviceName: "cart", namespace: "shop", port: 80, versions, color: "red" });
    const kubernetes = new Provider("cluster", { kubeconfig: "{}" });
    const made = new PackageProvider().construct("cart", "mesh-lanes:index:Workload", inputs, {
      providers: { kubernetes },
    });
    await assert.rejects(made, (error: Error) => {
      assert.match(error.message, /has 2 problems|arguments that it does not know/);
      assert.match(error.message, /cart\.color: got an unknown argument/);
      assert.match(error.message, /cart\.versions\.v1\.secret_env: got an unknown argument/);
      return true;
    });
  });

  const unknownInputs: [string, Record<string, JavaScriptValue>, string][] = [
    ["an argument", { namespace: unknownText }, "shop.namespace: got an output"],
    ["an argument, with what it depends on", { namespace: unknownOutput }, "shop.namespace: got an output"],
    ["a part of one", { entry: { ...args.entry, hosts: ["a.example.com", unknownText] } }, "shop.entry.hosts[1]: got"],
    [
      "a part of a list",
      { services: [{ name: "mocka", port: unknownOutput, versions: [] }] },
      "shop.services[0].port: got",
    ],
  ];
  for (const [title, more, problem] of unknownInputs) {
    it(`say where a preview does not know ${title} yet`, async () => {
      await assert.rejects(construct("shop", more), (error: Error) => {
        assert.ok(error.message.includes(problem), error.message);
        assert.match(error.message, /one problem|not known before the update/);
        return true;
      });
      assert.deepEqual(ofMesh(), []);
    });
  }

  for (const [title, kubeconfig] of [
    ["as text", unknownText],
    ["as an output", unknownOutput],
  ] as const) {
    it(`take a kubeconfig that a preview does not know yet, ${title}`, async () => {
      assert.deepEqual(await warnings({ kubeconfig }), []);
      assert.equal(mocks.ofType("mesh-lanes:index:ProxySync").length, 3);
    });
  }

  it("warn of what is not waited for where there is no kubeconfig", async () => {
    const said = await warnings({});
    assert.equal(said.length, 1);
    assert.match(
      said[0] ?? "",
      /^lane group shop has no kubeconfig.*nor waits for the proxies.*some requests meet two versions/,
    );
    assert.deepEqual(mocks.ofType("mesh-lanes:index:ProxySync"), []);
  });
});
