import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { appliedConfig, readAppliedConfig } from "../../../config/applied";
import { loadStackConfig, withIncludes } from "../../../config/read";
import { makeCertificate } from "../components/gateway/certificates";
import { s2Input, s4Input } from "../components/lanes/fixtures";

describe("the config that an update notes", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-applied-"));
    writeFileSync(join(folder, "shop.yaml"), stringify({ laneGroups: [{ ...s4Input, namespace: "shop" }] }));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("reads as the config did, with the files that it included then, and without keys", async () => {
    const { certificate, key } = await makeCertificate({ names: ["a.example.com"] });
    const port = { name: "https", port: 443, protocol: "HTTPS", hosts: ["a.example.com"], credentialName: "cred" };
    const values = {
      include: ["shop.yaml"],
      laneGroups: [s2Input],
      gateway: { ports: [port] },
      tls: [{ secret: "cred", hosts: ["a.example.com"], source: { kind: "pem", certificate } }],
      "tlsKey.cred": key,
    };
    const raw = { values, encrypted: new Set(["tlsKey.cred"]) };
    const noted = JSON.parse(JSON.stringify(appliedConfig(withIncludes(raw, folder))));
    assert.deepEqual(noted.encrypted, ["tlsKey.cred"]);
    assert.ok(!JSON.stringify(noted).includes("PRIVATE KEY"));
    writeFileSync(join(folder, "shop.yaml"), "");
    const { tls: read, ...rest } = readAppliedConfig(noted) ?? assert.fail("nothing was read");
    const { "tlsKey.cred": _key, include: _files, ...open } = values;
    const groups = [s2Input, { ...s4Input, namespace: "shop" }];
    const written = { values: { ...open, laneGroups: groups }, encrypted: raw.encrypted };
    const { tls, ...expected } = loadStackConfig(written, folder);
    assert.deepEqual([read, rest], [tls, expected]);
  });

  it("holds no encrypted value of a section, and reads as whoever has no key reads the file", () => {
    const workload = { name: "mocka", app: "mock", port: 8000, versions: ["v1"], env: { A: "open", B: "[secret]" } };
    const secrets = new Map([["workloads[0].env.B", "PLANTED"]]);
    const raw = { values: { workloads: [workload] }, encrypted: new Set<string>(), secrets };
    const noted = JSON.parse(JSON.stringify(appliedConfig(withIncludes(raw, folder))));
    assert.ok(!JSON.stringify(noted).includes("PLANTED"));
    assert.deepEqual(readAppliedConfig(noted)?.workloads[0]?.env, { A: "open" });
  });

  it("is none where an earlier version made the update, or nobody", () => {
    for (const output of [undefined, null, "[secret]", {}, { values: [] }]) {
      assert.equal(readAppliedConfig(output), undefined);
    }
  });
});
