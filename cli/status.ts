import { catalogue } from "../components/lanes/health/catalogue";
import { diagnose } from "../components/lanes/health/diagnose";
import type { MeshFacts, WorkloadKind } from "../components/lanes/health/facts";
import type { Finding } from "../components/lanes/health/finding";
import { proxiesByRevision } from "../components/lanes/health/proxy-revisions";
import { type GroupStatus, summarize } from "../components/lanes/health/summary";
import { stackName } from "../components/live/object";
import { gatewayPods } from "../config/gateway/gateway";
import { plannedPlane } from "../config/mesh/planned-plane";
import { projectName, type StackConfig } from "../config/stack";
import { replicasInConfig } from "../config/workloads/replicas";
import { UserError } from "../tools/user-error";
import { appliedBefore } from "./applied/ahead";
import { chooseGroups } from "./choose-groups";
import { readStack } from "./stack/read";
import { gatherFacts } from "./status/gather";
import { type Kubectl, stackKubectl } from "./status/kubectl";
import { statusReport } from "./status/report";

export interface StatusOptions {
  readonly stack: string;
  readonly group?: readonly string[];
  readonly json: boolean;
  /**
   * Whether the sidecars' logs are read for calls that got past the routes. They tell of the last minutes, and so nothing of what
   * an update has just made. @default true
   */
  readonly calls?: boolean;
}

/**
 * What the mesh has against what the plan wants, on stdout. The plan is that of the last update: what was edited since, nobody has
 * applied yet, and the mesh is not wrong for that.
 *
 * @returns whether every lane is served as planned.
 */
export async function status(options: StatusOptions): Promise<boolean> {
  const config = readStack(options.stack);
  refuseUnreadable(config, options.stack);
  const applied = appliedBefore(options.stack, config);
  if (applied) {
    process.stderr.write(
      `The config has changed since the last update, which the mesh is compared with: \`npx lanes diff --applied --stack ${options.stack}\` tells how.\n`,
    );
  }
  const { text, well } = await statusOf(applied ?? config, stackKubectl(config.cluster, options.stack), options);
  process.stdout.write(`${text}\n`);
  return well;
}

/** Whether `status` can look into a stack: what is judged are objects of upstream Istio. */
export function isReadable({ cluster, mesh }: Pick<StackConfig, "cluster" | "mesh">): boolean {
  return cluster.kind !== "ack" && mesh.kind === "istio";
}

/** What is judged are objects of upstream Istio on a cluster that this machine has a kubeconfig file of. */
function refuseUnreadable({ cluster, mesh }: StackConfig, stack: string): void {
  if (isReadable({ cluster, mesh })) return;
  throw new UserError("lanes status cannot look into this stack", [
    {
      path: `stack ${stack}`,
      got: `cluster ${cluster.kind} with mesh ${mesh.kind}`,
      expected: "upstream Istio on a cluster of kind auto, embedded, kind or existing",
      fix: "Look into the ASM console, or read the objects with the kubeconfig of the mesh.",
    },
  ]);
}

/** The report on a stack's groups, or on some of them, and whether every lane of these is served as planned. */
export async function statusOf(
  config: Pick<StackConfig, "laneGroups" | "gateway" | "gateways" | "workloads" | "mesh">,
  kubectl: Kubectl,
  options: StatusOptions,
): Promise<{ readonly text: string; readonly well: boolean }> {
  const { laneGroups, gateway, workloads } = config;
  const chosen = chooseGroups(laneGroups, options.group);
  const pods = gatewayPods(gateway);
  const facts = await gatherFacts(kubectl, chosen, options.calls);
  // All groups are judged, so that objects of those that were not asked for do not look left over.
  const findings = diagnose(laneGroups, facts, {
    ...{ gateway: pods, stack: stackName(projectName, options.stack) },
    replicas: replicasInConfig(workloads),
    planes: (namespace) => plannedPlane(config, namespace, facts.revisions),
  }).filter(({ group }) => group === undefined || options.group === undefined || options.group.includes(group));
  const groups = chosen.map((group) => summarize(group, facts, findings, pods));
  const text = options.json ? json(groups, findings, facts) : statusReport(groups, findings, facts);
  const broken = groups.some((group) => group.lanes.some((lane) => lane.state === "broken"));
  return { text, well: !broken && findings.every(({ severity }) => severity !== "error") };
}

function json(groups: readonly GroupStatus[], findings: readonly Finding[], facts: MeshFacts): string {
  const { controlPlane, accessLogs } = facts;
  const countOf = (kind: WorkloadKind) => facts.workloads.filter((workload) => workload.kind === kind).length;
  const summary = {
    at: new Date(facts.at).toISOString(),
    namespaces: facts.namespaces.length,
    services: facts.services.length,
    ...{ deployments: countOf("Deployment"), statefulSets: countOf("StatefulSet"), daemonSets: countOf("DaemonSet") },
    pods: facts.pods.length,
    istioObjects: facts.istio.length,
    secrets: facts.secrets.length,
    controlPlane: {
      answered: controlPlane.answered,
      problems: controlPlane.problems,
      proxies: controlPlane.connected.length,
      byRevision: proxiesByRevision(facts),
      tags: facts.revisions.tags,
      notInSync: new Set(controlPlane.syncs.filter((sync) => !sync.acknowledged).map((sync) => sync.proxy)).size,
    },
    accessLogs: { pods: accessLogs.pods, problems: accessLogs.problems, strays: accessLogs.strays.length },
  };
  const titled = findings.map((finding) => ({ ...finding, title: catalogue[finding.code].title }));
  return JSON.stringify({ groups, findings: titled, facts: summary }, null, 2);
}
