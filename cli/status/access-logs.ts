import type { AccessLogFact } from "../../components/lanes/health/facts";
import { logsReachMinutes } from "../../components/lanes/health/strays";
import { readSidecarLog } from "../../components/lanes/preflight/access-log";
import type { LaneGroup } from "../../components/lanes/spec";
import { anyVersionSelector } from "../../components/lanes/version-labels";
import { groupBy } from "../../tools/group-by";
import { type Kubectl, KubectlError } from "./kubectl";

/** Only pods with a sidecar have the container; one without it would fail the call for all. Istio's injector sets the label. */
const injected = "security.istio.io/tlsMode";
/** Older calls may be those of a fault that was fixed. */
const since = `--since=${logsReachMinutes}m`;
/** Lines of each pod: a hop that sends a wrong Host sends it with every call. */
const tail = "--tail=200";

/** Reads what the groups' sidecars have logged lately, one call for a namespace: kubectl reads its pods one after another. */
export async function gatherAccessLogs(kubectl: Kubectl, groups: readonly LaneGroup[]): Promise<AccessLogFact> {
  const places = new Map(
    groups.flatMap((group) =>
      group.services.map((service) => {
        const { namespace } = service;
        const labels = anyVersionSelector(group, service);
        return [`${namespace} ${labels}`, { namespace, labels }] as const;
      }),
    ),
  );
  const read = await Promise.all([...places.values()].map((place) => readNamespace(kubectl, place)));
  // A pod may have the labels of two services.
  const logs = [...new Map(read.flatMap((each) => each.logs.map((log) => [log.pod, log] as const))).values()];
  return {
    pods: logs.filter(({ lines }) => lines > 0).length,
    strays: logs.flatMap(({ strays }) => strays),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** What was read of a pod. */
interface PodLog {
  /** `namespace/name` */
  readonly pod: string;
  readonly lines: number;
  readonly strays: AccessLogFact["strays"];
}

async function readNamespace(
  kubectl: Kubectl,
  { namespace, labels }: { readonly namespace: string; readonly labels: string },
): Promise<{ readonly logs: readonly PodLog[]; readonly problems: readonly string[] }> {
  const pods = ["--namespace", namespace, "--selector", `${labels},${injected}`, "--container", "istio-proxy"];
  try {
    // A pod whose proxy has not started yet has no log; the others have.
    const text = await kubectl.run(["logs", ...pods, "--prefix", "--ignore-errors", since, tail]);
    const logs = [...groupBy(prefixed(text), ({ pod }) => pod)].map(([pod, rows]): PodLog => {
      const { lines, strays } = readSidecarLog(pod, rows.map(({ line }) => line).join("\n"));
      return { pod: `${namespace}/${pod}`, lines, strays: strays.map((stray) => ({ namespace, ...stray })) };
    });
    return { logs, problems: [] };
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    return { logs: [], problems: [`namespace ${namespace}: ${error.words.slice(0, 200)}`] };
  }
}

/** `[pod/mockb-v1-x/istio-proxy] {…}`, as kubectl writes each line with its pod in front. */
function prefixed(text: string): { readonly pod: string; readonly line: string }[] {
  return text.split("\n").flatMap((row) => {
    const [, pod, line] = /^\[pod\/([^/]+)\/[^\]]+\] (\{.*)$/.exec(row) ?? [];
    return pod !== undefined && line !== undefined ? [{ pod, line }] : [];
  });
}
