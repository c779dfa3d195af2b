import type { Fault } from "../../asm-controller/controller";
import type { KubeObject } from "../../asm-controller/objects";

/** Objects of a kind as a controller reads them that gets one thing wrong. */
function misread(kind: string, change: (object: KubeObject) => KubeObject): Fault {
  return (objects) => objects.map((object) => (object.kind === kind ? change(object) : object));
}

/** It sees no fallback beside any destination. */
export const dropsFallback: Fault = misread("VirtualService", (object) =>
  JSON.parse(JSON.stringify(object, (key, value: unknown) => (key === "fallback" ? undefined : value))),
);

/** It carries another header than the one that is named. */
export const carriesAnotherHeader: Fault = misread("ASMHeaderPropagation", (object) => ({
  ...object,
  spec: { headers: ["x-other"] },
}));

/** It labels requests by another label of the pod. */
export const readsAnotherLabel: Fault = misread("TrafficLabel", (object) => ({
  ...object,
  spec: { rules: [{ labels: [{ name: "asm-label", valueFrom: ["$getLabel(app)"] }] }] },
}));

/** It takes the pods of another version for those of a lane. */
export const mistakesPods =
  (lane: string, labels: Readonly<Record<string, string>>): Fault =>
  (objects) =>
    objects.map((object) =>
      object.kind === "ASMSwimLane" && object.metadata.name === lane
        ? { ...object, spec: { ...object.spec, labelSelector: labels } }
        : object,
    );
