import assert from "node:assert/strict";
import { deleteObjects, unnoted } from "../../../../../cli/pulumi/unsaved/unnoted";

const since = new Date("2026-01-01T10:00:00.000Z");
const after = "2026-01-01T10:00:01.000Z";

function rule(name: string, made: string | undefined, labels: object = {}, kind = "DestinationRule") {
  const annotations = made === undefined ? {} : { "mesh-lanes/made": made };
  return { kind, metadata: { name, namespace: "shop", uid: `uid-${name}`, labels, annotations } };
}

const state = {
  resources: [
    {
      urn: "urn:pulumi:dev::shop::kubernetes:networking.istio.io/v1:DestinationRule::known",
      type: "kubernetes:networking.istio.io/v1:DestinationRule",
      outputs: { metadata: { uid: "uid-known" } },
    },
  ],
};

describe("objects that no state knows", () => {
  async function found(...items: object[]): Promise<string[]> {
    const asked: string[][] = [];
    const objects = await unnoted(state, "shop.dev", since, async (args) => {
      asked.push([...args]);
      return JSON.stringify({ items });
    });
    // Those of other stacks, and of nobody's, are not even asked for.
    assert.ok(asked.every((args) => args.join(" ").includes("--selector mesh-lanes/stack=shop.dev")));
    return objects.map(({ name }) => name);
  }

  it("are those that were made since the killed update began", async () => {
    assert.deepEqual(await found(rule("new", after), rule("known", after)), ["new"]);
  });
  it("are not those that were taken out of the state by hand: they are older", async () => {
    assert.deepEqual(await found(rule("old", "2026-01-01T09:59:59.000Z"), rule("unmarked", undefined)), []);
  });
  it("are not what several stacks use, and no namespaces", async () => {
    const shared = rule("shared", after, { "mesh-lanes/shared": "true" });
    assert.deepEqual(await found(shared, rule("shop", after, {}, "Namespace")), []);
  });
});

describe("deleteObjects", () => {
  it("names each object in full", async () => {
    const asked: string[] = [];
    await deleteObjects([{ kind: "VirtualService", namespace: "shop", name: "web", labels: {} }], async (args) => {
      asked.push(args.join(" "));
      return "";
    });
    assert.deepEqual(asked, ["delete virtualservices.networking.istio.io web --namespace shop --ignore-not-found"]);
  });
});
