import assert from "node:assert/strict";
import {
  certificateCovers,
  certificateNames,
  covers,
  narrower,
  overlaps,
  pickHost,
  resolveHost,
  serviceOfHost,
  serviceOfUrl,
  withoutNamespace,
} from "../../../../components/lanes/hosts";

describe("covers", () => {
  const cases: readonly [wide: string, narrow: string, expected: boolean][] = [
    ["*", "a.com", true],
    ["*", "*.com", true],
    ["*", "*", true],
    ["*", "[::1]", true],
    ["*.com", "*.a.com", true],
    ["*.com", "*.com", true],
    ["*.a.com", "x.A.com", true],
    ["A.com", "a.com", true],
    ["*.a.com", "a.com", false],
    ["*.a.com", "*.com", false],
    ["*.com", "*", false],
    ["x.a.com", "*.a.com", false],
    ["*.a.com", "xa.com", false],
    ["a.com", "a.com.", false],
  ];
  for (const [wide, narrow, expected] of cases) {
    it(`says ${expected} of ${wide} and ${narrow}`, () => assert.equal(covers(wide, narrow), expected));
  }
});

// The examples of Istio's own documentation of host.Name.Matches.
describe("overlaps", () => {
  const cases: readonly [string, string, boolean][] = [
    ["foo.com", "foo.com", true],
    ["foo.com", "bar.com", false],
    ["*.com", "foo.com", true],
    ["bar.com", "*.com", true],
    ["*.foo.com", "foo.com", false],
    ["*", "foo.com", true],
    ["*", "*.com", true],
    ["*.a.com", "*.b.com", false],
    ["*.A.com", "*.x.a.com", true],
  ];
  for (const [one, other, expected] of cases) {
    it(`says ${expected} of ${one} and ${other}`, () => {
      assert.equal(overlaps(one, other), expected);
      assert.equal(overlaps(other, one), expected);
      assert.equal(narrower(one, other) !== undefined, expected);
    });
  }
  it("has the narrower of both", () => {
    assert.equal(narrower("*.com", "a.com"), "a.com");
    assert.equal(narrower("a.com", "*"), "a.com");
  });
});

describe("pickHost", () => {
  const patterns = ["*", "*.com", "*.a.com", "x.a.com"];
  const hosts: Record<string, string | undefined> = {
    "x.a.com": "x.a.com",
    "X.a.COM:80": "x.a.com",
    "x.a.com:80x": "x.a.com",
    "x.a.com:": "x.a.com",
    "x.a.com:80:80": "*",
    "y.a.com": "*.a.com",
    "a.com": "*.com",
    "10.0.0.1": "*",
    "[fd00::1]:8080": "*",
    // Envoy does not cut the dot off.
    "x.a.com.": "*",
  };
  for (const [host, expected] of Object.entries(hosts)) {
    it(`takes ${expected} for ${host}`, () => assert.equal(pickHost(patterns, host), expected));
  }
  it("takes none where none fits", () => assert.equal(pickHost(["*.a.com"], "b.com"), undefined));
});

describe("certificateCovers", () => {
  const cases: readonly [name: string, host: string, expected: boolean][] = [
    ["a.com", "a.com", true],
    ["A.com", "a.COM", true],
    ["a.com", "b.com", false],
    ["*.a.com", "b.a.com", true],
    ["*.a.com", "*.a.com", true],
    ["*.a.com", "c.b.a.com", false],
    ["*.a.com", "a.com", false],
    ["*.a.com", ".a.com", false],
    ["*.a.com", "*.b.a.com", false],
    ["b.a.com", "*.a.com", false],
    ["a.com", "a.com.", true],
    ["a.com.", "a.com", true],
    ["*.0.0.1", "10.0.0.1", false],
    ["10.0.0.1", "10.0.0.1", true],
    ["10.0.0.1", "10.0.0.2", false],
    ["::1", "0:0:0:0:0:0:0:1", true],
    ["FD00::1", "[fd00::1]", true],
    ["fd00::1", "fd00::2", false],
    ["*", "a.com", false],
    ["*", "*", false],
  ];
  for (const [name, host, expected] of cases) {
    it(`says ${expected} of ${name} and ${host}`, () => assert.equal(certificateCovers(name, host), expected));
  }
});

describe("certificateNames", () => {
  it("reads names and addresses", () => {
    const text =
      "DNS:a.com, DNS:*.b.com, IP Address:10.0.0.1, DNS:10.0.0.2, IP Address:FD00:0:0:0:0:0:0:1, URI:spiffe://a";
    assert.deepEqual(certificateNames(text), ["a.com", "*.b.com", "10.0.0.1", "FD00:0:0:0:0:0:0:1"]);
    assert.deepEqual(certificateNames(undefined), []);
  });
});

describe("serviceOfHost", () => {
  const shop = (name: string, namespace = "shop") => ({ name, namespace });
  const cases: Record<string, ReturnType<typeof shop> | undefined> = {
    mockb: shop("mockb"),
    "mockb:8000": shop("mockb"),
    "MOCKB.other": shop("mockb", "other"),
    "mockb.other.svc": shop("mockb", "other"),
    "mockb.other.svc.cluster.local": shop("mockb", "other"),
    "mockb.other.svc.cluster.local.:8000": shop("mockb", "other"),
    "api.example.com": undefined,
    "mockb.other.svc.example.com": undefined,
    "10.96.0.1:8000": undefined,
    "[fd00::1]:8000": undefined,
  };
  for (const [host, expected] of Object.entries(cases)) {
    it(`finds ${expected ? `${expected.namespace}/${expected.name}` : "no service"} behind ${host}`, () =>
      assert.deepEqual(serviceOfHost(host, "shop"), expected));
  }
  it("takes the cluster's own domain in place of the usual one", () => {
    const host = "mockb.other.svc.prod.example";
    assert.deepEqual(serviceOfHost(host, "shop", "prod.example"), shop("mockb", "other"));
    assert.equal(serviceOfHost("mockb.other.svc.cluster.local", "shop", "prod.example"), undefined);
  });
  it("reads it from a URL", () => {
    assert.deepEqual(serviceOfUrl("http://mockb.other.svc.cluster.local.:8000/mock", "shop"), shop("mockb", "other"));
    assert.equal(serviceOfUrl("mockb", "shop"), undefined);
    assert.equal(serviceOfUrl(undefined, "shop"), undefined);
  });
});

describe("hosts in Istio's objects", () => {
  it("may name a namespace in a Gateway", () => {
    assert.deepEqual(["shop/*.a.com", "./*", "a.com"].map(withoutNamespace), ["*.a.com", "*", "a.com"]);
  });
  it("are short for a service of the object's namespace", () => {
    const resolve = (host: string) => resolveHost(host, { namespace: "shop", clusterDomain: "cluster.local" });
    const hosts = ["mockb", "*", "*.a.com", "A.com"].map(resolve);
    assert.deepEqual(hosts, ["mockb.shop.svc.cluster.local", "*", "*.a.com", "a.com"]);
  });
});
