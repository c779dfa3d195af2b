import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { certificateProblems } from "../../../../components/gateway/certificate";
import { type CertificateWish, type MadeCertificate, makeCertificate } from "./certificates";

const hosts = ["a.example.com"];
const now = new Date();

describe("a certificate to be served", () => {
  let good: MadeCertificate;
  before(async () => {
    good = await makeCertificate({ names: hosts });
  });

  const problems = (certificate: string, key?: string, wanted: readonly string[] = hosts) =>
    certificateProblems({ certificate, key, hosts: wanted }, now).map(({ at, got }) => [at, got]);

  it("is good when key, time and hosts fit", () => {
    assert.deepEqual(problems(good.certificate, good.key), []);
    assert.deepEqual(problems(good.certificate), []);
  });

  const fine: [string, CertificateWish, string[]][] = [
    ["a wildcard covers one label", { names: ["*.example.com"] }, ["a.example.com", "*.example.com"]],
    ["letter case does not count", { names: ["A.example.com"] }, ["a.EXAMPLE.com"]],
    ["an address", { addresses: ["10.200.0.2"], names: hosts }, ["10.200.0.2", "a.example.com"]],
    ["RSA of 2048 bits", { names: hosts, algorithm: "RSA-2048" }, hosts],
    ["no extended key usage at all", { names: hosts, usage: "none" }, hosts],
  ];
  for (const [title, wish, wanted] of fine) {
    it(`is good: ${title}`, async () => {
      const { certificate, key } = await makeCertificate(wish);
      assert.deepEqual(problems(certificate, key, wanted), []);
    });
  }

  const uncovered = (host: string, at = 0) => [[{ host: at }, `the certificate does not cover "${host}"`]];
  const wrong: [string, CertificateWish, string[], unknown[] | RegExp][] = [
    ["has ended", { names: hosts, begins: -9, ends: -1 }, hosts, /^the certificate ended on \d{4}-/],
    ["has not begun", { names: hosts, begins: 1 }, hosts, /^the certificate begins on \d{4}-/],
    ["is for another host", { names: ["b.example.com"] }, hosts, uncovered("a.example.com")],
    [
      "has a wildcard for one label, not two",
      { names: ["*.example.com"] },
      ["a.b.example.com"],
      uncovered("a.b.example.com"),
    ],
    [
      "has a wildcard for a label, not for none",
      { names: ["*.example.com"] },
      ["example.com"],
      uncovered("example.com"),
    ],
    [
      "has one name of a wildcard host",
      { names: hosts },
      ["a.example.com", "*.example.com"],
      uncovered("*.example.com", 1),
    ],
    ["has a name only where no client looks", {}, hosts, uncovered("a.example.com")],
    ["lacks an address", { names: ["10.200.0.2"] }, ["10.200.0.2"], uncovered("10.200.0.2")],
    [
      "is for clients",
      { names: hosts, usage: "client" },
      hosts,
      [["certificate", "the certificate is not for servers"]],
    ],
    ["has too short a key", { names: hosts, algorithm: "RSA-1024" }, hosts, [["key", "an RSA key of 1024 bits"]]],
    [
      "has a key that Envoy does not know",
      { names: hosts, algorithm: "Ed25519" },
      hosts,
      [["key", "a key of type ed25519"]],
    ],
  ];
  for (const [title, wish, wanted, expected] of wrong) {
    it(`fails when it ${title}`, async () => {
      const { certificate, key } = await makeCertificate(wish);
      const found = problems(certificate, key, wanted);
      if (expected instanceof RegExp) {
        assert.equal(found.length, 1);
        assert.match(String(found[0]?.[1]), expected);
      } else {
        assert.deepEqual(found, expected);
      }
    });
  }

  it("fails with the key of another", async () => {
    const other = await makeCertificate();
    assert.deepEqual(problems(good.certificate, other.key), [["key", "the key does not belong to the certificate"]]);
  });

  it("fails with texts that are none, and with a key that has a passphrase", () => {
    const locked = createPrivateKey(good.key).export({
      ...{ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" },
    });
    assert.deepEqual(problems("hello"), [["certificate", "no certificate can be read in it"]]);
    const damaged = good.certificate.replace(/\n[^\n]{10}/, "\nAAAAAAAAAA");
    assert.deepEqual(problems(damaged), [["certificate", "no certificate can be read in it"]]);
    assert.deepEqual(problems(good.certificate, "hello"), [["key", "no private key can be read in it"]]);
    assert.deepEqual(problems(good.certificate, String(locked)), [["key", "the key has a passphrase"]]);
  });

  it("fails with a private key in the certificate, and shows no part of it", () => {
    const found = certificateProblems({ certificate: good.certificate + good.key, hosts }, now);
    assert.deepEqual(
      found.map(({ got }) => got),
      ["a private key is in it"],
    );
    assert.ok(!JSON.stringify(found).includes(good.key.split("\n")[1] ?? "-"));
  });

  describe("with its chain", () => {
    let root: MadeCertificate;
    let middle: MadeCertificate;
    let leaf: MadeCertificate;
    before(async () => {
      root = await makeCertificate({ authority: true });
      middle = await makeCertificate({ authority: true, issuer: root });
      leaf = await makeCertificate({ names: hosts, issuer: middle });
    });
    const chain = (...parts: MadeCertificate[]) => parts.map((part) => part.certificate).join("");

    it("is good in order, with or without the root", () => {
      assert.deepEqual(problems(chain(leaf, middle), leaf.key), []);
      assert.deepEqual(problems(chain(leaf, middle, root), leaf.key), []);
    });

    it("fails when the server's certificate is not the first", () => {
      assert.deepEqual(problems(chain(middle, leaf), leaf.key)[0], [
        "certificate",
        "the key belongs to certificate 2 of the chain",
      ]);
    });

    it("fails when a link is missing or out of order", () => {
      const got = (at: number) => ["certificate", `certificate ${at + 1} of the chain did not issue certificate ${at}`];
      assert.deepEqual(problems(chain(leaf, root), leaf.key), [got(1)]);
      assert.deepEqual(problems(chain(leaf, root, middle), leaf.key), [got(1), got(2)]);
    });

    it("fails when one of the chain has ended", async () => {
      const old = await makeCertificate({ authority: true, issuer: root, begins: -9, ends: -1 });
      const end = await makeCertificate({ names: hosts, issuer: old });
      assert.match(String(problems(chain(end, old), end.key)[0]?.[1]), /^certificate 2 of the chain ended on/);
    });
  });
});
