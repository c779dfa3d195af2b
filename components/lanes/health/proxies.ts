import type { MeshFacts, PodFact, SyncFact } from "./facts";
import { type Finding, listed, someOf } from "./finding";
import { allLanes, type GroupView, membersOf, rowsOf, selects } from "./view";

/** How long a proxy may take to acknowledge before it is worth a word: milliseconds. */
const patienceMs = 5000;

/** What the control plane says of the group's sidecars and its gateway. */
export function checkProxies(view: GroupView): Finding[] {
  const { controlPlane } = view.facts;
  // Part of an answer would make proxies of the silent pods look lost.
  if (controlPlane.answered === 0 || controlPlane.problems.length > 0) return [];
  const gateways = view.facts.pods.filter(
    (pod) => pod.namespace === view.gateway.namespace && selects(view.gateway.labels, pod.labels),
  );
  return [
    ...view.group.services.flatMap(({ name: service }) =>
      checkPods(
        view,
        membersOf(view, service).pods.filter((pod) => pod.containers.includes("istio-proxy")),
        service,
      ),
    ),
    ...checkPods(view, gateways, undefined),
  ];
}

function checkPods(view: GroupView, pods: readonly PodFact[], service: string | undefined): Finding[] {
  const syncs = new Map<string, SyncFact[]>();
  for (const sync of view.facts.controlPlane.syncs) syncs.set(sync.proxy, [...(syncs.get(sync.proxy) ?? []), sync]);
  const connected = new Set(view.facts.controlPlane.connected);
  const of = (pod: PodFact) => syncs.get(`${pod.name}.${pod.namespace}`) ?? [];
  const common = (concerned: readonly PodFact[]) => ({
    group: view.group.name,
    lanes: lanesOf(view, concerned, service),
    ...(service !== undefined && { service }),
  });
  const what = service === undefined ? "of the gateway" : `of ${service}`;
  const found: Finding[] = [];

  const rejecting = pods.filter((pod) => of(pod).some((sync) => sync.rejection !== undefined));
  if (rejecting.length > 0) {
    const [first] = rejecting.flatMap(of).filter((sync) => sync.rejection !== undefined);
    found.push({
      ...common(rejecting),
      code: "ML071",
      severity: "error",
      cause: `Proxies ${what} reject the ${first?.type} they are sent and go on with the old ones: ${names(rejecting)}: ${first?.rejection}.`,
      fix: "Find the object that the message speaks of, often an EnvoyFilter, and fix or delete it: kubectl get envoyfilters -A",
    });
  }
  const late = pods.filter((pod) => !rejecting.includes(pod) && of(pod).some((sync) => isLate(sync, view.facts)));
  if (late.length > 0) {
    const waits = late.flatMap(of).filter((sync) => isLate(sync, view.facts));
    const types = [...new Set(waits.map((sync) => sync.type))].sort();
    const oldest = Math.max(...waits.map((sync) => ageMs(sync, view.facts)));
    found.push({
      ...common(late),
      code: "ML070",
      severity: "warning",
      cause: `Proxies ${what} have not acknowledged their ${listed(types)} for up to ${Math.round(oldest / 1000)} s and may route by an older plan: ${names(late)}.`,
      fix: `Look again in a while; if it stays: kubectl logs -n ${late[0]?.namespace} ${late[0]?.name} -c istio-proxy --tail=50`,
    });
  }
  const lost = pods.filter((pod) => pod.ready && !connected.has(`${pod.name}.${pod.namespace}`));
  if (lost.length > 0) {
    found.push({
      ...common(lost),
      code: "ML072",
      severity: "warning",
      cause: `Proxies ${what} are not connected to the control plane and hear of no change: ${names(lost)}.`,
      fix: `kubectl logs -n ${lost[0]?.namespace} ${lost[0]?.name} -c istio-proxy --tail=50; making the pod anew connects it: kubectl delete pod -n ${lost[0]?.namespace} ${lost[0]?.name}`,
    });
  }
  return found;
}

function lanesOf(view: GroupView, pods: readonly PodFact[], service: string | undefined): string[] {
  if (service === undefined) return allLanes(view);
  const versions = new Set(pods.map((pod) => pod.labels[view.group.versionLabel]));
  return [...versions].flatMap((version) => rowsOf(view, service, version)).map((row) => row.lane);
}

function names(pods: readonly PodFact[]): string {
  return someOf(pods.map((pod) => `${pod.namespace}/${pod.name}`));
}

function isLate(sync: SyncFact, facts: MeshFacts): boolean {
  return !sync.acknowledged && ageMs(sync, facts) >= patienceMs;
}

/** Without a time it counts as old: it may be, and nobody says otherwise. */
function ageMs(sync: SyncFact, facts: MeshFacts): number {
  return sync.sentAt === undefined ? patienceMs : facts.at - sync.sentAt;
}

/** Once for the whole mesh: whether anything is known of its proxies. */
export function checkControlPlane({ controlPlane }: MeshFacts): Finding[] {
  if (controlPlane.answered > 0 && controlPlane.problems.length === 0) return [];
  const why = controlPlane.problems.length > 0 ? someOf(controlPlane.problems) : "no pod of it is running";
  return [
    {
      code: "ML073",
      severity: "warning",
      lanes: [],
      cause: `istiod does not tell which config the proxies have: ${why}. Without it routes work on, and no change reaches them.`,
      fix: "kubectl get pods -n istio-system -l app=istiod; bring it up with npm start.",
    },
  ];
}
