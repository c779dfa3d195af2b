import { setTimeout as sleep } from "node:timers/promises";
import {
  type OpenByCluster,
  type OpenRequests,
  openInLane,
  readOpenByCluster,
  untoldIn,
} from "../../components/lanes/health/open-requests";
import type { LaneGroup } from "../../components/lanes/spec";
import type { StackConfig } from "../../config/stack";
import { sidecarPodsRequest } from "../../tools/mesh/sidecar-pods";
import { firstLine } from "../../tools/values";
import { defaultStack } from "../command-parts";
import { nodeRuns } from "../stack/node";
import { isReadable } from "../status";
import { type Kubectl, stackKubectl } from "../status/kubectl";

/** What the proxies of a mesh hold open in a lane, or why nobody knows. */
export type OpenAnswer =
  | {
      readonly asked: true;
      readonly open: readonly OpenRequests[];
      readonly proxies: number;
      readonly silent: readonly string[];
      /** Services at which another lane has the same version. */
      readonly untold: readonly string[];
    }
  | { readonly asked: false; readonly why: string };

/** So many proxies are asked at once. */
const atOnce = 8;
/** How often each is asked, and the pause between. */
const looks = 3;
const pauseMs = 700;

/** Asks every proxy of the stack's mesh. Nothing is changed. */
export async function askOpenRequests(config: StackConfig, group: LaneGroup, lane: string): Promise<OpenAnswer> {
  if (!isReadable(config)) return { asked: false, why: "it is not upstream Istio on a cluster with a kubeconfig file" };
  if (!nodeRuns(config)) return { asked: false, why: "the local cluster does not run" };
  const kubectl = stackKubectl(config.cluster, defaultStack);
  try {
    return await openRequestsBy(kubectl, group, lane);
  } catch (error) {
    return { asked: false, why: firstLine(error) };
  }
}

/** @throws when the cluster does not answer. */
export async function openRequestsBy(kubectl: Kubectl, group: LaneGroup, lane: string): Promise<OpenAnswer> {
  const proxies = (await kubectl.run(sidecarPodsRequest)).split("\n").filter((line) => line !== "");
  const silent = new Set<string>();
  const found: ReadonlyMap<string, OpenByCluster>[] = [];
  for (let look = 0; look < looks; look += 1) {
    if (look > 0) await sleep(pauseMs);
    found.push(await lookAt(kubectl, proxies, silent));
  }
  const open = openInLane(group, lane, found);
  return { asked: true, open, proxies: proxies.length, silent: [...silent].sort(), untold: untoldIn(group, lane) };
}

async function lookAt(
  kubectl: Kubectl,
  proxies: readonly string[],
  silent: Set<string>,
): Promise<Map<string, OpenByCluster>> {
  const answers = new Map<string, OpenByCluster>();
  const queue = [...proxies];
  const worker = async () => {
    for (let proxy = queue.shift(); proxy !== undefined; proxy = queue.shift()) {
      try {
        answers.set(proxy, readOpenByCluster(await kubectl.run(clustersRequest(proxy))));
      } catch {
        silent.add(proxy);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

/** @param proxy `pod.namespace`; neither a namespace nor, as a Deployment names it, a pod has a dot behind the last one. */
function clustersRequest(proxy: string): string[] {
  const dot = proxy.lastIndexOf(".");
  const pod = ["--namespace", proxy.slice(dot + 1), proxy.slice(0, dot), "--container", "istio-proxy"];
  return ["exec", ...pod, "--", "pilot-agent", "request", "GET", "clusters?format=json"];
}
