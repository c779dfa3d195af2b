import assert from "node:assert/strict";
import { diagnose } from "../../../../../components/lanes/health/diagnose";
import type { MeshFacts } from "../../../../../components/lanes/health/facts";
import type { LaneGroup } from "../../../../../components/lanes/spec";
import { gatewayPods, labelled, strictlyLabelled } from "../fixtures";
import { deployment, healthyFacts, istio, pod, remove, stack } from "./fixtures";

type Facts = ReturnType<typeof healthyFacts>;

const found = (group: LaneGroup, make: (facts: Facts) => void) => {
  const facts = healthyFacts(group);
  // What the apps say would tell the version whatever the labels.
  for (const each of facts.pods) delete each.appVersion;
  make(facts);
  return diagnose([group], facts as MeshFacts, { gateway: gatewayPods, stack });
};

describe("diagnose where services tell versions by labels of their own", () => {
  it("finds a pod with another version's labels, and writes all of its own", () => {
    const [wrong, ...others] = found(strictlyLabelled, (facts) => {
      Object.assign(pod(facts, "cart-v2").labels, { track: "stable" });
    });
    assert.deepEqual(others, []);
    assert.equal(wrong?.code, "ML001");
    assert.match(
      wrong.cause,
      /cart-v2-x of cart carries track=stable,release=b, but its Deployment cart-v2 says v2: lane v1 gets version v2; lane v2 has no ready pod/,
    );
    assert.match(wrong.fix, /^kubectl label pod -n shop cart-v2-x track=canary release=b --overwrite$/);
  });

  it("finds a pod that one of the labels is missing of", () => {
    const [wrong] = found(labelled, (facts) => {
      delete pod(facts, "cart-v2").labels.release;
    });
    assert.match(
      wrong?.cause ?? "",
      /carries track=canary, but its Deployment cart-v2 says v2: lane v2 has no ready pod/,
    );
    assert.equal(wrong?.severity, "warning");
    const [bare] = found(labelled, (facts) => {
      const { labels } = pod(facts, "cart-v1");
      delete labels.track;
      const { templateLabels } = deployment(facts, "cart-v1");
      delete templateLabels.track;
    });
    assert.match(bare?.cause ?? "", /cart-v1-x of cart has no label track and release/);
    assert.match(bare?.fix ?? "", /^Set the label track: stable in the pod template of Deployment shop\/cart-v1/);
  });

  it("counts pods of a version by all of its labels, and names them", () => {
    const [gone] = found(strictlyLabelled, (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "cart-v2-x");
      facts.workloads = facts.workloads.filter(({ name }) => name !== "cart-v2");
    });
    assert.equal(gone?.code, "ML002");
    assert.match(
      gone.cause,
      /no Deployment, StatefulSet, DaemonSet or pod of cart in shop has the labels track=canary,release=b: requests of lane v2 fail/,
    );
    const [down] = found(labelled, (facts) => {
      Object.assign(pod(facts, "cart-v2"), { ready: false });
    });
    assert.match(down?.cause ?? "", /cart v2: pod cart-v2-x not ready: requests of lane v2 fall back to v1/);
  });

  it("tells whose pods a changed subset takes", () => {
    const [changed] = found(labelled, (facts) => {
      const { spec } = istio(facts, "DestinationRule", "labelled.cart.*");
      const [, second] = spec.subsets as { labels: object }[];
      assert.ok(second);
      second.labels = { track: "stable" };
    });
    assert.equal(changed?.code, "ML031");
    assert.match(changed.cause, /Traffic leaks: the subset of cart v2 takes the pods of lane v1\./);
  });

  it("finds the filter gone that tells the version on answers, and that no request leaves its lane by it", () => {
    const group = { ...labelled, responseHeaders: true, entry: { ...labelled.entry, service: "cart" } };
    const [gone, ...others] = found(group, (facts) => remove(facts, "EnvoyFilter", "labelled.answer.cart.v2"));
    assert.deepEqual(others, []);
    assert.deepEqual([gone?.code, gone?.severity], ["ML060", "warning"]);
    assert.match(gone?.cause ?? "", /labelled\.answer\.cart\.v2, which tells the version on answers\.$/);
  });
});
