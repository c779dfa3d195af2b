import satisfies from "semver/functions/satisfies";
import valid from "semver/functions/valid";
import type { KubeObject } from "../../components/import/objects";
import type { Proposal } from "../../components/import/proposal";
import {
  defaultRevision,
  injectedBy,
  meshRevisions,
  revisionLabel,
  revisionOf,
} from "../../components/lanes/revisions";
import { gatewayName } from "../../config/gateway/gateway";
import { testedIstio } from "../../tools/toolchain/tested";
import { asRecord, records } from "../../tools/values";
import { existingGateway } from "./gateway";

/** How the cluster is reached: as it was read, or as whoever imports manifests has to write. */
export interface ClusterAccess {
  readonly kubeconfig: string;
  readonly context: string;
}

/**
 * A Gateway of the stack's own: those of others stay as they are, with their routes. Its namespace is the group's, since one that a
 * stack has made is in the way of the next stack.
 */
export function ownGateway(group: string) {
  return { name: "lanes", namespace: `${group.slice(0, 55).replace(/-+$/, "")}-gateway` };
}

/** Sections of the stack's config, without their prefix. */
export function stackValues({ group }: Proposal, cluster: ClusterAccess, objects: readonly KubeObject[]) {
  const hosts = group.entry.hosts ?? ["*"];
  const own = ownGateway(group.name);
  const existing = group.entry.gateway === gatewayName(own) ? undefined : existingGateway(group.entry.gateway, objects);
  return {
    cluster: { kind: "existing", ...cluster },
    mesh: { kind: "istio", existing: true, ...meshFacts(objects, group.namespace ?? "default") },
    gateway: existing ?? { ...own, ports: [{ name: "http", port: 80, protocol: "HTTP", hosts }] },
    laneGroups: [group],
  };
}

/** Version and revision of the control plane, where they were read. A version that is not tested is left to the user. */
function meshFacts(objects: readonly KubeObject[], namespace: string): { version?: string; revision?: string } {
  const namespaces = objects.filter(({ kind, api }) => kind === "Namespace" && api === "");
  const name = injectedBy(namespaces.find((each) => each.name === namespace)?.labels ?? {}) ?? defaultRevision;
  const planes = objects.filter(({ kind, labels }) => kind === "Deployment" && labels.app === "istiod");
  const labelsOf = (wanted: string) => objects.flatMap(({ kind, labels }) => (kind === wanted ? [labels] : []));
  const known = meshRevisions({
    controlPlanes: planes.map(({ labels }) => labels),
    services: labelsOf("Service"),
    webhooks: labelsOf("MutatingWebhookConfiguration"),
  });
  const revision = revisionOf(name, known);
  const plane = planes.find(({ labels }) => labels[revisionLabel] === revision) ?? planes[0];
  const [container] = records(asRecord(asRecord(plane?.spec.template).spec).containers);
  const image = typeof container?.image === "string" ? container.image : "";
  const version = valid(image.slice(image.lastIndexOf(":") + 1).replace(/-(distroless|debug)$/, ""));
  return {
    ...(version !== null && satisfies(version, testedIstio.range, { includePrerelease: true }) && { version }),
    // A tag stays a tag: its namespaces follow when it moves to another revision.
    ...(name !== defaultRevision && { revision: name }),
  };
}
