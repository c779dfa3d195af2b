import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";

/** URN of an object of a lane group. */
export const urnOf = (type: string, name: string) =>
  `urn:pulumi:dev::mesh-lanes::mesh-lanes:index:LaneGroup$${type}::${name}`;

export const virtualService = "kubernetes:networking.istio.io/v1:VirtualService";

let sequence = 0;

/** What the engine says of one step. */
export function step(op: OpType, type: string, name: string, before?: object, after?: object): EngineEvent {
  const urn = urnOf(type, name);
  const side = (inputs: object | undefined) =>
    inputs && { type, urn, id: name, parent: "", inputs, outputs: {}, provider: "p" };
  sequence += 1;
  return {
    sequence,
    timestamp: 0,
    resourcePreEvent: { metadata: { op, urn, type, old: side(before), new: side(after), provider: "p" } },
  };
}

export function object(spec: object, annotations: Record<string, string> = {}) {
  const metadata = {
    name: "test",
    namespace: "default",
    labels: { "mesh-lanes/stack": "mesh-lanes.dev" },
    annotations,
  };
  return { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata, spec };
}

export const written = { "mesh-lanes/written": "2026-01-02T00:00:00.000Z", "pulumi.com/patchForce": "true" };
