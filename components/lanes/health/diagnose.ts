import type { GatewayPods } from "../object";
import { type LaneGroup, namespacesOf } from "../spec";
import type { MeshFacts } from "./facts";
import { checkFilters } from "./filters";
import { bySeverity, type Finding } from "./finding";
import { checkGateway } from "./gateway";
import { checkLeftovers } from "./leftovers";
import { checkPodLabels } from "./pod-labels";
import { checkControlPlane, checkProxies } from "./proxies";
import { checkProxyRevisions } from "./proxy-revisions";
import { checkProxyVersions } from "./proxy-versions";
import { checkRoutes } from "./routes";
import { checkScope } from "./scope";
import { checkServices } from "./services";
import { checkSharedPods, checkSidecars } from "./sidecars";
import { checkAccessLogs, checkStrays } from "./strays";
import { checkSubsets } from "./subsets";
import { checkUnversioned } from "./unversioned";
import { checkVersions } from "./versions";
import { type GroupView, type PlannedPlane, viewGroup } from "./view";

export interface DiagnoseOptions {
  /** The gateway's pods, as the plan is rendered with. */
  readonly gateway: GatewayPods;
  /** The stack's name on its objects (`stackName`): those of others are not its leftovers. */
  readonly stack: string;
  /**
   * `namespace/name` of a Deployment -> the number of its pods that the stack's config has, which `kubectl scale` changes for a while.
   * @default none: others decide
   */
  readonly replicas?: ReadonlyMap<string, number>;
  /**
   * The control plane that the stack's config has for a namespace of the stack; undefined: it says nothing of that one.
   * @default it says nothing of any
   */
  readonly planes?: (namespace: string) => PlannedPlane | undefined;
}

/**
 * Compares what the mesh has with what the plan wants and names the causes, worst first. None: all is as planned.
 *
 * @param groups all validated groups of the stack: the stack's objects of a group that is not among them count as left over.
 */
export function diagnose(
  groups: readonly LaneGroup[],
  facts: MeshFacts,
  { gateway, stack, ...config }: DiagnoseOptions,
): Finding[] {
  const views = groups.map((group) => viewGroup(group, facts, gateway, config));
  return [
    ...views.flatMap(checkGroup),
    ...checkLeftovers(views, facts, stack),
    ...checkControlPlane(views, facts),
    ...checkAccessLogs(facts),
  ].sort(bySeverity);
}

function checkGroup(view: GroupView): Finding[] {
  const objects = [
    ...checkSubsets(view),
    ...checkFilters(view),
    ...checkScope(view),
    ...checkRoutes(view),
    ...checkUnversioned(view),
    ...checkGateway(view),
  ];
  // Without a namespace each of its services and objects would be one more finding of the same cause.
  const there = new Set(view.facts.namespaces.map(({ name }) => name));
  if (!namespacesOf(view.group).every((namespace) => there.has(namespace))) return checkSidecars(view);
  // Nor does a Service that is missing, or selects nothing, say anything of its pods.
  const services = checkServices(view);
  const blind = new Set(
    services.filter(({ code }) => code === "ML023" || code === "ML024").map(({ service }) => service),
  );
  const versions = checkVersions(view).filter(({ service }) => !blind.has(service));
  const labels = checkPodLabels(view).filter(({ service }) => !blind.has(service));
  return [
    ...checkSidecars(view),
    ...labels,
    ...services,
    ...versions,
    ...objects,
    ...checkProxies(view),
    ...checkProxyVersions(view),
    ...checkProxyRevisions(view),
    ...checkStrays(view),
    ...checkSharedPods(view),
  ];
}
