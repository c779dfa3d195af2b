import type { PodFact, ServiceFact, ServicePortFact } from "../../components/lanes/health/facts";
import { selects } from "../../components/lanes/labels";
import { serviceNamed } from "../../components/lanes/plan";
import { readSidecarLog, type SidecarLog } from "../../components/lanes/preflight/access-log";
import {
  allCarried,
  type EdgeResult,
  judgeProbes,
  type ProbeAnswer,
  probeKey,
} from "../../components/lanes/preflight/judge";
import { type Probe, type ProbePod, planProbes } from "../../components/lanes/preflight/probes";
import { istioProtocol } from "../../components/lanes/protocol";
import { type LaneGroup, type LaneService, namespacesOf } from "../../components/lanes/spec";
import { versionOfPod } from "../../components/lanes/version-labels";
import type { PodForward } from "../../tools/kubectl/port-forward";
import { poll } from "../../tools/poll";
import { UserError } from "../../tools/user-error";
import type { Kubectl } from "../status/kubectl";
import { readItems, readPods, readServices } from "../status/objects";
import { GatewayClient } from "../verify/gateway-client";

export interface ProbeRun {
  readonly kubectl: Kubectl;
  readonly forward: PodForward;
  /** Service, or `service:port` of a further port, -> path that makes it call the next one. */
  readonly paths: Readonly<Record<string, string>>;
  /** See `planProbes`. */
  readonly id: string;
  /** Longest wait for the logs, in milliseconds. Proxies write theirs once a second. @default 8000 */
  readonly patience?: number;
}

/**
 * Sends a marked request to a pod of each version that calls another service, and reads from the access logs of the
 * sidecars where the mark went on.
 *
 * @throws UserError when the access logs do not tell the lane.
 */
export async function runProbes(group: LaneGroup, run: ProbeRun): Promise<EdgeResult[]> {
  const { kubectl, patience = 8000 } = run;
  const listIn = (namespace: string) => ["get", "services,pods", "--namespace", namespace, "--output", "json"];
  const lists = await Promise.all(namespacesOf(group).map((namespace) => kubectl.run(listIn(namespace))));
  const items = lists.flatMap(readItems);
  const services = readServices(items);
  const pods = podsOf(group, services, readPods(items));
  const plan = planProbes(group, pods, run.paths, run.id);
  // Clocks of this machine and of a node may differ; marks are of this run alone, so older lines do no harm.
  const since = new Date(Date.now() - 60_000).toISOString();
  const answers = new Map<string, ProbeAnswer>();
  for (const probe of plan.probes) {
    const service = serviceNamed(group, probe.service);
    if (service) answers.set(probeKey(probe), await send(service, probe, services, run.forward));
  }
  let logs: readonly SidecarLog[] = [];
  const judged = () =>
    judgeProbes(
      group,
      plan,
      answers,
      callsOf(logs),
      logs.flatMap(({ strays }) => strays),
    );
  const readAll = async (): Promise<EdgeResult[] | undefined> => {
    logs = await Promise.all(pods.map(({ pod, namespace }) => sidecarLog(kubectl, namespace, pod, since)));
    if (!allCarried(group, plan, callsOf(logs))) return undefined;
    // What a chain's last hop has sent may be written a second after the first hop's own line.
    const edges = judged();
    return edges.every(({ outcome }) => outcome !== "lost in the chain") ? edges : undefined;
  };
  const edges = await poll(readAll, { withinMs: patience, everyMs: 1000 });
  if (edges) return edges;
  requireLanes(group, logs);
  return judged();
}

function callsOf(logs: readonly SidecarLog[]) {
  return logs.flatMap((log) => log.calls);
}

function podsOf(group: LaneGroup, services: readonly ServiceFact[], pods: readonly PodFact[]) {
  return group.services.flatMap((service) => {
    const { name, namespace } = service;
    const live = services.find((each) => each.name === name && each.namespace === namespace);
    return pods
      .filter((pod) => pod.ready && pod.namespace === namespace && selects(live?.selector ?? {}, pod.labels))
      .flatMap(({ name: pod, labels }): (ProbePod & { readonly namespace: string })[] => {
        const version = versionOfPod(group, service, labels);
        return version === undefined ? [] : [{ pod, namespace, service: name, version }];
      });
  });
}

async function send(
  service: LaneService,
  { pod, port, path, headers }: Probe,
  services: readonly ServiceFact[],
  forward: PodForward,
): Promise<ProbeAnswer> {
  try {
    const { namespace } = service;
    const live = servicePort(service, port, services);
    const way = await forward({ namespace, pod, port: live.targetPort ?? live.port });
    const { host } = new URL(way.url);
    if (istioProtocol(live).name === "gRPC") {
      const { sendCall } = await import("./send-call");
      const answer = await sendCall(way.url, path, headers).finally(way.close);
      return { ...answer, host };
    }
    const client = new GatewayClient(way.url, { connections: 1 });
    try {
      const { status, body } = await client.send({ path, headers });
      return { status, host, ...(status === 0 && { problem: body }) };
    } finally {
      client.close();
      await way.close();
    }
  } catch (error) {
    return { status: 0, problem: error instanceof Error ? error.message : String(error) };
  }
}

function servicePort(
  { name, namespace, port: main }: LaneService,
  asked: number | undefined,
  services: readonly ServiceFact[],
): ServicePortFact {
  const port = asked ?? main;
  const facts = services.find((each) => each.name === name && each.namespace === namespace);
  return facts?.ports.find((candidate) => candidate.port === port) ?? { port };
}

async function sidecarLog(kubectl: Kubectl, namespace: string, pod: string, since: string): Promise<SidecarLog> {
  const args = ["logs", pod, "--namespace", namespace, "--container", "istio-proxy", `--since-time=${since}`];
  return readSidecarLog(pod, await kubectl.run(args));
}

function requireLanes(group: LaneGroup, logs: readonly SidecarLog[]): void {
  const lines = logs.reduce((count, log) => count + log.lines, 0);
  if (logs.some(({ withLane }) => withLane)) return;
  throw new UserError(`the access logs of group ${group.name} do not tell the lane of a request`, [
    {
      path: "access log of the sidecars",
      got: lines === 0 ? "no JSON line that names an upstream_cluster" : "lines without the field lane",
      expected: "JSON with the fields upstream_cluster and lane, as mesh-lanes sets it up",
      fix: "Run `npm start`; on a mesh of another's, set its accessLogFormat as docs/telemetry.md says.",
    },
  ]);
}
