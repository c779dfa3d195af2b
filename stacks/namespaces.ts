import type { ProviderResource, Resource } from "@pulumi/pulumi";
import { gatewayNamespaces, isLeftAlone, workloadNamespaces } from "../config/ownership/namespaces";
import type { StackConfig } from "../config/stack";
import {
  expectNamespace,
  injectionOf,
  istioNamespace,
  laneFilters,
  laneNamespace,
  type Mesh,
  onApi,
  podSecurityLabels,
} from "../library";
import type { Platform } from "./platforms/platform";

/** Namespaces of a stack. */
export class Namespaces {
  public constructor(private readonly made: ReadonlyMap<string, readonly Resource[]>) {}

  /** What makes the namespaces of these; that of the control plane comes with the mesh. */
  public of(...these: readonly { readonly namespace: string }[]): Resource[] {
    return [...new Set(these.flatMap(({ namespace }) => this.made.get(namespace) ?? []))];
  }

  public all(): Resource[] {
    return [...this.made.values()].flat();
  }
}

/** Namespaces of workloads and gateways. */
export function createNamespaces({ cluster, mesh }: Platform, config: StackConfig): Namespaces {
  const ofGateways = gatewayNamespaces(config).filter((name) => name !== istioNamespace);
  const ofWorkloads = workloadNamespaces(config);
  const names = new Set([...ofWorkloads, ...ofGateways]);
  const labels = (name: string) => ({
    ...injectionOf(mesh, name).label,
    ...(ofWorkloads.includes(name) && podSecurityLabels(config.security.podSecurity)),
  });
  const make = (resource: string, name: string, provider: ProviderResource): Resource[] => {
    const opts = { parent: mesh, ...onApi(cluster, provider), dependsOn: [mesh.controlPlane] };
    if (!isLeftAlone(config, name)) return [laneNamespace(resource, name, labels(name), opts)];
    expectNamespace(provider, name, injectionOf(mesh, name).label, ofWorkloads.includes(name), otherwise(config, name));
    return [];
  };
  return new Namespaces(
    new Map(
      [...names].map((name) => [
        name,
        [
          ...withLaneFilters(mesh, name, ofWorkloads, make(`namespace-${name}`, name, cluster.provider)),
          // A mesh with an API server of its own has namespaces of its own, and brings their labels to its clusters.
          ...(mesh.provider === cluster.provider ? [] : make(`mesh-namespace-${name}`, name, mesh.provider)),
        ],
      ]),
    ),
  );
}

/** A namespace of workloads, and what lanes need in its proxies: there before the first pod and the first lane group. */
function withLaneFilters(mesh: Mesh, name: string, ofWorkloads: readonly string[], namespace: Resource[]): Resource[] {
  if (mesh.kind !== "istio" || !ofWorkloads.includes(name)) return namespace;
  const opts = { parent: mesh, provider: mesh.provider, dependsOn: [...namespace, mesh.controlPlane] };
  return [...namespace, laneFilters(`lane-filters-${name}`, name, opts)];
}

/** What else can be done where a namespace that is left as it is has not the label of its control plane. */
function otherwise({ mesh }: StackConfig, namespace: string): string | undefined {
  if (mesh.kind !== "istio" || !mesh.previous) return undefined;
  return mesh.previous.namespaces.includes(namespace)
    ? "If it was moved already, take it off mesh.previous.namespaces: its pods follow."
    : "If it is to stay on the control plane of before, add it to mesh.previous.namespaces.";
}
