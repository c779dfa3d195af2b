import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { looking } from "../../../components/live/watch";
import { PackageProvider } from "../../../plugin/package-provider";
import { waitFor } from "../../../tools/poll";
import { type PulumiMocks, startPulumiMocks } from "../pulumi-mocks";
import { collectRefusals } from "../refusals";
import { received } from "./received";

const cart = {
  serviceName: "cart",
  namespace: "shop",
  port: 80,
  versions: { v1: { image: "registry.example.com/cart:1.4.2" } },
};

/** What another team has in the cluster, as kubectl tells it. */
const theirs = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "cart", namespace: "shop", labels: { team: "checkout" } },
  spec: { ports: [{ port: 8080 }] },
};

const noProvider: pulumi.ComponentResourceOptions = {};

describe("components of other languages with a kubeconfig", () => {
  let mocks: PulumiMocks;
  const refusals = collectRefusals();
  const written = () => mocks.resources.filter(({ type }) => type.startsWith("kubernetes:"));

  beforeEach(async () => {
    mocks = await startPulumiMocks();
    looking.state = async () => undefined;
  });

  afterEach(async () => {
    await startPulumiMocks();
  });

  /** A cluster that has these objects, and a component on it. */
  async function construct(
    items: readonly object[],
    args: Record<string, JavaScriptValue>,
    options?: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.provider.ConstructResult> {
    looking.kubectl = () => async () => JSON.stringify({ items });
    const kubernetes = new Provider("cluster", { kubeconfig: "{}" });
    const inputs = await received({ ...cart, ...args });
    const opts = options ?? { providers: { kubernetes } };
    return new PackageProvider().construct("cart", "mesh-lanes:index:Workload", inputs, opts);
  }

  it("mark what they make, so that a change by hand is noticed", async () => {
    const { urn } = await construct([], { kubeconfig: "text" });
    await new Promise((resolve) => pulumi.output(urn).apply(resolve));
    await pulumi.runtime.disconnect();
    assert.ok(written().length >= 2);
    for (const { inputs, name } of written())
      assert.match(JSON.stringify(inputs.metadata), /"mesh-lanes\/stack":"/, name);
  });

  it("refuse what somebody else has made, and write nothing", async () => {
    void construct([theirs], { kubeconfig: "text" });
    await waitFor("the refusal", () => refusals.length > 0, { withinMs: 10_000 });
    assert.match(refusals[0] ?? "", /Service shop\/cart: it exists/);
    assert.deepEqual(
      written().map(({ name }) => name),
      [],
    );
  });

  it("do not look without one", async () => {
    const { urn } = await construct([theirs], {});
    await new Promise((resolve) => pulumi.output(urn).apply(resolve));
    await pulumi.runtime.disconnect();
    assert.ok(written().length >= 2);
    assert.deepEqual(refusals, []);
  });

  it("fail without the provider that it is of", async () => {
    await assert.rejects(construct([], { kubeconfig: "text" }, noProvider), /got no provider of Kubernetes/);
  });
});
