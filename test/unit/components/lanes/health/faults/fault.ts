import type { FindingCode } from "../../../../../../components/lanes/health/catalogue";
import type { Severity } from "../../../../../../components/lanes/health/finding";
import { type LaneGroup, laneGroupSchema } from "../../../../../../components/lanes/spec";
import { s2Input } from "../../fixtures";
import { day, type FactsUnderTest, istio, now, pod } from "../fixtures";

/** A fault, and the one finding that it must give. */
export interface Fault {
  readonly code: FindingCode;
  readonly severity?: Severity;
  readonly fault: string;
  /** Default: S2, three strict lanes. */
  readonly group?: LaneGroup;
  /** Deployments whose number of pods the stack's config has; default none. */
  readonly replicas?: ReadonlyMap<string, number>;
  readonly make: (facts: FactsUnderTest) => void;
  readonly lanes: readonly string[];
  readonly service?: string;
  /** The cause must say this. */
  readonly says: RegExp;
  /** The fix must say this. */
  readonly fix?: RegExp;
}

export const all = ["s1", "s2", "s3"];
export const scoped = laneGroupSchema.parse({ ...s2Input, scope: { egress: [] } });
export const chart = laneGroupSchema.parse({
  name: "chart",
  mode: "strict",
  services: [{ name: "live-chart", port: 8888, versions: ["v1"] }],
  entry: { service: "live-chart", gateway: "istio-system/ingressgateway", hosts: ["chart.example.com"] },
  baseline: "v1",
  lanes: [{ name: "v1" }],
});
export const sharing = laneGroupSchema.parse({
  name: "share",
  mode: "strict",
  services: [
    { name: "front", port: 80, versions: ["v1", "v2"] },
    { name: "back", port: 80, versions: ["v1"] },
  ],
  entry: { service: "front", gateway: "istio-system/ingressgateway", header: "x-lane", unmatched: "reject" },
  lanes: [
    { name: "a", version: "v1" },
    { name: "b", version: "v2", versions: { back: "v1" } },
  ],
});

export function trouble(facts: FactsUnderTest, name: string, phase: string, reason: string, message = ""): void {
  Object.assign(pod(facts, name), { ready: false, phase, troubles: [{ container: "app", reason, message }] });
  facts.controlPlane.syncs = [];
}

export function foreign(facts: FactsUnderTest, kind: string, spec: object, age = 2 * day): void {
  facts.istio.push({
    kind,
    namespace: "default",
    name: "foreign",
    labels: {},
    createdAt: now - age,
    spec: spec as Record<string, unknown>,
  });
}

export const subsets = (facts: FactsUnderTest, name: string) =>
  istio(facts, "DestinationRule", name).spec.subsets as { labels: Record<string, string> }[];
export const http = (facts: FactsUnderTest, name: string) =>
  istio(facts, "VirtualService", name).spec.http as Record<string, unknown>[];
