import assert from "node:assert/strict";
import fc from "fast-check";
import { deploymentName, pairName, versionedName } from "../../../components/names";

/** Names that are dangerous together: few letters, many dashes. */
const label = fc.stringMatching(/^[ab]([ab-]{0,3}[ab])?$/);
const version = fc.oneof(label, fc.stringMatching(/^[aB1]([aB1._-]{0,3}[aB1])?$/));

describe("pairName", () => {
  it("keeps the name where no part has a dash", () => assert.deepEqual(pairName("shop", "api"), { name: "shop-api" }));

  it("sets parts with dashes apart, and remembers what they were called", () => {
    assert.deepEqual(pairName("shop", "cart-api", "x-"), {
      name: "x-shop/cart-api",
      aliases: [{ name: "x-shop-cart-api" }],
    });
  });

  it("never gives two pairs one name", () => {
    fc.assert(
      fc.property(label, label, label, label, (a, b, c, d) => {
        if (a !== c || b !== d) assert.notEqual(pairName(a, b).name, pairName(c, d).name);
      }),
    );
  });
});

describe("versionedName", () => {
  it("keeps the name where the version has no dash", () => {
    assert.deepEqual(versionedName("default-web", "v1"), { name: "default-web-v1" });
    assert.deepEqual(versionedName("default-web", "v1-canary"), {
      name: "default-web@v1-canary",
      aliases: [{ name: "default-web-v1-canary" }],
    });
  });

  it("never gives two versions one name, whatever the services are called", () => {
    fc.assert(
      fc.property(label, label, version, label, label, version, (a, b, v, c, d, w) => {
        const [one, other] = [pairName(a, b).name, pairName(c, d).name];
        if (a !== c || b !== d || v !== w) assert.notEqual(versionedName(one, v).name, versionedName(other, w).name);
      }),
    );
  });
});

describe("deploymentName", () => {
  it("is the service's and the version's where that is a name", () => {
    assert.equal(deploymentName("web", "v1"), "web-v1");
  });

  it("is a name whatever the version is", () => {
    const names = ["1.4.2", "1-4-2", "1_4_2", "V1", "v1", "1..4"].map((each) => deploymentName("web", each));
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^web-[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    assert.match(names[0] ?? "", /^web-1-4-2-[0-9a-f]{8}$/);
  });
});
