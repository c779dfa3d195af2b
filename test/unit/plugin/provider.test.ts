import assert from "node:assert/strict";
import type { proxiesApply } from "../../../cli/internal/proxies";
import { PackageProvider } from "../../../plugin/package-provider";
import schema from "../../../plugin/schema.json";

const urn = "urn:pulumi:dev::own::mesh-lanes:index:Lanes$mesh-lanes:index:ProxySync::shop-subsets-acknowledged";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "apiVersion: v1" };
const inputs = {
  kind: "proxies",
  name: "shop/subsets",
  group: "shop",
  namespace: "istio-system",
  blindSeconds: 5,
  fingerprint: "one",
  kubeconfig: secret,
};

/** The provider, and the waits that it had done. */
function watched() {
  const waits: Parameters<typeof proxiesApply>[0][] = [];
  const provider = new PackageProvider(async (request) => {
    waits.push(request);
    return { result: "acknowledged" };
  });
  return { provider, waits };
}

describe("the component provider", () => {
  it("tells the schema that is committed", () => {
    const { provider } = watched();
    assert.deepEqual(JSON.parse(provider.schema), schema);
    assert.equal(provider.version, schema.version);
  });

  it("waits when the objects of a step are made or changed, with the kubeconfig as text and its secret kept", async () => {
    const { provider, waits } = watched();
    const { id, outs } = await provider.create(urn, inputs);
    const request = { group: "shop", namespace: "istio-system", blindSeconds: 5, kubeconfig: "apiVersion: v1" };
    assert.deepEqual(waits, [request]);
    assert.equal(id, "proxies/shop/subsets");
    assert.deepEqual(outs, { ...inputs, result: "acknowledged" });
    const news = { ...inputs, fingerprint: "two" };
    assert.equal((await provider.diff(id, urn, outs, news)).changes, true);
    assert.deepEqual(await provider.update(id, urn, outs, news), { outs: { ...news, result: "acknowledged" } });
    assert.deepEqual(waits, [request, request]);
  });

  it("does not wait when only the credentials were renewed, nor when the group goes", async () => {
    const { provider, waits } = watched();
    const renewed = { ...inputs, kubeconfig: { ...secret, value: "another" } };
    assert.equal((await provider.diff("proxies/shop/subsets", urn, inputs, renewed)).changes, false);
    await provider.delete("proxies/shop/subsets", urn, inputs);
    assert.deepEqual(waits, []);
  });

  it("refuses what it does not have", async () => {
    const { provider, waits } = watched();
    const other = urn.replace("ProxySync", "Other");
    await assert.rejects(provider.create(other, inputs), /no resource mesh-lanes:index:Other/);
    await assert.rejects(
      provider.construct("a", "mesh-lanes:index:Other", {}, {}),
      /no component mesh-lanes:index:Other/,
    );
    assert.deepEqual(waits, []);
  });
});
