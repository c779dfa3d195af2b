import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { looking } from "../../../components/live/watch";
import { parseStackConfig } from "../../../config/parse";
import { createStack } from "../../../stacks/stack";
import { waitFor } from "../../../tools/poll";
import { type PulumiMocks, startPulumiMocks } from "../pulumi-mocks";
import { collectRefusals } from "../refusals";
import { environmentWith, kubeconfigOf } from "./existing-cluster";
import { runProgram } from "./run-stack";

const config = (revision: string) =>
  parseStackConfig({
    cluster: { kind: "existing", kubeconfig: "k", context: "mine" },
    mesh: { existing: true, revision },
    workloads: [{ name: "web", app: "mock", namespace: "shop", port: 8000, versions: ["v1"] }],
  });

/** An Istio of revision 1-31-0 and its tag; nothing else is there. */
async function kubectl(args: readonly string[]): Promise<string> {
  const item = (kind: string, name: string, labels: object) => ({ kind, metadata: { name, labels } });
  if (args[1] === "deployments.apps" && args.includes("istio-system"))
    return JSON.stringify({ items: [item("Deployment", "istiod", { app: "istiod", "istio.io/rev": "1-31-0" })] });
  if (args[1]?.startsWith("mutatingwebhookconfigurations")) {
    const labels = { "istio.io/tag": "stable", "istio.io/rev": "1-31-0" };
    return JSON.stringify({ items: [item("MutatingWebhookConfiguration", "istio-revision-tag-stable", labels)] });
  }
  return args.includes("secrets") ? "" : JSON.stringify({ items: [] });
}

describe("a stack on an Istio of somebody else", () => {
  let mocks: PulumiMocks;
  const refusals = collectRefusals();
  const environment = environmentWith(kubeconfigOf("t"));

  beforeEach(async () => {
    mocks = await startPulumiMocks();
    looking.kubectl = () => kubectl;
    looking.state = async () => undefined;
  });

  afterEach(async () => {
    // A program that is refused never ends. Pulumi would say so of the process, and have it fail, did it not begin again.
    await startPulumiMocks();
  });

  for (const revision of ["1-31-0", "stable"]) {
    it(`gives its namespaces the label as it is written: ${revision}`, async () => {
      await runProgram(() => createStack(config(revision), environment));
      const namespaces = mocks.ofType("kubernetes:core/v1:Namespace").map(({ inputs }) => inputs.metadata);
      const shop = namespaces.find((metadata) => (metadata as { name: string }).name === "shop");
      assert.equal((shop as { labels: Record<string, string> }).labels["istio.io/rev"], revision);
      assert.deepEqual(refusals, []);
    });
  }

  it("writes nothing where no control plane goes by the name", async () => {
    void pulumi.runtime.runInPulumiStack(async () => createStack(config("stabel"), environment));
    await waitFor("a refusal", () => refusals.length > 0, { withinMs: 60_000, everyMs: 20 });
    assert.match(
      refusals[0] ?? "",
      /mesh\.existing: in istio-system: revision 1-31-0; tag stable \(1-31-0\)\n.*expected: a control plane of revision or tag stabel\n/,
    );
    assert.deepEqual(mocks.ofType("kubernetes:core/v1:Namespace"), []);
  });
});
