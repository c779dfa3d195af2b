import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { certificateApply } from "../../../../cli/internal/certificate";
import { certificateProblems } from "../../../../components/gateway/certificate";
import { makeSelfSigned } from "../../../../tools/tls/self-signed";

const day = 86_400_000;
const hosts = ["a.example.com", "*.b.example.com", "10.200.0.2"];
const request = { name: "cred", hosts, days: 90 };

describe("a self-signed certificate", () => {
  it("passes the checks of any other, and is issued by its authority", async () => {
    const now = new Date();
    const { authority, server, renewAfter } = await makeSelfSigned(request, now);
    assert.deepEqual(certificateProblems({ ...server, hosts }, now), []);
    const [leaf, root] = [new X509Certificate(server.certificate), new X509Certificate(authority.certificate)];
    assert.ok(leaf.checkIssued(root) && leaf.verify(root.publicKey));
    assert.ok(root.ca && !leaf.ca);
    const days = (text: string) => Math.round((new Date(text).getTime() - now.getTime()) / day);
    assert.deepEqual([days(leaf.validTo), days(root.validTo)], [90, 3650]);
    assert.equal(renewAfter.getTime() - now.getTime(), 60 * day);
  });

  it("is renewed by the authority that clients trust already", async () => {
    const now = new Date();
    const first = await makeSelfSigned(request, now);
    const second = await makeSelfSigned({ ...request, hosts: ["c.example.com"], authority: first.authority }, now);
    assert.deepEqual(second.authority, first.authority);
    assert.notEqual(second.server.key, first.server.key);
    const leaf = new X509Certificate(second.server.certificate);
    assert.ok(leaf.verify(new X509Certificate(first.authority.certificate).publicKey));
    assert.equal(leaf.subjectAltName, "DNS:c.example.com");
  });

  it("gets a new authority, of another name, when the old one would end before it", async () => {
    const first = await makeSelfSigned(request, new Date(Date.now() - 3600 * day));
    const second = await makeSelfSigned({ ...request, authority: first.authority }, new Date());
    const subject = (pem: string) => new X509Certificate(pem).subject;
    assert.notEqual(subject(second.authority.certificate), subject(first.authority.certificate));
  });

  it("is made by the verb, as properties of the resource", async () => {
    const now = new Date("2026-01-01T00:00:00Z");
    const made = await certificateApply(request, now);
    assert.deepEqual(Object.keys(made), ["authority", "authorityKey", "certificate", "key", "renewAfter"]);
    assert.equal(made.renewAfter, "2026-03-02T00:00:00.000Z");
    const { authority, authorityKey } = made;
    const again = await certificateApply({ ...request, authority, authorityKey }, now);
    assert.equal(again.authority, authority);
    assert.notEqual(again.certificate, made.certificate);
  });
});
