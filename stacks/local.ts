import type { Input, Resource } from "@pulumi/pulumi";
import { type ClusterChoice, chooseClusterKind, type HostFacts } from "../components/cluster/choose";
import type { AppImage, AvailableImages, Cluster } from "../components/cluster/cluster";
import { onCluster } from "../components/cluster/disposable";
import { EmbeddedCluster } from "../components/cluster/embedded";
import { KindCluster } from "../components/cluster/kind";
import type { KubeconfigSource } from "../components/cluster/kubeconfig";
import { IngressGateway } from "../components/gateway/ingress-gateway";
import { LaneGroup } from "../components/lanes/lane-group";
import type { LaneTable } from "../components/lanes/table";
import { IstioMesh } from "../components/mesh/istio";
import { laneNamespace } from "../components/workloads/namespaces";
import { Workload } from "../components/workloads/workload";
import type { ClusterConfig, StackConfig } from "./config";

/** What the stack takes from the machine it is planned on. */
export interface LocalEnvironment {
  readonly facts: HostFacts;
  /** Folder with Istio's charts, for a config that names none; see `ChartsArgs`. */
  readonly charts?: string;
  /** The image of an app under apps/, named by its sources. */
  appImage(app: string): AppImage;
  /** Reads a kubeconfig file. @throws UserError when it cannot be read. */
  readKubeconfig(file: string): Pick<KubeconfigSource, "text" | "folder">;
}

export interface LocalStackOutputs {
  readonly clusterKind: string;
  /** A secret. */
  readonly kubeconfig: Input<string>;
  /** URL of the gateway's first port. */
  readonly gatewayUrl: Input<string>;
  /** Port name -> URL. */
  readonly gatewayUrls: Input<Record<string, string>>;
  /** Lane group -> lane x service -> version and reason. */
  readonly lanes: Readonly<Record<string, Input<LaneTable>>>;
}

/** Upstream Istio on a cluster of this machine, or on one that is there already: cluster, mesh, gateway, apps, lanes. */
export async function createLocalStack(config: StackConfig, environment: LocalEnvironment): Promise<LocalStackOutputs> {
  const choice = chooseClusterKind(config.cluster.kind, environment.facts);
  const cluster = await createCluster(choice, config, environment);
  const images = createImages(cluster, config, environment);
  const mesh = createMesh(cluster, config, environment);
  const gateway = createGateway(cluster, mesh, config, environment);
  const workloads = createWorkloads(cluster, mesh, images, config);
  const groups = createLaneGroups(cluster, gateway, workloads, config);
  return {
    clusterKind: choice.kind,
    kubeconfig: cluster.kubeconfig,
    gatewayUrl: gateway.url,
    gatewayUrls: gateway.urls,
    lanes: Object.fromEntries(groups.map(([name, group]) => [name, group.table])),
  };
}

async function createCluster(
  choice: ClusterChoice,
  { cluster, gateway }: StackConfig,
  environment: LocalEnvironment,
): Promise<Cluster> {
  switch (choice.kind) {
    case "embedded":
      return new EmbeddedCluster("cluster", { clusterName: cluster.name });
    case "kind":
      return new KindCluster("cluster", {
        clusterName: cluster.name,
        gatewayPorts: gateway.ports.map((port) => port.port),
        kubernetesVersion: cluster.kubernetesVersion,
      });
    case "existing":
      return createExistingCluster(cluster, environment);
    default:
      return unknownKind(choice.kind);
  }
}

/** Only here a kubeconfig is parsed; the other kinds need not load the parser. */
async function createExistingCluster(cluster: ClusterConfig, environment: LocalEnvironment): Promise<Cluster> {
  if (cluster.kind !== "existing") throw new Error(`an existing cluster cannot be made of kind ${cluster.kind}`);
  const [{ ExistingCluster }, { selectContext }] = await Promise.all([
    import("../components/cluster/existing"),
    import("../components/cluster/kubeconfig"),
  ]);
  const { kubeconfig: file, context } = cluster;
  return new ExistingCluster("cluster", {
    kubeconfig: selectContext({ ...environment.readKubeconfig(file), file, context }),
  });
}

function createImages(cluster: Cluster, config: StackConfig, environment: LocalEnvironment): AvailableImages {
  const apps = new Set(config.workloads.map((workload) => workload.app));
  if (apps.size === 0) return { refs: {}, dependsOn: [] };
  return cluster.images([...apps].map((app) => environment.appImage(app)));
}

function createMesh(cluster: Cluster, { mesh }: StackConfig, environment: LocalEnvironment): IstioMesh {
  return new IstioMesh(
    "mesh",
    {
      provider: cluster.provider,
      version: mesh.version,
      charts: mesh.charts ?? environment.charts,
      revision: mesh.revision,
      stockEnvoy: cluster.stockEnvoy,
    },
    onCluster(cluster),
  );
}

function createGateway(
  cluster: Cluster,
  mesh: IstioMesh,
  { gateway, mesh: { version, charts, revision } }: StackConfig,
  environment: LocalEnvironment,
): IngressGateway {
  return new IngressGateway(
    "gateway",
    {
      provider: cluster.provider,
      version,
      charts: charts ?? environment.charts,
      revision,
      gatewayName: gateway.name,
      namespace: gateway.namespace,
      ports: gateway.ports,
      access: cluster.access,
      after: [mesh.controlPlane],
    },
    onCluster(cluster),
  );
}

function createWorkloads(
  cluster: Cluster,
  mesh: IstioMesh,
  images: AvailableImages,
  { workloads }: StackConfig,
): readonly Workload[] {
  const namespaces = new Map<string, Resource>();
  for (const { namespace } of workloads) {
    if (namespaces.has(namespace)) continue;
    const opts = { parent: mesh, provider: cluster.provider, dependsOn: [mesh.controlPlane] };
    namespaces.set(namespace, laneNamespace(`namespace-${namespace}`, namespace, mesh.injectionLabel, opts));
  }
  return workloads.map(({ name, app, ...args }) => {
    const namespace = namespaces.get(args.namespace);
    const image = images.refs[app];
    if (!namespace || !image) throw new Error(`workload ${name} has no namespace or no image`);
    return new Workload(
      `${args.namespace}-${name}`,
      {
        ...args,
        provider: cluster.provider,
        serviceName: name,
        image,
        after: [namespace, mesh.controlPlane, ...images.dependsOn],
      },
      onCluster(cluster),
    );
  });
}

function createLaneGroups(
  cluster: Cluster,
  gateway: IngressGateway,
  workloads: readonly Workload[],
  { laneGroups, gateway: { namespace } }: StackConfig,
): [string, LaneGroup][] {
  return laneGroups.map((group) => [
    group.name,
    new LaneGroup(
      group.name,
      { group, gateway: { namespace, labels: gateway.selector } },
      // No route before the pods it leads to are ready, none before the gateway listens.
      { provider: cluster.provider, dependsOn: [gateway.listeners, ...workloads], ...onCluster(cluster) },
    ),
  ]);
}

function unknownKind(kind: never): never {
  throw new Error(`unknown kind of cluster: ${String(kind)}`);
}
