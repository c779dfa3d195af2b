import assert from "node:assert/strict";
import { type ConfigContext, parseStackConfig } from "../../../config/parse";
import { UserError } from "../../../tools/user-error";
import { type MadeCertificate, makeCertificate } from "../components/gateway/certificates";
import { s3Input } from "../components/lanes/fixtures";

const hosts = ["chart.example.com"];
const https = { name: "https", port: 443, protocol: "HTTPS", credentialName: "cred" };
const gateways = [{ name: "tornado", namespace: "default", ports: [https] }];
const laneGroups = [{ ...s3Input, entry: { ...s3Input.entry, gateway: "default/tornado" } }];

describe("TLS in stack config", () => {
  let good: MadeCertificate;
  let other: MadeCertificate;
  before(async () => {
    good = await makeCertificate({ names: hosts });
    other = await makeCertificate({ names: ["other.example.com"], begins: -9, ends: -1 });
  });

  const pem = (certificate: string) => [{ secret: "cred", hosts, source: { kind: "pem", certificate } }];
  const encrypted = new Set(["tlsKey.cred"]);
  const problemsOf = (raw: Record<string, unknown>, context: ConfigContext = {}) => {
    try {
      parseStackConfig({ gateways, laneGroups, ...raw }, context);
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      assert.ok(!error.message.includes(good.key.split("\n")[1] ?? ""), "key material in a message");
      return error.problems;
    }
    return [];
  };
  const summary = (raw: Record<string, unknown>, context?: ConfigContext) =>
    problemsOf(raw, context).map(({ path, got }) => `${path}: ${got}`);

  it("fills in defaults", () => {
    const issuer = { name: "letsencrypt" };
    const config = parseStackConfig({
      gateways: [{ ...gateways[0], ports: [https, { ...https, name: "b", port: 8443, credentialName: "b" }] }],
      tls: [
        { secret: "cred", hosts, source: { kind: "selfSigned" } },
        { secret: "b", hosts, source: { kind: "certManager", issuer } },
      ],
    });
    assert.deepEqual(config.tls, [
      { secret: "cred", hosts, source: { kind: "selfSigned", days: 90 } },
      { secret: "b", hosts, source: { kind: "certManager", issuer: { ...issuer, kind: "Issuer" } } },
    ]);
  });

  it("joins a certificate with its encrypted key, as the program gets it", () => {
    const raw = { gateways, laneGroups, tls: pem(good.certificate), "tlsKey.cred": good.key };
    assert.deepEqual(parseStackConfig(raw, { encrypted }).tls, [
      { secret: "cred", hosts, source: { kind: "pem", certificate: good.certificate, key: good.key } },
    ]);
  });

  it("accepts a key that is encrypted and not at hand, as the command line gets it", () => {
    const config = parseStackConfig({ gateways, laneGroups, tls: pem(good.certificate) }, { encrypted });
    assert.deepEqual(config.tls[0]?.source, { kind: "pem", certificate: good.certificate });
  });

  it("accepts a secret that is managed elsewhere", () => {
    assert.deepEqual(summary({}), []);
  });

  it("accepts a certificate in an included file", () => {
    const files = [{ path: "tls.yaml", document: { tls: pem(good.certificate) } }];
    assert.deepEqual(summary({ "tlsKey.cred": good.key }, { encrypted, files }), []);
  });

  it("fails with a key that is not encrypted, with the command that fixes it", () => {
    const [problem, ...rest] = problemsOf({ tls: pem(good.certificate), "tlsKey.cred": good.key });
    assert.deepEqual(rest, []);
    assert.deepEqual(problem, {
      path: "tlsKey.cred",
      got: "a private key that is not encrypted",
      expected: "an encrypted value",
      fix: "Treat this key as known to others: remove it, make a new one, and run pulumi config set --secret mesh-lanes:tlsKey.cred < key.pem.",
    });
  });

  it("fails without a key", () => {
    assert.deepEqual(summary({ tls: pem(good.certificate) }), ["tlsKey.cred: missing"]);
  });

  it("fails without a certificate", () => {
    const tls = [{ secret: "cred", hosts, source: { kind: "pem" } }];
    assert.deepEqual(summary({ tls }, { encrypted }), ["tls[0].source.certificate: missing"]);
  });

  it("fails with an encrypted key of no entry, and finds the name that was meant", () => {
    const [problem] = problemsOf(
      { tls: pem(good.certificate) },
      { encrypted: new Set(["tlsKey.cred", "tlsKey.cret"]) },
    );
    assert.equal(problem?.path, "tlsKey.cret");
    assert.equal(problem?.fix, "Did you mean cred?");
  });

  it("fails with everything that is wrong with a certificate, in the file it is in", () => {
    const files = [{ path: "tls.yaml", document: { tls: pem(other.certificate) } }];
    const found = summary({ "tlsKey.cred": good.key }, { encrypted, files });
    assert.equal(found[0], "tlsKey.cred: the key does not belong to the certificate");
    assert.match(found[1] ?? "", /^tls\.yaml: tls\[0\]\.source\.certificate: the certificate ended on /);
    assert.equal(found[2], 'tls.yaml: tls[0].hosts[0]: the certificate does not cover "chart.example.com"');
    assert.equal(found.length, 3);
  });

  it("judges time by the clock that it is given", () => {
    const now = new Date(Date.now() + 40 * 86_400_000);
    assert.match(summary({ tls: pem(good.certificate) }, { encrypted, now })[0] ?? "", /the certificate ended on/);
  });
});
