import { z } from "zod";
import type { ControlPlaneFact, PodFact, SyncFact } from "../../components/lanes/health/facts";
import { type Kubectl, KubectlError } from "./kubectl";

const time = z.string().optional();
/** `SyncStatus` of istio/istio pilot/pkg/xds/debug.go. `resources` came with Istio 1.27; older ones tell no time. */
const syncSchema = z.object({
  proxy: z.string(),
  cluster_sent: z.string().optional(),
  cluster_acked: z.string().optional(),
  listener_sent: z.string().optional(),
  listener_acked: z.string().optional(),
  route_sent: z.string().optional(),
  route_acked: z.string().optional(),
  endpoint_sent: z.string().optional(),
  endpoint_acked: z.string().optional(),
  resources: z
    .record(
      z.string(),
      z.object({
        sent: z.string().optional(),
        acked: z.string().optional(),
        sentTime: time,
        lastError: z.string().optional(),
      }),
    )
    .optional(),
});

const typeNames: Readonly<Record<string, string>> = {
  "type.googleapis.com/envoy.config.cluster.v3.Cluster": "clusters",
  "type.googleapis.com/envoy.config.listener.v3.Listener": "listeners",
  "type.googleapis.com/envoy.config.route.v3.RouteConfiguration": "routes",
  "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment": "endpoints",
};

/** Asks every pod of istiod which config its proxies have: each knows only those that are connected to it. */
export async function gatherControlPlane(kubectl: Kubectl, pods: readonly PodFact[]): Promise<ControlPlaneFact> {
  const ready = pods.filter((pod) => pod.labels.app === "istiod" && pod.ready);
  const answers = await Promise.all(ready.map((pod) => ask(kubectl, pod)));
  const proxies = answers.flatMap((answer) => ("proxies" in answer ? answer.proxies : []));
  return {
    answered: answers.filter((answer) => "proxies" in answer).length,
    problems: answers.flatMap((answer) => ("problem" in answer ? [answer.problem] : [])),
    connected: proxies.map(({ proxy }) => proxy),
    syncs: proxies.flatMap(toSyncs),
  };
}

type Proxy = z.infer<typeof syncSchema>;

/** From within the pod: to others istiod answers only with the mesh's own credentials, through the API server's proxy too. */
async function ask(kubectl: Kubectl, pod: PodFact): Promise<{ proxies: Proxy[] } | { problem: string }> {
  const request = ["--", "pilot-discovery", "request", "GET", "/debug/syncz"];
  try {
    const answer = await kubectl.run(["exec", "-n", pod.namespace, pod.name, "-c", "discovery", ...request]);
    return { proxies: z.array(syncSchema).parse(JSON.parse(answer)) };
  } catch (error) {
    const why = error instanceof KubectlError ? error.words.slice(0, 200) : "its answer cannot be read";
    return { problem: `${pod.namespace}/${pod.name}: ${why}` };
  }
}

function toSyncs(status: Proxy): SyncFact[] {
  const { proxy } = status;
  if (status.resources) {
    return Object.entries(status.resources).flatMap(([url, { sent, acked, sentTime, lastError }]): SyncFact[] => {
      if (!sent) return [];
      const sentAt = sentTime === undefined ? Number.NaN : Date.parse(sentTime);
      return [
        {
          proxy,
          type: typeNames[url] ?? url,
          acknowledged: sent === acked,
          ...(!Number.isNaN(sentAt) && { sentAt }),
          ...(lastError && { rejection: lastError }),
        },
      ];
    });
  }
  const pairs = [
    ["clusters", status.cluster_sent, status.cluster_acked],
    ["listeners", status.listener_sent, status.listener_acked],
    ["routes", status.route_sent, status.route_acked],
    ["endpoints", status.endpoint_sent, status.endpoint_acked],
  ] as const;
  return pairs.flatMap(([type, sent, acked]) => (sent ? [{ proxy, type, acknowledged: sent === acked }] : []));
}
