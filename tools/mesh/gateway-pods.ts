import { type Kubectl, runKubectl, withKubeconfig } from "../kubectl/kubectl";
import { poll } from "../poll";
import type { Reporter } from "../report/reporter";
import { UserError } from "../user-error";
import { asRecord, firstLine, records } from "../values";

export interface GatewayWait {
  /** Admin kubeconfig of the cluster that the pods run in, as text. */
  readonly kubeconfig: string;
  /** Value of the pods' label `istio`. */
  readonly gateway: string;
  readonly replicas: number;
  /** Ports that the load balancer must have. */
  readonly ports: readonly number[];
}

const namespace = "istio-system";
/** Milliseconds. ACK adds a node within a few minutes where pods wait for room, and makes listeners after that. */
const usualPace = { withinMs: 15 * 60_000, everyMs: 3000 };

/**
 * Waits until a gateway of a managed mesh serves: the API server of the mesh takes an `IstioGateway` at once, while its pods and
 * the listeners of its load balancer come later, in the cluster, or not at all.
 */
export function waitForGateway({ kubeconfig, ...wait }: GatewayWait, reporter: Reporter): Promise<object> {
  return withKubeconfig(kubeconfig, (target) => pollGateway((...args) => runKubectl(target, args), wait, reporter));
}

/** The wait itself. @returns the address or host name of the load balancer, if it may look. @throws UserError that names what is missing, in the cluster's own words, when the time has passed. */
export async function pollGateway(
  kubectl: Kubectl,
  wait: Omit<GatewayWait, "kubeconfig">,
  reporter: Reporter,
  pace = usualPace,
): Promise<object> {
  let missing: readonly string[] = [];
  let address: string | undefined;
  const done = await poll(async () => {
    try {
      ({ missing, address } = await gaps(kubectl, wait));
    } catch (error) {
      if (/forbidden/i.test(String(error))) return "unseen" as const;
      missing = [`an answer of the cluster (${firstLine(error)})`];
    }
    if (missing.length > 0) reporter.waiting(missing.join("; "));
    return missing.length === 0 && ("ready" as const);
  }, pace);
  // Whoever may not look cannot wait, and what he asked for may work all the same.
  if (done === "unseen")
    reporter.note(`gateway ${wait.gateway}: not waited for, since pods of ${namespace} are not shown`);
  if (done) return address === undefined ? {} : { address };
  throw new UserError("The gateway does not serve.", [
    {
      path: `gateway ${wait.gateway}`,
      got: `missing after ${Math.round(pace.withinMs / 60_000)} minutes: ${missing.join("; ")}`,
      expected: `${wait.replicas} pods that are Ready, and a load balancer with an address and ports ${wait.ports.join(", ")}`,
      fix: "Remove the cause that the cluster names (room on the nodes, a quota, a listener of others), then run the same command again.",
    },
  ]);
}

async function gaps(
  kubectl: Kubectl,
  { gateway, replicas, ports }: Omit<GatewayWait, "kubeconfig">,
): Promise<{ missing: string[]; address: string | undefined }> {
  const list = async (...args: string[]) => items(await kubectl("get", ...args, "-n", namespace, "-o", "json"));
  const [pods, services] = await Promise.all([list("pods", "-l", `istio=${gateway}`), list("services")]);
  const ready = pods.filter((pod) => condition(pod, "Ready")?.status === "True").length;
  const scheduled = pods.map((pod) => condition(pod, "PodScheduled")).find((each) => each?.status === "False");
  const podGap = `${ready} of ${replicas} pods are Ready${words(scheduled?.message)}`;
  // The Service's name is the mesh's own; whom it leads to is not.
  const service = services.find(({ spec }) => asRecord(asRecord(spec).selector).istio === gateway);
  const serviceGap = await gapOf(service, ports, list);
  const missing = [...(ready >= replicas ? [] : [podGap]), ...(serviceGap === undefined ? [] : [serviceGap])];
  return { missing, address: addressOf(service) };
}

async function gapOf(
  service: Item | undefined,
  ports: readonly number[],
  list: (...args: string[]) => Promise<Item[]>,
): Promise<string | undefined> {
  if (!service) return "no Service leads to it";
  const name = String(asRecord(service.metadata).name);
  const own = new Set(records(asRecord(service.spec).ports).map(({ port }) => port));
  const lacking = ports.filter((port) => !own.has(port));
  if (lacking.length > 0) return `Service ${name} has not port ${lacking.join(", ")}`;
  if (addressOf(service) !== undefined) return undefined;
  // The controller of load balancers says in events what the account refused.
  const events = await list("events", "--field-selector", `involvedObject.name=${name},type=Warning`).catch(() => []);
  return `Service ${name} has no address${words(events.at(-1)?.message)}`;
}

function addressOf(service: Item | undefined): string | undefined {
  const { ingress } = asRecord(asRecord(service?.status).loadBalancer);
  const [found] = records(ingress).flatMap(({ ip, hostname }) => [ip, hostname].filter((each) => each !== undefined));
  return found === undefined ? undefined : String(found);
}

type Item = Readonly<Record<string, unknown>>;

function items(text: string): Item[] {
  return records(asRecord(JSON.parse(text)).items);
}

function condition({ status }: Item, type: string): Item | undefined {
  return records(asRecord(status).conditions).find((each) => each.type === type);
}

function words(message: unknown): string {
  return typeof message === "string" && message !== "" ? ` (${firstLine(message)})` : "";
}
