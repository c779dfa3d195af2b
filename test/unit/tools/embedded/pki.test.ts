import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeConfig } from "../../../../tools/embedded/config";
import {
  certificateProblem,
  certificateRequests,
  createAuthority,
  ensurePki,
  issueCertificate,
} from "../../../../tools/embedded/pki";

const now = new Date("2030-01-01T00:00:00Z");
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);

describe("certificateProblem", () => {
  const request = certificateRequests(nodeConfig()).apiserver;
  assert.ok(request);

  it("says nothing of a certificate that fits, and what is wrong with each that does not", async () => {
    const [authority, other] = await Promise.all([createAuthority("ca", now), createAuthority("ca", now)]);
    const { certificate } = await issueCertificate(authority, request, now);
    const problem = (issuer: string, wanted: typeof request, at: Date) =>
      certificateProblem(certificate, issuer, wanted, at);
    assert.equal(problem(authority.certificate, request, now), undefined);
    assert.equal(problem(authority.certificate, request, later(334)), undefined);
    assert.equal(problem(authority.certificate, request, later(336)), "ends soon");
    assert.equal(problem(other.certificate, request, now), "another authority");
    assert.equal(problem(authority.certificate, { ...request, commonName: "x" }, now), "another subject");
    assert.equal(problem(authority.certificate, { ...request, addresses: ["10.0.0.1"] }, now), "other names");
  });

  it("reads groups from the subject", async () => {
    const authority = await createAuthority("ca", now);
    const kubelet = certificateRequests(nodeConfig()).kubelet;
    assert.ok(kubelet);
    const { certificate } = await issueCertificate(authority, kubelet, now);
    assert.equal(new X509Certificate(certificate).subject, "O=system:nodes\nCN=system:node:mesh-lanes");
    assert.deepEqual(new X509Certificate(certificate).keyUsage, ["1.3.6.1.5.5.7.3.2"]);
  });
});

describe("ensurePki", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pki-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = () =>
    Object.fromEntries(
      readdirSync(join(folder, "pki")).map((name) => [name, readFileSync(join(folder, "pki", name), "utf8")]),
    );
  const changed = (before: Record<string, string>) =>
    Object.entries(read())
      .filter(([name, content]) => before[name] !== content)
      .map(([name]) => name)
      .sort();

  it("writes keys that only their owner reads, and changes nothing the second time", async () => {
    const config = nodeConfig({ stateFolder: folder });
    await ensurePki(config, now);
    const before = read();
    assert.ok(Object.keys(before).includes("service-account.pub"));
    for (const name of Object.keys(before).filter((file) => file.endsWith(".key"))) {
      assert.equal(statSync(join(folder, "pki", name)).mode & 0o777, 0o600, name);
    }
    await ensurePki(config, now);
    assert.deepEqual(changed(before), []);
  });

  it("renews what ends soon and keeps the authority", async () => {
    const config = nodeConfig({ stateFolder: folder });
    await ensurePki(config, now);
    const before = read();
    await ensurePki(config, later(340));
    const renewed = Object.keys(certificateRequests(config)).flatMap((name) => [`${name}.crt`, `${name}.key`]);
    assert.deepEqual(changed(before), renewed.sort());
  });

  it("renews a certificate whose key is damaged, and only that", async () => {
    const config = nodeConfig({ stateFolder: folder });
    await ensurePki(config, now);
    const before = read();
    writeFileSync(join(folder, "pki", "admin.key"), "damaged");
    await ensurePki(config, now);
    assert.deepEqual(changed(before), ["admin.crt", "admin.key"]);
  });

  it("issues everything again when the authority is lost, but the service accounts' key", async () => {
    const config = nodeConfig({ stateFolder: folder });
    await ensurePki(config, now);
    const before = read();
    rmSync(join(folder, "pki", "ca.key"));
    await ensurePki(config, now);
    const kept = Object.keys(before).filter((name) => !changed(before).includes(name));
    assert.deepEqual(kept.sort(), ["service-account.key", "service-account.pub"]);
  });
});
