import assert from "node:assert/strict";
import { helmRecords, type PendingOperation, strayProviders } from "../../../../cli/pulumi/recovery";

const operation = (type: string, kind: string, name?: string): PendingOperation => ({
  type,
  resource: { type: kind, urn: `urn:pulumi:dev::mesh-lanes::${kind}::x`, inputs: { name } },
});
const release = "kubernetes:helm.sh/v3:Release";

describe("helmRecords", () => {
  it("gives up all that Helm knows of a release that was being made", () => {
    assert.deepEqual(helmRecords([operation("creating", release, "istiod")]), ["owner=helm,name=istiod"]);
  });
  it("gives up only what was half done of a release that was there", () => {
    assert.deepEqual(helmRecords([operation("updating", release, "istiod")]), [
      "owner=helm,name=istiod,status in (pending-install,pending-upgrade,pending-rollback)",
    ]);
  });
  it("leaves everything else alone", () => {
    assert.deepEqual(
      helmRecords([operation("creating", "kubernetes:core/v1:Service", "a"), operation("creating", release)]),
      [],
    );
  });
});

describe("strayProviders", () => {
  it("names programs that run from this checkout's plugin folder", () => {
    const processes = [
      "    1 /sbin/init",
      "  812 /home/a/lanes/.lanes/pulumi/plugins/resource-kubernetes-v4/pulumi-resource-kubernetes 127.0.0.1:4000",
      "  813 /home/a/other/.lanes/pulumi/plugins/resource-kubernetes-v4/pulumi-resource-kubernetes 127.0.0.1:4001",
      "  814 vim /home/a/lanes/.lanes/pulumi/plugins/notes",
    ];
    assert.deepEqual(strayProviders(processes.join("\n"), "/home/a/lanes/.lanes/pulumi"), [812]);
  });
});
