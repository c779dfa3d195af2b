import assert from "node:assert/strict";
import {
  certificateProviderText,
  createCertificateProvider,
} from "../../../../components/gateway/certificate-provider";

type Json = Record<string, unknown>;

const inputs = { name: "cred", hosts: ["a.example.com"], days: 90 };
const made = { authority: "ca", authorityKey: "ca key", certificate: "cert", key: "key" };
const later = new Date(Date.now() + 3_600_000).toISOString();
const state = { ...inputs, ...made, renewAfter: later, __provider: "text" };

function provider(answer: Json = made) {
  const calls: [string, Json][] = [];
  const created = createCertificateProvider(async (verb, request) => {
    calls.push([verb, request]);
    return answer;
  });
  return { created, calls };
}

describe("the provider of a self-signed certificate", () => {
  it("creates with its inputs, and keeps what the process answers", async () => {
    const { created, calls } = provider();
    const news = { ...inputs, __provider: "text" };
    assert.deepEqual(await created.create(news), { id: "cred", outs: { ...news, ...made } });
    assert.deepEqual(calls, [["certificate-apply", inputs]]);
  });

  it("updates with the authority it has, and hands over no other secret", async () => {
    const { created, calls } = provider({ ...made, certificate: "new" });
    const updated = await created.update?.("cred", state, inputs);
    assert.deepEqual(updated, { outs: { ...inputs, ...made, certificate: "new" } });
    assert.deepEqual(calls, [["certificate-apply", { ...inputs, authority: "ca", authorityKey: "ca key" }]]);
  });

  const past = new Date(Date.now() - 1).toISOString();
  for (const [title, olds, news, changes] of [
    ["nothing new", state, inputs, false],
    ["other hosts", state, { ...inputs, hosts: ["b.example.com"] }, true],
    ["other days", state, { ...inputs, days: 30 }, true],
    ["a certificate that is due", { ...state, renewAfter: past }, inputs, true],
    ["a new text of the provider", { ...state, __provider: "old" }, { ...inputs, __provider: "new" }, false],
  ] as const) {
    it(`diff with ${title}: ${changes ? "an update in place" : "no change"}, and no process`, async () => {
      const { created, calls } = provider();
      assert.deepEqual(await created.diff?.("cred", olds, news), { changes });
      assert.deepEqual(calls, []);
    });
  }

  it("reads what it has and deletes nothing, without a process", async () => {
    const { created, calls } = provider();
    assert.deepEqual(await created.read?.("cred", state), { id: "cred", props: state });
    await created.delete?.("cred", state);
    assert.deepEqual(calls, []);
  });

  it("loads from its text alone", async () => {
    const module = { exports: {} as { handler?: () => ReturnType<typeof createCertificateProvider> } };
    const text = certificateProviderText();
    assert.ok(text.length < 6000, `${text.length} characters`);
    new Function("exports", "require", text)(module.exports, require);
    const loaded = module.exports.handler?.();
    assert.deepEqual(await loaded?.diff?.("cred", state, inputs), { changes: false });
  });
});
