import { groupBy } from "../../../tools/group-by";
import { deploymentName } from "../../names";
import { renderIstio, renderSharedFilters } from "../istio/render";
import { selects } from "../labels";
import { type GatewayPods, type IstioObject, servicePodLabels } from "../object";
import { type LanePlan, type PlanRow, planLaneGroup } from "../plan";
import type { LaneGroup, LaneService } from "../spec";
import { versionLabels, versionOfPod } from "../version-labels";
import type { IstioFact, Labels, MeshFacts, PodFact, ServiceFact, WorkloadFact } from "./facts";

/** One lane group beside what the mesh has: what every check looks at. */
export interface GroupView {
  readonly group: LaneGroup;
  readonly plan: LanePlan;
  readonly objects: readonly IstioObject[];
  /** Of no group: what all groups need in the proxies' listeners. */
  readonly sharedFilters: readonly IstioObject[];
  readonly gateway: GatewayPods;
  readonly facts: MeshFacts;
  /** `namespace/name` of a Deployment -> the number of its pods that the stack's config has. */
  readonly replicas: ReadonlyMap<string, number>;
  /** The control plane that the stack has for a namespace. */
  readonly planes: (namespace: string) => PlannedPlane | undefined;
  /** Rows of the plan by service. */
  readonly rows: ReadonlyMap<string, readonly PlanRow[]>;
  /** Istio objects and workloads by kind, namespace and name. */
  readonly live: ReadonlyMap<string, IstioFact>;
  readonly workloads: ReadonlyMap<string, WorkloadFact>;
  /** Pods and workloads by service: looked up for every lane, searched for once. */
  readonly members: Map<string, ServiceMembers>;
}

/** The control plane that a stack's config has for a namespace. */
export interface PlannedPlane {
  /** Revision or tag, as the config has it; `default` where it has none. */
  readonly name: string;
  /** The revision that the name stands for; undefined: nobody knows, or the namespace is not the stack's. */
  readonly revision?: string;
  /** Label of a namespace whose pods get its sidecars. */
  readonly label: Labels;
}

export function viewGroup(
  group: LaneGroup,
  facts: MeshFacts,
  gateway: GatewayPods,
  { replicas = new Map(), planes = () => undefined }: Partial<Pick<GroupView, "replicas" | "planes">> = {},
): GroupView {
  const live = new Map(facts.istio.map((object) => [objectKey(object.kind, object), object]));
  const workloads = new Map(facts.workloads.map((object) => [objectKey(object.kind, object), object]));
  const plan = planLaneGroup(group);
  const rows = groupBy(plan.rows, (row) => row.service);
  const objects = renderIstio(group, { gateway });
  const sharedFilters = renderSharedFilters(group, { gateway });
  const config = { gateway, replicas, planes };
  return { ...config, group, plan, objects, sharedFilters, facts, rows, live, workloads, members: new Map() };
}

/** Tells objects apart. */
export function objectKey(kind: string, { namespace, name }: { namespace: string; name: string }): string {
  return `${kind} ${namespace}/${name}`;
}

export function liveService({ facts }: GroupView, { namespace, name }: LaneService): ServiceFact | undefined {
  return facts.services.find((service) => service.namespace === namespace && service.name === name);
}

/** The live object that stands for a planned one. */
export function liveObject({ live }: GroupView, { kind, metadata }: IstioObject): IstioFact | undefined {
  return live.get(objectKey(kind, metadata));
}

/** Pods or workloads of a service: what it selects; by the labels of its pods where it selects nothing. */
interface ServiceMembers {
  readonly pods: readonly PodFact[];
  readonly workloads: readonly WorkloadFact[];
}

export function membersOf(view: GroupView, service: LaneService): ServiceMembers {
  const known = view.members.get(service.name);
  if (known) return known;
  const { namespace } = service;
  const selected = membersBy(view, namespace, liveService(view, service)?.selector ?? {});
  const some = selected.pods.length + selected.workloads.length > 0;
  const found = some ? selected : membersBy(view, namespace, servicePodLabels(service));
  view.members.set(service.name, found);
  return found;
}

/** Those that should be the service's by their labels or by the name of what runs them. */
export function expectedMembers(view: GroupView, service: LaneService): ServiceMembers {
  const names = new Set(service.versions.map((version) => deploymentName(service.name, version)));
  const { facts } = view;
  const own = servicePodLabels(service);
  return {
    pods: facts.pods.filter(
      (pod) =>
        pod.namespace === service.namespace &&
        (selects(own, pod.labels) || (pod.owner !== undefined && names.has(pod.owner.name))),
    ),
    workloads: facts.workloads.filter(
      (workload) =>
        workload.namespace === service.namespace && (selects(own, workload.templateLabels) || names.has(workload.name)),
    ),
  };
}

function membersBy({ facts }: GroupView, namespace: string, selector: Labels): ServiceMembers {
  return {
    pods: facts.pods.filter((pod) => pod.namespace === namespace && selects(selector, pod.labels)),
    workloads: facts.workloads.filter(
      (workload) => workload.namespace === namespace && selects(selector, workload.templateLabels),
    ),
  };
}

/** The pods of one version of a service. */
export interface VersionPods extends ServiceMembers {
  readonly wanted: number;
  readonly ready: number;
}

export function versionPods(view: GroupView, service: LaneService, version: string): VersionPods {
  const members = membersOf(view, service);
  const labels = versionLabels(view.group, service, version);
  const pods = members.pods.filter((pod) => selects(labels, pod.labels));
  const workloads = members.workloads.filter((workload) => selects(labels, workload.templateLabels));
  const replicas = workloads.reduce((sum, workload) => sum + workload.replicas, 0);
  return {
    pods,
    workloads,
    wanted: workloads.length > 0 ? replicas : pods.length,
    ready: pods.filter((pod) => pod.ready).length,
  };
}

/** Rows of the plan at a service. */
export function rowsAt(view: GroupView, service: string): readonly PlanRow[] {
  return view.rows.get(service) ?? [];
}

/** The workload that made a pod. */
export function workloadOf(view: GroupView, { namespace, owner }: PodFact): WorkloadFact | undefined {
  return owner && view.workloads.get(objectKey(owner.kind, { namespace, name: owner.name }));
}

/** Rows of the plan that take this version of the service. */
export function rowsOf(view: GroupView, service: string, version: string | undefined): PlanRow[] {
  return rowsAt(view, service).filter((row) => row.version === version);
}

/** The lanes whose version of the service these pods are of; a lane may be there twice. */
export function lanesOfPods(view: GroupView, service: LaneService, pods: readonly PodFact[]): string[] {
  const versions = new Set(pods.map((pod) => versionOfPod(view.group, service, pod.labels)));
  return [...versions].flatMap((version) => rowsOf(view, service.name, version)).map((row) => row.lane);
}

/** Names of all lanes. */
export function allLanes(view: GroupView): string[] {
  return view.group.lanes.map((lane) => lane.name);
}

/** Lanes whose requests take the route of this lane at the service: the lane, and those that fall back to it. */
export function lanesThrough(view: GroupView, lane: string, service: string): string[] {
  return rowsAt(view, service)
    .filter((row) => row.lane === lane || (row.reason === "fallback" && lane === view.group.baseline))
    .map((row) => row.lane);
}

/** Whether requests of a row go to the baseline's pods when its own are down (the rule of `fallback.ts`). */
export function runtimeFallback(view: GroupView, row: PlanRow): PlanRow | undefined {
  const service = view.group.services.find((candidate) => candidate.name === row.service);
  if (!service?.fallback || row.reason !== "own" || row.lane === view.group.baseline) return undefined;
  const baseline = rowsAt(view, row.service).find((candidate) => candidate.lane === view.group.baseline);
  return baseline?.version !== undefined && baseline.version !== row.version ? baseline : undefined;
}
