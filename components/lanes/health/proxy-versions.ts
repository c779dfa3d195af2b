import { shellCommand } from "../../shell";
import type { PodFact, ProxyVersionFact } from "./facts";
import { type Finding, someOf } from "./finding";
import { gatewayPods } from "./proxies";
import { type GroupView, membersOf } from "./view";

/**
 * Proxies that an upgrade of Istio has left behind, or that came before their control plane. Istio supports a proxy one minor version
 * older than its control plane, and none that is newer: https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew
 */
export function checkProxyVersions(view: GroupView): Finding[] {
  const versions = new Map(view.facts.controlPlane.versions.map((fact) => [fact.proxy, fact]));
  const others = (pods: readonly PodFact[]) =>
    pods.flatMap((pod): Other[] => {
      const fact = versions.get(`${pod.name}.${pod.namespace}`);
      return fact && minorsBehind(fact) !== 0 ? [{ pod, fact }] : [];
    });
  return [
    ...view.group.services.flatMap((service) => finding(view, others(membersOf(view, service).pods), service.name)),
    ...finding(view, others(gatewayPods(view)), undefined),
  ];
}

interface Other {
  readonly pod: PodFact;
  readonly fact: ProxyVersionFact;
}

function finding(view: GroupView, others: readonly Other[], service: string | undefined): Finding[] {
  const [first] = others;
  if (!first) return [];
  const supported = others.every(({ fact }) => minorsBehind(fact) === 1);
  const pods = someOf(
    others.map(({ pod, fact }) => `${pod.namespace}/${pod.name} ${fact.version} (istiod ${fact.controlPlane})`),
  );
  return [
    {
      code: "ML074",
      severity: supported ? "note" : "warning",
      group: view.group.name,
      lanes: [],
      ...(service !== undefined && { service }),
      cause: `Proxies ${service === undefined ? "of the gateway" : `of ${service}`} are of another version of Istio than their control plane${supported ? "" : ", further apart than Istio supports"}: ${pods}.`,
      fix: `A new pod gets the proxy of its control plane: ${restartOf(first.pod)}`,
    },
  ];
}

/** The command that has a pod made again. */
export function restartOf({ namespace, name, deployment }: PodFact): string {
  return deployment === undefined
    ? shellCommand("kubectl", "delete", "pod", "-n", namespace, name)
    : shellCommand("kubectl", "rollout", "restart", "deployment", "-n", namespace, deployment);
}

/** Minor versions by which a proxy is older than its control plane; less than 0 where it is newer. Another major version is far off. */
function minorsBehind({ version, controlPlane }: ProxyVersionFact): number {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [itsMajor = 0, itsMinor = 0] = controlPlane.split(".").map(Number);
  return (itsMajor - major) * 100 + itsMinor - minor;
}
