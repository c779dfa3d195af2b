import assert from "node:assert/strict";
import { demoPod } from "../../../../components/workloads/demo-app";
import { podFieldsText } from "../../../../components/workloads/pod-fields";
import { podShapeProblems } from "../../../../components/workloads/pod-shape";
import { podFieldsOfTypes } from "./pod-fields-of-types";

describe("fields of a pod", () => {
  it("are those of the provider's types (else: write podFieldsOfTypes() to podFieldsText)", () => {
    assert.equal(podFieldsText.trim(), podFieldsOfTypes());
  }).timeout(60_000);

  it("take what the apps of this project have, free maps, lists of values, and null", () => {
    assert.deepEqual(podShapeProblems("pod", demoPod(80).spec), []);
    const spec = {
      nodeSelector: { "example.com/zone": "a" },
      tolerations: [{ key: "a", operator: "Exists" }],
      priorityClassName: null,
      containers: [
        { name: "app", command: ["a"], env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }] },
      ],
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: "zone" } }],
        },
      },
      volumes: [
        { name: "a", projected: { sources: [{ configMap: { name: "b", items: [{ key: "c", path: "d" }] } }] } },
      ],
    };
    assert.deepEqual(podShapeProblems("pod", spec), []);
  });
});
