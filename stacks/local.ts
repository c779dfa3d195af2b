import type { Input, Resource } from "@pulumi/pulumi";
import { type ClusterChoice, chooseClusterKind, type HostFacts } from "../components/cluster/choose";
import type { AppImage, AvailableImages, Cluster } from "../components/cluster/cluster";
import { onCluster } from "../components/cluster/disposable";
import { EmbeddedCluster } from "../components/cluster/embedded";
import { KindCluster } from "../components/cluster/kind";
import type { KubeconfigSource } from "../components/cluster/kubeconfig";
import { GatewayTls } from "../components/gateway/gateway-tls";
import { IngressGateway } from "../components/gateway/ingress-gateway";
import { sharedPorts } from "../components/gateway/listeners";
import type { Barrier } from "../components/lanes/barrier";
import { LaneGroup } from "../components/lanes/lane-group";
import type { LaneTable } from "../components/lanes/table";
import { IstioMesh, istioNamespace } from "../components/mesh/istio";
import { ProxySync } from "../components/mesh/proxy-sync";
import { laneNamespace } from "../components/workloads/namespaces";
import { Workload } from "../components/workloads/workload";
import type { ClusterConfig, StackConfig } from "./config";
import type { PreviousLanes } from "./previous-lanes";

/** What the stack takes from the machine it is planned on. */
export interface LocalEnvironment {
  readonly facts: HostFacts;
  /** Folder with Istio's charts, for a config that names none; see `ChartsArgs`. */
  readonly charts?: string;
  /** The image of an app under apps/, named by its sources. */
  appImage(app: string): AppImage;
  /** Lane group -> names of the lanes that it has had so far. @default unknown */
  readonly previousLanes?: Promise<PreviousLanes>;
  /** Reads a kubeconfig file. @throws UserError when it cannot be read. */
  readKubeconfig(file: string): Pick<KubeconfigSource, "text" | "folder">;
}

export interface LocalStackOutputs {
  readonly clusterKind: string;
  /** A secret. */
  readonly kubeconfig: Input<string>;
  /** URL of the first port of the first gateway. */
  readonly gatewayUrl: Input<string>;
  /** `namespace/name/port` of a gateway -> URL. */
  readonly gatewayUrls: Input<Record<string, string>>;
  /** TLS secret -> PEM of the authority that a client must trust; of self-signed certificates only. Public. */
  readonly tlsAuthorities: Readonly<Record<string, Input<string>>>;
  /** Lane group -> lane x service -> version and reason. */
  readonly lanes: Readonly<Record<string, Input<LaneTable>>>;
}

/** Upstream Istio on a cluster of this machine, or on one that is there already: cluster, mesh, gateway, apps, lanes. */
export async function createLocalStack(config: StackConfig, environment: LocalEnvironment): Promise<LocalStackOutputs> {
  const choice = chooseClusterKind(config.cluster.kind, environment.facts);
  const cluster = await createCluster(choice, config, environment);
  const images = createImages(cluster, config, environment);
  const mesh = createMesh(cluster, config, environment);
  const namespaces = createNamespaces(cluster, mesh, config);
  const tls = createTls(cluster, mesh, namespaces, config);
  const gateway = createGateway(cluster, mesh, namespaces, tls, config, environment);
  const workloads = createWorkloads(cluster, mesh, namespaces, images, config);
  const groups = createLaneGroups(cluster, gateway, workloads, config, (await environment.previousLanes) ?? {});
  return {
    clusterKind: choice.kind,
    kubeconfig: cluster.kubeconfig,
    gatewayUrl: gateway.url,
    gatewayUrls: gateway.urls,
    tlsAuthorities: tls.authorities,
    lanes: Object.fromEntries(groups.map(([name, group]) => [name, group.table])),
  };
}

async function createCluster(
  choice: ClusterChoice,
  { cluster, gateway, gateways }: StackConfig,
  environment: LocalEnvironment,
): Promise<Cluster> {
  switch (choice.kind) {
    case "embedded":
      return new EmbeddedCluster("cluster", { clusterName: cluster.name });
    case "kind":
      return new KindCluster("cluster", {
        clusterName: cluster.name,
        gatewayPorts: sharedPorts([gateway, ...gateways]).map((port) => port.port),
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

type Namespaces = ReadonlyMap<string, Resource>;

/** Namespaces of workloads and gateways, by name. That of the control plane comes with the mesh. */
function createNamespaces(cluster: Cluster, mesh: IstioMesh, config: StackConfig): Namespaces {
  const { workloads, gateways, gateway } = config;
  const ofGateways = [gateway, ...gateways].map(({ namespace }) => namespace).filter((name) => name !== istioNamespace);
  const names = new Set([...workloads.map(({ namespace }) => namespace), ...ofGateways]);
  const opts = { parent: mesh, provider: cluster.provider, dependsOn: [mesh.controlPlane] };
  return new Map([...names].map((name) => [name, laneNamespace(`namespace-${name}`, name, mesh.injectionLabel, opts)]));
}

function createTls(cluster: Cluster, mesh: IstioMesh, namespaces: Namespaces, config: StackConfig): GatewayTls {
  const { namespace } = config.gateway;
  return new GatewayTls(
    "gateway-tls",
    {
      provider: cluster.provider,
      processes: cluster.processes,
      namespace,
      secrets: config.tls,
      after: [namespaces.get(namespace) ?? mesh.controlPlane],
    },
    onCluster(cluster),
  );
}

function createGateway(
  cluster: Cluster,
  mesh: IstioMesh,
  namespaces: Namespaces,
  { credentials }: GatewayTls,
  { gateway, gateways, mesh: { version, charts, revision } }: StackConfig,
  environment: LocalEnvironment,
): IngressGateway {
  const own = [gateway, ...gateways].flatMap(({ namespace }) => namespaces.get(namespace) ?? []);
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
      further: gateways,
      credentials,
      access: cluster.access,
      after: [mesh.controlPlane, ...new Set(own)],
    },
    onCluster(cluster),
  );
}

function createWorkloads(
  cluster: Cluster,
  mesh: IstioMesh,
  namespaces: Namespaces,
  images: AvailableImages,
  { workloads }: StackConfig,
): readonly Workload[] {
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
  previous: PreviousLanes,
): [string, LaneGroup][] {
  return laneGroups.map((group) => [
    group.name,
    new LaneGroup(
      group.name,
      {
        group,
        gateway: { namespace, labels: gateway.selector },
        barrier: proxyBarrier(cluster),
        previousLanes: previous[group.name],
      },
      // No route before the pods it leads to are ready, none before the gateway listens.
      { provider: cluster.provider, dependsOn: [...gateway.listeners, ...workloads], ...onCluster(cluster) },
    ),
  ]);
}

/** Each step of a change waits until the proxies have the one before it. */
function proxyBarrier(cluster: Cluster): Barrier {
  return ({ group, stage, fingerprint, parent, dependsOn }) =>
    new ProxySync(
      `${group}-${stage}-acknowledged`,
      { name: `${group}/${stage}`, group, namespace: istioNamespace, fingerprint, kubeconfig: cluster.kubeconfig },
      { parent, dependsOn, provider: cluster.processes },
    );
}

function unknownKind(kind: never): never {
  throw new Error(`unknown kind of cluster: ${String(kind)}`);
}
