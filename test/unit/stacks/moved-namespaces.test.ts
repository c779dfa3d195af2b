import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { looking } from "../../../components/live/watch";
import { parseStackConfig } from "../../../config/parse";
import { createStack } from "../../../stacks/stack";
import { waitFor } from "../../../tools/poll";
import { startPulumiMocks } from "../pulumi-mocks";
import { collectRefusals } from "../refusals";
import { environmentWith, kubeconfigOf } from "./existing-cluster";

/** Namespace of somebody else -> its labels. */
const live: Readonly<Record<string, Record<string, string>>> = {
  "stays-right": { "istio-injection": "enabled" },
  "stays-moved": { "istio.io/rev": "v1-31" },
  "moves-right": { "istio.io/rev": "v1-31" },
  "moves-late": { "istio-injection": "enabled" },
  "moves-half": { "istio-injection": "enabled", "istio.io/rev": "v1-31" },
  "moves-by-tag": { "istio.io/rev": "stable" },
  "moves-by-old-tag": { "istio.io/rev": "old" },
};
const config = {
  cluster: { kind: "existing", kubeconfig: "k", context: "mine" },
  mesh: {
    version: "1.31.0",
    revision: "v1-31",
    previous: { version: "1.30.4", namespaces: ["stays-right", "stays-moved"] },
  },
  workloads: Object.keys(live).map((namespace) => ({
    name: "web",
    app: "mock",
    namespace,
    port: 8000,
    versions: ["v1"],
  })),
  existingNamespaces: Object.keys(live),
};

/** The namespaces as kubectl prints them, and what tells the names of control planes; nothing else is there. */
function answer(args: readonly string[]): string {
  if (args[1]?.startsWith("deployments.apps") && args.includes("istio-system") && !args.includes("--selector")) {
    const labels = { app: "istiod", "istio.io/rev": "v1-31" };
    return JSON.stringify({ items: [{ kind: "Deployment", metadata: { name: "istiod-v1-31", labels } }] });
  }
  if (args[1]?.startsWith("mutatingwebhook")) {
    const kind = "MutatingWebhookConfiguration";
    const items = [
      ["stable", "v1-31"],
      ["old", "default"],
    ].map(([name, revision]) => ({
      kind,
      metadata: { name: `istio-revision-tag-${name}`, labels: { "istio.io/tag": name, "istio.io/rev": revision } },
    }));
    return JSON.stringify({ items });
  }
  const asked = Object.entries(live).filter(([name]) =>
    args.some((arg) => /^namespaces?\//.test(arg) && arg.endsWith(`/${name}`)),
  );
  return JSON.stringify({ items: asked.map(([name, labels]) => ({ kind: "Namespace", metadata: { name, labels } })) });
}

describe("namespaces of others while a stack moves between control planes", () => {
  const refusals = collectRefusals();

  afterEach(async () => {
    // The program never ends. Pulumi would say so of the process, and have it fail, did it not begin again.
    await startPulumiMocks();
  });

  it("must have the label of the control plane that the stack's pods there are to have: what to do is told", async () => {
    await startPulumiMocks();
    looking.kubectl = () => async (args) => answer(args);
    looking.state = async () => undefined;
    const parsed = parseStackConfig(config);
    void pulumi.runtime.runInPulumiStack(async () => createStack(parsed, environmentWith(kubeconfigOf("t"))));
    await waitFor("a refusal", () => refusals.length > 0, { withinMs: 60_000, everyMs: 20 });
    const message = refusals[0] ?? "";
    const found = message.split("\n").filter((line) => line.startsWith("  Namespace "));
    assert.deepEqual(
      found.map((line) => line.trim().split(":")[0]).sort(),
      ["Namespace moves-by-old-tag", "Namespace moves-half", "Namespace moves-late", "Namespace stays-moved"],
      message,
    );
    const label = "kubectl label namespace";
    for (const words of [
      `${label} stays-moved istio-injection=enabled\``,
      "it was moved already, take it off mesh.previous.namespaces",
      `${label} moves-late istio-injection- istio.io/rev=v1-31\``,
      `${label} moves-half istio-injection-\``,
      "which Istio takes before istio.io/rev",
      "add it to mesh.previous.namespaces",
    ]) {
      assert.ok(message.includes(words), `${words}\n${message}`);
    }
  });
});
