import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { outsideLanes } from "../../../../../cli/pulumi/unsaved/outside-lanes";

describe("outsideLanes", () => {
  let folder: string;
  const stackFile = () => join(folder, "Pulumi.dev.yaml");
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  const config = (sections: object) => write("Pulumi.dev.yaml", stringify({ config: sections }));
  const fingerprint = () => outsideLanes(stackFile(), folder);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "outside-lanes-"));
    for (const file of ["index.ts", "package-lock.json", "Pulumi.yaml"]) write(file, "");
    mkdirSync(join(folder, "components"));
    write("more.yaml", stringify({ laneGroups: [{ name: "one" }], workloads: [{ name: "web" }] }));
    write("kubeconfig", "one");
    config(base);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const base = {
    "mesh-lanes:cluster": { kind: "existing", kubeconfig: "kubeconfig", context: "c" },
    "mesh-lanes:include": ["more.yaml"],
    "mesh-lanes:laneGroups": [{ name: "shop" }],
  };

  it("is the same whatever the lanes are, in the stack's file and in those that it includes", () => {
    const before = fingerprint();
    config({ ...base, "mesh-lanes:laneGroups": [] });
    write("more.yaml", stringify({ laneGroups: [], workloads: [{ name: "web" }] }));
    assert.equal(fingerprint(), before);
  });

  const changes: Readonly<Record<string, () => void>> = {
    "another section": () => config({ ...base, "mesh-lanes:gateway": { replicas: 2 } }),
    "an encrypted value": () => config({ ...base, "mesh-lanes:tls:key": { secure: "v1:other" } }),
    "config of a provider": () => config({ ...base, "kubernetes:context": "x" }),
    "another section of an included file": () => write("more.yaml", stringify({ workloads: [{ name: "other" }] })),
    "a kubeconfig": () => write("kubeconfig", "two"),
    "the code": () => write("components/new.ts", "export {};"),
    "a locked version": () => write("package-lock.json", "{}"),
    "how secrets are kept": () => write("Pulumi.dev.yaml", stringify({ secretsprovider: "awskms://x", config: base })),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`is another with ${what}`, () => {
      const before = fingerprint();
      change();
      assert.notEqual(fingerprint(), before);
    });
  }
});
