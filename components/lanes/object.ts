import { groupLabel } from "../../tools/mesh/group-label";
import { shortHash } from "../names";
import type { LaneGroup, LaneService } from "./spec";

/** Parts of a group's objects that are made together; `changeSteps` tells in which order. */
export const stages = ["subsets", "filters", "service-routes", "entry-routes"] as const;
export type Stage = (typeof stages)[number];

type Labels = Readonly<Record<string, string>>;

/** Label of an object that belongs to one lane. */
export const laneLabel = "mesh-lanes/lane";
/** Annotation of the gateway's routes of a group: its lanes, with commas between. What they have is what can be entered. */
export const lanesAnnotation = "mesh-lanes/lanes";

interface NamespacedMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations?: Labels;
}

interface ClusterMetadata {
  readonly name: string;
  readonly labels: Labels;
}

interface ObjectOf<ApiVersion extends string, Kind extends string, Metadata> {
  readonly stage: Stage;
  readonly apiVersion: ApiVersion;
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Version of Istio's routing API. ASM serves `v1` only where it is built on Istio 1.22 or later; `v1beta1` is there in all. */
export type RoutingApi = "networking.istio.io/v1" | "networking.istio.io/v1beta1";

/** An object of Istio's own API as plain data. */
export type IstioObject =
  | ObjectOf<RoutingApi, "DestinationRule" | "VirtualService" | "Sidecar", NamespacedMetadata>
  | ObjectOf<"networking.istio.io/v1alpha3", "EnvoyFilter", NamespacedMetadata>;

/** An object of a kind that only ASM has, as plain data. */
export type AsmObject =
  | ObjectOf<"istio.alibabacloud.com/v1", "TrafficLabel", NamespacedMetadata>
  | ObjectOf<"istio.alibabacloud.com/v1beta1", "ASMHeaderPropagation", NamespacedMetadata>
  | ObjectOf<"istio.alibabacloud.com/v1", "ASMSwimLaneGroup" | "ASMSwimLane", ClusterMetadata>;

/** An object that a mesh takes, as plain data. */
export type RenderedObject = IstioObject | AsmObject;

/** The pods of the ingress gateway; an EnvoyFilter for them must be in their namespace. */
export interface GatewayPods {
  /** Their namespace. */
  readonly namespace: string;
  /** Their labels. */
  readonly labels: Labels;
}

/** Labels of a gateway's pods, as Istio's chart and ASM have them. */
export function gatewayLabels(name: string): Labels {
  return { istio: name };
}

/** The name by which Istio knows a service of a group everywhere in the mesh. */
export function serviceHost(
  { name, namespace }: Pick<LaneService, "name" | "namespace">,
  { clusterDomain }: Pick<LaneGroup, "clusterDomain">,
): string {
  return `${name}.${namespace}.svc.${clusterDomain}`;
}

/**
 * Labels of the pods of a service, whatever their version. Objects that are for a service's pods look for them: a Sidecar, the
 * filters of a scoped group and of `http2: upgrade`, the header of the version on ASM, and the rules of who may call.
 */
export function servicePodLabels({ name, labels }: Pick<LaneService, "name" | "labels">): Labels {
  return labels ?? { app: name };
}

/**
 * What `labels` of a service has to be by the selector of its Service: pods of others have not always the label `app`.
 * Undefined: the default fits, or the selector says nothing but the version.
 *
 * @param versionKeys keys of the labels that tell versions.
 */
export function podLabelsBySelector(
  { name }: Pick<LaneService, "name">,
  selector: Labels,
  versionKeys: readonly string[],
): Labels | undefined {
  const labels = Object.entries(selector).filter(([key]) => !versionKeys.includes(key));
  const usual = Object.entries(servicePodLabels({ name }));
  const fits = usual.every(([key, value]) => selector[key] === value);
  return fits || labels.length === 0 ? undefined : Object.fromEntries(labels);
}

/** Whether an object is one of this project's, of whichever stack or lane group. */
export function isOfLanes({ labels }: { readonly labels: Labels }): boolean {
  return labels["app.kubernetes.io/managed-by"] === "mesh-lanes" || groupLabel in labels;
}

/**
 * Name and labels of an object of a group. Names are parts joined with dots: no part can hold one, so two objects never
 * share a name as `a-b` + `c` and `a` + `b-c` would with dashes.
 *
 * @param group of an object for one service, with the service's namespace: a client finds a DestinationRule in its own namespace or in
 * the service's, and no proxy one elsewhere. https://istio.io/latest/docs/ops/best-practices/traffic-management/
 */
export function objectMetadata(
  group: { readonly name: string; readonly namespace: string },
  parts: readonly string[],
  lane?: string,
): IstioObject["metadata"] {
  return {
    name: [group.name, ...parts].join("."),
    namespace: group.namespace,
    labels: objectLabels(group.name, lane),
  };
}

/** A short part of a name that tells contents apart: another content is another object. */
export function contentHash(content: unknown): string {
  return shortHash(JSON.stringify(content));
}

/** A group as the owner of an object in one of its services' namespaces. */
export function inNamespace({ name }: Pick<LaneGroup, "name">, namespace: string) {
  return { name, namespace };
}

/** Labels by which objects of a group, and of one of its lanes, are found. */
export function objectLabels(group: string, lane?: string): Labels {
  return {
    "app.kubernetes.io/managed-by": "mesh-lanes",
    [groupLabel]: group,
    ...(lane !== undefined && { [laneLabel]: lane }),
  };
}
