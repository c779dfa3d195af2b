import { injectedBy, revisionOf } from "../revisions";
import type { MeshFacts } from "./facts";
import { type Finding, someOf } from "./finding";
import { proxyPods } from "./proxy-pods";
import { restartCommand } from "./restart-command";
import type { GroupView } from "./view";

/**
 * Proxies of another control plane than the one of their namespace: a pod keeps the proxy that it was made with, whatever label its
 * namespace has by now. Lanes are served by either; what waits for these pods is the end of an upgrade.
 */
export function checkProxyRevisions(view: GroupView): Finding[] {
  return proxyPods(view).flatMap(({ service, whose, pods }): Finding[] => {
    const strays = pods.flatMap((pod) => {
      const { name, revision } = planeOf(view, pod.namespace) ?? {};
      const { proxyRevision } = pod;
      if (proxyRevision === undefined || revision === undefined || proxyRevision === revision) return [];
      const meant = name === revision ? revision : `${revision}, for which tag ${name} stands`;
      return [{ pod, text: `${pod.namespace}/${pod.name} of ${proxyRevision} (not ${meant})` }];
    });
    const [first] = strays;
    if (!first) return [];
    return [
      {
        code: "ML075",
        severity: "warning",
        group: view.group.name,
        lanes: [],
        ...(service && { service: service.name }),
        cause: `Proxies ${whose} are of another control plane than that of their namespace: ${someOf(strays.map(({ text }) => text))}.`,
        fix: `A new pod gets its proxy by the label of its namespace: ${restartCommand(first.pod)}`,
      },
    ];
  });
}

/** That of the config; of a namespace that is not the stack's, the one that its label names. */
function planeOf(
  { planes, facts }: GroupView,
  namespace: string,
): { readonly name: string; readonly revision?: string } | undefined {
  const planned = planes(namespace);
  if (planned?.revision !== undefined) return planned;
  const live = facts.namespaces.find((candidate) => candidate.name === namespace);
  const name = live && injectedBy(live.labels);
  if (name === undefined) return undefined;
  const revision = revisionOf(name, facts.revisions);
  return { name, ...(revision !== undefined && { revision }) };
}

/** Revision of a control plane -> number of pods with a proxy of it, by name. */
export function proxiesByRevision({ pods }: Pick<MeshFacts, "pods">): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { proxyRevision } of pods) {
    if (proxyRevision !== undefined) counts[proxyRevision] = (counts[proxyRevision] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)));
}
