import assert from "node:assert/strict";
import { ClusterObjects } from "../../../../components/live/cluster-objects";

const rule = (name: string, labels: object = { "mesh-lanes/stack": "p.s" }) => ({
  kind: "DestinationRule",
  metadata: { name, namespace: "default", labels },
  spec: { host: name },
});

/** What kubectl prints for a person. */
class Printed {
  public constructor(public readonly text: string) {}
}

describe("ClusterObjects", () => {
  function cluster(answer: (args: string) => unknown) {
    const calls: string[] = [];
    const objects = new ClusterObjects(async (args) => {
      calls.push(args.join(" "));
      const result = answer(args.join(" "));
      if (result instanceof Error) throw result;
      if (result instanceof Printed) return result.text;
      return result === undefined ? "" : JSON.stringify(result);
    }, "p.s");
    return { objects, calls };
  }

  it("asks once for all objects with the stack's label", async () => {
    const { objects, calls } = cluster(() => ({ items: [rule("a"), rule("b")] }));
    const found = await Promise.all(["a", "b"].map((name) => objects.find("DestinationRule", "default", name)));
    assert.deepEqual(
      found.map((object) => object?.content),
      [{ spec: { host: "a" } }, { spec: { host: "b" } }],
    );
    assert.equal(calls.length, 1);
    assert.match(calls[0] ?? "", /^get namespaces,.*--all-namespaces --selector mesh-lanes\/stack=p\.s/);
  });

  it("asks by name for those without it, all of a namespace together", async () => {
    const { objects, calls } = cluster((args) =>
      args.includes("--selector") ? { items: [] } : { items: [rule("a", {})] },
    );
    const found = await Promise.all(["a", "b"].map((name) => objects.find("DestinationRule", "default", name)));
    assert.deepEqual(
      found.map((object) => object?.name),
      ["a", undefined],
    );
    assert.equal(calls.length, 2);
    assert.match(
      calls[1] ?? "",
      /^get destinationrules\.networking\.istio\.io\/a destinationrules\.\S+\/b --namespace default --ignore-not-found /,
    );
  });

  describe("asked for many objects of a kind", () => {
    const names = Array.from({ length: 600 }, (_, index) => `rule-${index}`);
    const of = (present: readonly string[]) =>
      cluster((args) => {
        if (args.includes("--selector")) return { items: [] };
        if (args.includes("--no-headers")) return new Printed(present.map((name) => `${name}   host   5m`).join("\n"));
        if (args.startsWith("get destinationrules.networking.istio.io --")) {
          return { items: present.map((name) => rule(name, {})) };
        }
        const asked = args.split(" ").filter((arg) => arg.includes("/"));
        return { items: asked.map((arg) => rule(arg.slice(arg.indexOf("/") + 1), {})) };
      });
    const findAll = (objects: ClusterObjects) =>
      Promise.all(names.map((name) => objects.find("DestinationRule", "default", name)));
    /** kubectl makes a request of each, and of more than ten it makes five in a second. */
    const longest = (calls: readonly string[]) =>
      Math.max(...calls.map((call) => call.split(" ").filter((arg) => arg.includes("/rule-")).length));

    it("looks first which of them there are", async () => {
      const { objects, calls } = of(["others", "rule-7", "rule-500"]);
      const found = (await findAll(objects)).flatMap((object) => object?.name ?? []);
      assert.deepEqual(found, ["rule-7", "rule-500"]);
      assert.equal(longest(calls), 2);
    });

    it("asks for none by name where there is none", async () => {
      const { objects, calls } = of(["others"]);
      assert.deepEqual(new Set(await findAll(objects)), new Set([undefined]));
      assert.equal(longest(calls), 0);
    });

    it("lists the kind where there are many", async () => {
      const { objects, calls } = of(names);
      const found = await findAll(objects);
      assert.deepEqual(
        found.map((object) => object?.name),
        names,
      );
      assert.equal(longest(calls), 0);
    });
  });

  it("counts the names of all kinds that it asks for together", async () => {
    const kinds = ["DestinationRule", "EnvoyFilter", "VirtualService"];
    const { objects, calls } = cluster((args) => (args.includes("--selector") ? { items: [] } : new Printed("")));
    const names = [1, 2, 3, 4].map((number) => `rule-${number}`);
    const found = kinds.flatMap((kind) => names.map((name) => objects.find(kind, "default", name)));
    assert.deepEqual(new Set(await Promise.all(found)), new Set([undefined]));
    assert.deepEqual(
      calls.slice(1).map((call) => call.replace(/ --.*/, "")),
      kinds.map((kind) => `get ${kind.toLowerCase()}s.networking.istio.io`),
    );
  });

  it("asks once for one object, whoever wants to know of it", async () => {
    const { objects, calls } = cluster((args) => (args.includes("--selector") ? { items: [] } : rule("a", {})));
    for (const _ of [1, 2]) assert.equal((await objects.find("DestinationRule", "default", "a"))?.name, "a");
    assert.equal(calls.length, 2);
  });

  it("asks for a kind that is in no list without waiting for the list", async () => {
    const { objects, calls } = cluster(() => undefined);
    await objects.find("Certificate", "default", "a", "certificates.cert-manager.io");
    assert.equal(calls.length, 1);
    assert.match(calls[0] ?? "", /^get certificates\.cert-manager\.io\/a /);
  });

  it("finds no object of Istio where Istio is not installed", async () => {
    const { objects } = cluster((args) =>
      args.includes("istio.io")
        ? new Error(`error: the server doesn't have a resource type "sidecars"`)
        : { items: [] },
    );
    assert.equal(await objects.find("DestinationRule", "default", "a"), undefined);
  });

  it("fails when the cluster does not answer: what is not seen is not gone", async () => {
    const { objects } = cluster(() => new Error("connection refused"));
    await assert.rejects(objects.find("DestinationRule", "default", "a"), /connection refused/);
  });

  it("takes what somebody else has added out of an object", async () => {
    const { objects, calls } = cluster(() => ({ items: [rule("a")] }));
    const live = await objects.find("DestinationRule", "default", "a");
    assert.ok(live);
    await objects.remove(live, [{ op: "remove", path: "/spec/exportTo" }]);
    assert.equal(
      calls[1],
      'patch destinationrules.networking.istio.io a --namespace default --type=json --patch=[{"op":"remove","path":"/spec/exportTo"}]',
    );
  });
});
