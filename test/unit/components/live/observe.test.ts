import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Provider } from "@pulumi/kubernetes/provider";
import { output } from "@pulumi/pulumi";
import { checkFirst, looking, observe, observedObjects, restoring } from "../../../../components/live/watch";
import { outputValue, settled, startPulumiMocks } from "../../pulumi-mocks";

describe("what is on the cluster of a provider", () => {
  beforeEach(async () => {
    await startPulumiMocks();
    looking.kubectl = () => async () => JSON.stringify({ items: [] });
  });

  it("is looked at however late its kubeconfig is known", async () => {
    const provider = new Provider("cluster", { kubeconfig: "{}" });
    observe(
      provider,
      output(
        outputValue(provider.urn)
          .then(() => sleep(50))
          .then(() => "text"),
      ),
    );
    assert.notEqual(await observedObjects(provider), undefined);
  });

  it("is not looked at where the kubeconfig is not known yet", async () => {
    const provider = new Provider("cluster", { kubeconfig: "{}" });
    const unknown = output("text");
    Object.assign(unknown, { isKnown: Promise.resolve(false), apply: () => unknown });
    observe(provider, unknown);
    assert.equal(await observedObjects(provider), undefined);
  });

  // `pulumi refresh --run-program`, of a stack whose cluster is not in the state.
  it("is not looked at where the engine gives no kubeconfig", async () => {
    looking.kubectl = (kubeconfig) => {
      assert.equal(typeof kubeconfig, "string");
      return async () => JSON.stringify({ items: [] });
    };
    const provider = new Provider("cluster", { kubeconfig: "{}" });
    const missing: unknown = undefined;
    observe(provider, output(missing as string));
    assert.equal(await observedObjects(provider), undefined);
  });

  for (const [organization, stack] of [
    ["acme", "acme/mesh-lanes/test"],
    ["organization", "test"],
    // As a component provider is told by the language hosts of some languages.
    ["", "test"],
  ] as const) {
    it(`is compared with the state of stack ${stack} in organization "${organization}"`, async () => {
      await startPulumiMocks({ organization });
      looking.kubectl = () => async () => JSON.stringify({ items: [] });
      const asked: string[] = [];
      looking.state = async (name) => {
        asked.push(name);
        return undefined;
      };
      const provider = new Provider("cluster", { kubeconfig: "{}" });
      observe(provider, "text");
      checkFirst(provider, async (_, claimant) => {
        await claimant.state();
        return [];
      });
      const object = new CustomResource(
        "object",
        { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name: "a", namespace: "b" } },
        { provider, transformations: [restoring(provider)] },
      );
      await settled(object);
      assert.deepEqual(asked, [stack]);
    });
  }
});
