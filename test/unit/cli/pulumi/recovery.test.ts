import assert from "node:assert/strict";
import type { PendingOperation } from "../../../../cli/pulumi/pending";
import { helmRecords, recover, strayProviders } from "../../../../cli/pulumi/recovery";

const operation = (type: string, kind: string, name?: string): PendingOperation => ({
  type,
  resource: { type: kind, urn: `urn:pulumi:dev::mesh-lanes::${kind}::x`, inputs: { name, namespace: "istio-system" } },
});
const release = "kubernetes:helm.sh/v3:Release";

describe("helmRecords", () => {
  it("gives up all that Helm knows of a release that was being made", () => {
    assert.deepEqual(helmRecords([operation("creating", release, "istiod")]), [
      { namespace: "istio-system", selector: "owner=helm,name=istiod" },
    ]);
  });
  it("gives up only what was half done of a release that was there", () => {
    assert.deepEqual(helmRecords([operation("updating", release, "istiod")]), [
      {
        namespace: "istio-system",
        selector: "owner=helm,name=istiod,status in (pending-install,pending-upgrade,pending-rollback)",
      },
    ]);
  });
  it("leaves everything else alone", () => {
    assert.deepEqual(
      helmRecords([operation("creating", "kubernetes:core/v1:Service", "a"), operation("creating", release)]),
      [],
    );
  });
});

describe("recover", () => {
  const secretOf = (text: string) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(text),
  });
  const provider = {
    urn: "urn:pulumi:dev::mesh-lanes::pulumi:providers:kubernetes::cluster",
    type: "pulumi:providers:kubernetes",
    id: "p-1",
    inputs: { kubeconfig: secretOf("the kubeconfig") },
  };
  const rule = (name: string) => ({
    urn: `urn:pulumi:dev::mesh-lanes::kubernetes:networking.istio.io/v1:DestinationRule::${name}`,
    type: "kubernetes:networking.istio.io/v1:DestinationRule",
    provider: `${provider.urn}::p-1`,
    inputs: { metadata: { name, namespace: "default" }, spec: { host: name } },
  });
  const answer = (name: string, labels: object) =>
    JSON.stringify({ kind: "DestinationRule", metadata: { name, namespace: "default", labels } });

  /** Recovers a stack with these operations pending. @returns what was imported, if anything. */
  async function run(pending: PendingOperation[], kubectl: (args: readonly string[]) => Promise<string>) {
    const before = { version: 3, deployment: { resources: [provider], pending_operations: pending } };
    const imported: (typeof before)[] = [];
    const stack = {
      exportStack: async () => before,
      importStack: async (state: typeof before) => void imported.push(state),
    };
    const kubeconfigs = new Set<string>();
    const recovery = await recover(stack, "mesh-lanes.dev", (kubeconfig) => {
      kubeconfigs.add(kubeconfig);
      return kubectl;
    });
    return { recovery, imported, kubeconfigs: [...kubeconfigs] };
  }

  it("touches nothing where nothing is pending", async () => {
    const { recovery, imported } = await run([], () => assert.fail("kubectl must not run"));
    const state = { resources: [provider], pending_operations: [] };
    assert.deepEqual(recovery, { noted: [], dropped: [], unknown: [], state });
    assert.deepEqual(imported, []);
  });

  it("notes an object that was made and that the state does not have, and asks its own cluster", async () => {
    const { recovery, imported, kubeconfigs } = await run([{ type: "creating", resource: rule("a") }], async () =>
      answer("a", { "mesh-lanes/stack": "mesh-lanes.dev" }),
    );
    assert.deepEqual(kubeconfigs, ["the kubeconfig"]);
    assert.deepEqual(recovery.noted, ["creating a"]);
    const [state] = imported;
    assert.deepEqual(recovery.state, state?.deployment);
    assert.deepEqual(state?.deployment.pending_operations, []);
    assert.deepEqual(state?.deployment.resources.at(-1), {
      ...rule("a"),
      id: "default/a",
      outputs: rule("a").inputs,
    });
  });

  const dropped: [string, PendingOperation, string][] = [
    ["was not made", { type: "creating", resource: rule("a") }, ""],
    ["somebody else has made", { type: "creating", resource: rule("a") }, answer("a", {})],
    [
      "another stack has made",
      { type: "creating", resource: rule("a") },
      answer("a", { "mesh-lanes/stack": "mesh-lanes.prod" }),
    ],
    [
      "was being changed",
      { type: "updating", resource: rule("a") },
      answer("a", { "mesh-lanes/stack": "mesh-lanes.dev" }),
    ],
    [
      "was being deleted",
      { type: "deleting", resource: rule("a") },
      answer("a", { "mesh-lanes/stack": "mesh-lanes.dev" }),
    ],
  ];
  for (const [title, operation, found] of dropped) {
    it(`drops the operation on an object that ${title}`, async () => {
      const { recovery, imported } = await run([operation], async () => found);
      assert.deepEqual(recovery.dropped, [`${operation.type} a`]);
      assert.deepEqual(imported[0]?.deployment, { resources: [provider], pending_operations: [] });
    });
  }

  it("keeps what it cannot ask for pending", async () => {
    const operation = { type: "creating", resource: rule("a") };
    const { recovery, imported } = await run([operation], () => Promise.reject(new Error("connection refused")));
    assert.deepEqual(recovery.unknown, ["creating a"]);
    assert.deepEqual(imported[0]?.deployment.pending_operations, [operation]);
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
