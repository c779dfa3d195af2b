import assert from "node:assert/strict";
import { deploymentSpec } from "../../../../components/workloads/deployment-spec";
import { asRecord } from "../../../../tools/values";
import { type KubeObject, naive, podTemplate, rollout } from "../../../bench/peers/objects";

describe("what each way of promoting has in the cluster", () => {
  const args = {
    serviceName: "web",
    image: "mock:1",
    port: 8000,
    drainSeconds: 45,
    env: { VERSION: "v1", PORT: "8000" },
  };
  const ours = JSON.parse(JSON.stringify(deploymentSpec(args, "v1").template));

  it("has our own pods, with another version and no account of ours", () => {
    const { spec, metadata } = podTemplate(ours, "v2");
    const { serviceAccountName: _, containers, ...rest } = ours.spec;
    const [container] = containers;
    const env = [
      { name: "VERSION", value: "v2" },
      { name: "PORT", value: "8000" },
    ];
    assert.deepEqual(spec, { ...rest, containers: [{ ...container, env }] });
    assert.equal(rest.terminationGracePeriodSeconds, 75);
    assert.deepEqual(metadata, { labels: { app: "web", version: "v2" }, annotations: ours.metadata.annotations });
  });

  it("has the steps of 10 and 50 % in a Rollout, which goes on to all by itself", () => {
    const pause = { pause: { duration: "6s" } };
    const canary = asCanary(rollout(ours, "pingPong", 50));
    assert.deepEqual(canary.steps, [{ setWeight: 10 }, pause, { setWeight: 50 }, pause]);
    assert.equal(canary.scaleDownDelaySeconds, 50);
    assert.ok(!("scaleDownDelaySeconds" in asCanary(rollout(ours, "canary", undefined))));
  });

  it("selects the new pods in the same breath as it asks for them, where all is one file", () => {
    const service = naive("apply", podTemplate(ours, "v2"), "v2").find(({ kind }) => kind === "Service");
    assert.deepEqual(asRecord(service?.spec).selector, { app: "web", version: "v2" });
  });

  function asCanary(object: KubeObject): KubeObject {
    return (object as { spec: { strategy: { canary: KubeObject } } }).spec.strategy.canary;
  }
});
