import assert from "node:assert/strict";
import { looking } from "../../../components/live/watch";
import { parseStackConfig } from "../../../config/parse";
import { createStack } from "../../../stacks/stack";
import { outputValue, type PulumiMocks, startPulumiMocks } from "../pulumi-mocks";
import { environmentWith, kubeconfigOf } from "./existing-cluster";
import { runProgram } from "./run-stack";

const labels = { app: "edge-proxy" };
const config = {
  cluster: { kind: "existing", kubeconfig: "k", context: "mine" },
  mesh: { existing: true },
  existingNamespaces: ["shop"],
  gateway: {
    ...{ name: "public", namespace: "edge", address: "192.0.2.10" },
    ports: [{ name: "http", port: 80, protocol: "HTTP", nodePort: 30080 }],
    existing: { namespace: "edge-pods", labels, account: "edge" },
  },
  laneGroups: [
    {
      ...{ name: "shop", mode: "permissive", namespace: "shop", routeHeader: "x-lane", baseline: "v1" },
      services: [{ name: "web", port: 8000, versions: ["v1"] }],
      entry: { service: "web", gateway: "edge/public" },
      lanes: [{ name: "v1" }],
    },
  ],
};

describe("a stack behind a gateway of somebody else", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks();
    looking.kubectl = () => undefined;
  });

  it("makes no pods, Service or Gateway, and leaves the gateway's namespaces alone", async () => {
    const outputs = await runProgram(() => createStack(parseStackConfig(config), environmentWith(kubeconfigOf("t"))));
    const made = mocks.resources.map(({ type, name }) => `${type} ${name}`);
    for (const kind of ["helm.sh", ":Gateway", "Namespace"]) {
      assert.deepEqual(
        made.filter((each) => each.includes(kind) && !each.startsWith("mesh-lanes:")),
        [],
      );
    }
    const urls = await outputValue(outputs.gatewayUrls as never);
    assert.deepEqual(urls, { "edge/public/http": "http://192.0.2.10:30080" });
    // Filters of lanes are for the pods, wherever the Gateway object is.
    const filters = mocks.resources.filter(({ inputs }) => (inputs as { kind?: string }).kind === "EnvoyFilter");
    const ofGateway = filters.filter(({ inputs }) => JSON.stringify(inputs.spec).includes('"GATEWAY"'));
    assert.ok(ofGateway.length > 0);
    for (const { inputs } of ofGateway) {
      assert.equal((inputs.metadata as { namespace: string }).namespace, "edge-pods");
      assert.deepEqual((inputs.spec as { workloadSelector: unknown }).workloadSelector, { labels });
    }
  });
});
