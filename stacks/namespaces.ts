import type { ProviderResource, Resource } from "@pulumi/pulumi";
import { isLeftAlone } from "../config/ownership/namespaces";
import type { StackConfig } from "../config/stack";
import {
  expectNamespace,
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
  const { gateways, gateway, security } = config;
  // That of an existing gateway is whoever's who runs it.
  const listeners = gateway.existing ? gateways : [gateway, ...gateways];
  const ofGateways = listeners.map(({ namespace }) => namespace).filter((name) => name !== istioNamespace);
  const ofWorkloads = workloadNamespaces(config);
  const names = new Set([...ofWorkloads, ...ofGateways]);
  const labels = (name: string) => ({
    ...mesh.injectionLabel,
    ...(ofWorkloads.includes(name) && podSecurityLabels(security.podSecurity)),
  });
  const make = (resource: string, name: string, provider: ProviderResource): Resource[] => {
    const opts = { parent: mesh, ...onApi(cluster, provider), dependsOn: [mesh.controlPlane] };
    if (!isLeftAlone(config, name)) return [laneNamespace(resource, name, labels(name), opts)];
    expectNamespace(provider, name, mesh.injectionLabel, ofWorkloads.includes(name));
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

export function workloadNamespaces({ workloads }: Pick<StackConfig, "workloads">): string[] {
  return [...new Set(workloads.map(({ namespace }) => namespace))];
}
