import { shellCommand } from "../../shell";
import { deleteCommand } from "./delete-command";
import type { MeshFacts, PodFact, SyncFact } from "./facts";
import { type Finding, listed, someOf } from "./finding";
import { type ProxyPods, proxyPods } from "./proxy-pods";
import { allLanes, type GroupView, lanesOfPods } from "./view";

/** How long a proxy may take to acknowledge before it is worth a word: milliseconds. */
const patienceMs = 5000;

/** What the control plane says of the group's sidecars and its gateway. */
export function checkProxies(view: GroupView): Finding[] {
  const { controlPlane } = view.facts;
  // Part of an answer would make proxies of the silent pods look lost.
  if (controlPlane.answered === 0 || controlPlane.problems.length > 0) return [];
  return proxyPods(view).flatMap((of) => checkPods(view, of));
}

function hasSidecar({ containers }: PodFact): boolean {
  return containers.includes("istio-proxy");
}

/** A pod that is not ready may not have had the time to connect. */
function isLost({ ready, name, namespace }: PodFact, connected: ReadonlySet<string>): boolean {
  return ready && !connected.has(`${name}.${namespace}`);
}

function connectAgain(pod: PodFact): string {
  return `${proxyLog(pod)}; a new pod connects: ${deleteCommand("pod", pod)}`;
}

/** The command that shows what a pod's proxy says. */
function proxyLog({ namespace, name }: PodFact): string {
  return shellCommand("kubectl", "logs", "-n", namespace, name, "-c", "istio-proxy", "--tail=50");
}

function checkPods(view: GroupView, { service, whose, pods: all }: ProxyPods): Finding[] {
  const pods = service ? all.filter(hasSidecar) : all;
  const syncs = new Map<string, SyncFact[]>();
  for (const sync of view.facts.controlPlane.syncs) syncs.set(sync.proxy, [...(syncs.get(sync.proxy) ?? []), sync]);
  const connected = new Set(view.facts.controlPlane.connected);
  const of = (pod: PodFact) => syncs.get(`${pod.name}.${pod.namespace}`) ?? [];
  const common = (concerned: readonly PodFact[]) => ({
    group: view.group.name,
    lanes: service ? lanesOfPods(view, service, concerned) : allLanes(view),
    ...(service && { service: service.name }),
  });
  const found: Finding[] = [];

  const rejecting = pods.filter((pod) => of(pod).some((sync) => sync.rejection !== undefined));
  if (rejecting.length > 0) {
    const [first] = rejecting.flatMap(of).filter((sync) => sync.rejection !== undefined);
    found.push({
      ...common(rejecting),
      code: "ML071",
      severity: "error",
      cause: `Proxies ${whose} reject the ${first?.type} they are sent and go on with the old ones: ${names(rejecting)}: ${first?.rejection}.`,
      fix: "Find the object that the message speaks of, often an EnvoyFilter, and fix or delete it: kubectl get envoyfilters -A",
    });
  }
  const late = pods.filter((pod) => !rejecting.includes(pod) && of(pod).some((sync) => isLate(sync, view.facts)));
  const [firstLate] = late;
  if (firstLate) {
    const waits = late.flatMap(of).filter((sync) => isLate(sync, view.facts));
    const types = [...new Set(waits.map((sync) => sync.type))].sort();
    const oldest = Math.max(...waits.map((sync) => ageMs(sync, view.facts)));
    found.push({
      ...common(late),
      code: "ML070",
      severity: "warning",
      cause: `Proxies ${whose} have not acknowledged their ${listed(types)} for up to ${Math.round(oldest / 1000)} s and may route by an older plan: ${names(late)}.`,
      fix: `Look again in a while; if it stays: ${proxyLog(firstLate)}`,
    });
  }
  const lost = pods.filter((pod) => isLost(pod, connected));
  const [firstLost] = lost;
  if (firstLost) {
    found.push({
      ...common(lost),
      code: "ML072",
      severity: "error",
      cause: `Proxies ${whose} are not connected to the control plane and hear of no change: ${names(lost)}.`,
      fix: connectAgain(firstLost),
    });
  }
  return found;
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

/**
 * Once for the whole mesh: whether anything is known of its proxies, and which proxies of none of the groups hear of no change.
 * Those are callers, mostly: what they send still goes by the routes of an older plan.
 */
export function checkControlPlane(views: readonly GroupView[], facts: MeshFacts): Finding[] {
  const { controlPlane } = facts;
  if (controlPlane.answered > 0 && controlPlane.problems.length === 0) return checkCallers(views, facts);
  const why = controlPlane.problems.length > 0 ? someOf(controlPlane.problems) : "no pod of it is running";
  return [
    {
      code: "ML073",
      // One that runs and does not answer us may well answer the proxies.
      severity: controlPlane.answered === 0 && controlPlane.problems.length === 0 ? "error" : "warning",
      lanes: [],
      cause: `istiod does not tell which config the proxies have: ${why}. Without it routes work on, and no change reaches them.`,
      fix: "kubectl get pods -n istio-system -l app=istiod; bring it up with npm start.",
    },
  ];
}

function checkCallers(views: readonly GroupView[], { pods, controlPlane }: MeshFacts): Finding[] {
  const connected = new Set(controlPlane.connected);
  const judged = new Set(views.flatMap(proxyPods).flatMap(({ pods }) => pods));
  const lost = pods.filter((pod) => hasSidecar(pod) && !judged.has(pod) && isLost(pod, connected));
  const [first] = lost;
  if (!first) return [];
  return [
    {
      code: "ML072",
      severity: "warning",
      lanes: [],
      cause: `Proxies of pods in no lane group are not connected to the control plane and call by an older plan: ${names(lost)}.`,
      fix: connectAgain(first),
    },
  ];
}
