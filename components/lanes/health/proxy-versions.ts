import major from "semver/functions/major";
import minor from "semver/functions/minor";
import type { PodFact, ProxyVersionFact } from "./facts";
import { type Finding, someOf } from "./finding";
import { proxyPods } from "./proxy-pods";
import { restartCommand } from "./restart-command";
import type { GroupView } from "./view";

/**
 * Proxies that an upgrade of Istio has left behind, or that came before their control plane. Istio supports a proxy one minor version
 * older than its control plane, and none that is newer: https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew
 */
export function checkProxyVersions(view: GroupView): Finding[] {
  const versions = new Map(view.facts.controlPlane.versions.map((fact) => [fact.proxy, fact]));
  return proxyPods(view).flatMap(({ service, whose, pods }): Finding[] => {
    const others = pods.flatMap((pod): Other[] => {
      const fact = versions.get(`${pod.name}.${pod.namespace}`);
      return fact && minorsBehind(fact) !== 0 ? [{ pod, fact }] : [];
    });
    const [first] = others;
    if (!first) return [];
    const supported = others.every(({ fact }) => minorsBehind(fact) === 1);
    const words = someOf(
      others.map(({ pod, fact }) => `${pod.namespace}/${pod.name} ${fact.version} (istiod ${fact.controlPlane})`),
    );
    return [
      {
        code: "ML074",
        severity: supported ? "note" : "warning",
        group: view.group.name,
        lanes: [],
        ...(service && { service: service.name }),
        cause: `Proxies ${whose} are of another version of Istio than their control plane${supported ? "" : ", further apart than Istio supports"}: ${words}.`,
        fix: `A new pod gets the proxy of its control plane: ${restartCommand(first.pod)}`,
      },
    ];
  });
}

interface Other {
  readonly pod: PodFact;
  readonly fact: ProxyVersionFact;
}

/** Minor versions by which a proxy is older than its control plane; less than 0 where it is newer. Another major version is far off. */
function minorsBehind({ version, controlPlane }: ProxyVersionFact): number {
  return (major(controlPlane) - major(version)) * 100 + minor(controlPlane) - minor(version);
}
