import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Provider } from "@pulumi/kubernetes/provider";
import { output } from "@pulumi/pulumi";
import { looking, observe, observedObjects } from "../../../../components/live/watch";
import { outputValue, startPulumiMocks } from "../../pulumi-mocks";

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
});
