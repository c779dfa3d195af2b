import { renderAsm } from "../../../components/lanes/asm/render";
import { type LaneGroupInput, laneGroupSchema } from "../../../components/lanes/spec";
import type { ServicePorts } from "../../asm-controller/fallback";
import type { KubeObject } from "../../asm-controller/objects";
import { translate } from "../../asm-controller/translate";

/** Ports of the Services of S1 to S5 as the cluster would tell them. */
export const ports: ServicePorts = new Map<string, readonly number[]>([
  ...["mocka", "mockb", "mockc"].flatMap((name) =>
    ["default", "baggage"].map((namespace) => [`${name}.${namespace}.svc.cluster.local`, [8000]] as const),
  ),
  ["wsk.default.svc.cluster.local", [5000]],
  ["helloworld.default.svc.cluster.local", [5000]],
]);

/** What the product writes for a group on ASM. */
export function asmObjects(input: LaneGroupInput): KubeObject[] {
  return renderAsm(laneGroupSchema.parse(input)).map(({ stage: _, ...object }) => object);
}

export function translated(input: LaneGroupInput): KubeObject[] {
  return translate(asmObjects(input), ports);
}

/** An object of a kind by its name. @throws when there is none. */
export function named(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found) return found;
  throw new Error(`no ${kind} ${name} among ${objects.map((object) => object.metadata.name).join(", ")}`);
}

/** A VirtualService with one route, whose destination has these fields beside it. */
export function routesTo(destination: object, beside: object = {}): KubeObject {
  return {
    apiVersion: "networking.istio.io/v1beta1",
    kind: "VirtualService",
    metadata: { name: "routes", namespace: "default" },
    spec: { hosts: ["mockb.default.svc.cluster.local"], http: [{ route: [{ destination, ...beside }] }] },
  };
}

export function trafficLabel(valueFrom: readonly string[], namespace = "default", name = "label"): KubeObject {
  return {
    apiVersion: "istio.alibabacloud.com/v1",
    kind: "TrafficLabel",
    metadata: { name, namespace },
    spec: { rules: [{ labels: [{ name: "asm-label", valueFrom }] }] },
  };
}

export function headerPropagation(headers: readonly string[], namespace = "default", name = "headers"): KubeObject {
  return {
    apiVersion: "istio.alibabacloud.com/v1beta1",
    kind: "ASMHeaderPropagation",
    metadata: { name, namespace },
    spec: { headers },
  };
}
