import { type CallReader, callReader } from "../../components/lanes/analysis/access-log";
import { copiesReader, type LoggingPod } from "../../components/lanes/analysis/arrivals";
import { Tally } from "../../components/lanes/analysis/tally";
import { selects } from "../../components/lanes/labels";
import type { GatewayPods } from "../../components/lanes/object";
import { type LaneGroup, namespacesOf } from "../../components/lanes/spec";
import { firstLine } from "../../tools/values";
import type { Kubectl } from "../status/kubectl";
import { readItems, readPods } from "../status/objects";
import type { ProxyWatch } from "./watch";

const container = "istio-proxy";

/** Of one pod in one look: more is not read, the newest is. A busy proxy is read by samples then, of both lanes alike. */
const mostLines = 20_000;

/** So many kubectl at once. */
const atOnce = 4;

interface Pod extends LoggingPod {
  readonly name: string;
}

/**
 * Watches what the proxies of a group send: those of the gateway, and the sidecars in the group's namespaces. Each is read from where
 * its log ended before, by the clock of its own node. A pod that comes is read from its beginning; one that has gone is told by what
 * was read of it before.
 *
 * @param requests `copied`: what enters is copied to a lane, which no proxy that sends it tells.
 */
export async function watchProxies(
  group: LaneGroup,
  gateway: GatewayPods,
  kubectl: Kubectl,
  requests: "sent" | "copied" = "sent",
): Promise<ProxyWatch> {
  const reader = readerOf(group, requests);
  const tally = new Tally();
  /** Pod -> time of its last line; empty where there was none. */
  const ends = new Map<string, string>();
  const each = async (pods: readonly Pod[], look: (pod: Pod) => Promise<void>): Promise<void> => {
    const queue = [...pods];
    const problems: unknown[] = [];
    const worker = async (): Promise<void> => {
      // A pod that goes while it is read is no fault of the others.
      for (let pod = queue.shift(); pod; pod = queue.shift()) await look(pod).catch((error) => problems.push(error));
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    if (pods.length > 0 && problems.length === pods.length) throw new Error(firstLine(problems[0]));
  };
  const rows = async ({ namespace, name }: Pod, ...args: string[]): Promise<Row[]> => {
    const of = ["logs", name, "--namespace", namespace, "--container", container, "--timestamps"];
    return (await kubectl.run([...of, ...args])).split("\n").flatMap(splitRow);
  };
  const key = ({ namespace, name }: Pod) => `${namespace}/${name}`;
  const pods = () => proxies(group, gateway, kubectl);
  await each(await pods(), async (pod) => {
    ends.set(key(pod), (await rows(pod, "--tail=1")).at(-1)?.at ?? "");
  });
  return {
    read: async () => {
      await each(await pods(), async (pod) => {
        const end = ends.get(key(pod)) ?? "";
        // Kubernetes takes whole seconds here.
        const since = end === "" ? [] : [`--since-time=${end.replace(/\.\d+/, "")}`];
        const read = reader(pod);
        for (const { at, text } of await rows(pod, ...since, `--tail=${mostLines}`)) {
          if (at <= end) continue;
          ends.set(key(pod), at);
          const call = read(text);
          if (call) tally.add(call);
        }
      });
      return tally;
    },
  };
}

function readerOf(group: LaneGroup, requests: "sent" | "copied"): (pod: LoggingPod) => CallReader {
  if (requests === "copied") return copiesReader(group);
  const read = callReader(group);
  return () => read;
}

interface Row {
  /** As kubelet writes it, with nine digits, so that texts compare like times. */
  readonly at: string;
  readonly text: string;
}

function splitRow(row: string): Row[] {
  const [, at, text] = /^(\d{4}-\d\d-\d\dT\S+) (.*)$/.exec(row) ?? [];
  return at === undefined || text === undefined ? [] : [{ at, text }];
}

async function proxies(group: LaneGroup, gateway: GatewayPods, kubectl: Kubectl): Promise<Pod[]> {
  const namespaces = [...new Set([...namespacesOf(group), gateway.namespace])];
  const lists = await Promise.all(
    namespaces.map((namespace) => kubectl.run(["get", "pods", "--namespace", namespace, "--output", "json"])),
  );
  const own = new Set(namespacesOf(group));
  return lists
    .flatMap((list) => readPods(readItems(list)))
    .filter(({ phase, containers }) => phase === "Running" && containers.includes(container))
    .filter(({ namespace, labels }) => {
      return own.has(namespace) || (namespace === gateway.namespace && selects(gateway.labels, labels));
    });
}
