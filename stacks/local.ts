import type { Provider } from "@pulumi/kubernetes/provider";
import type { Input, Resource } from "@pulumi/pulumi";
import { type ClusterChoice, chooseClusterKind, type HostFacts } from "../components/cluster/choose";
import type { AppImage, AvailableImages, Cluster } from "../components/cluster/cluster";
import { onCluster } from "../components/cluster/disposable";
import { EmbeddedCluster } from "../components/cluster/embedded";
import { KindCluster } from "../components/cluster/kind";
import type { KubeconfigSource } from "../components/cluster/kubeconfig";
import type { Gateway } from "../components/gateway/gateway";
import { GatewayTls } from "../components/gateway/gateway-tls";
import { IngressGateway } from "../components/gateway/ingress-gateway";
import { sharedPorts } from "../components/gateway/listeners";
import type { Barrier, BarrierArgs } from "../components/lanes/barrier";
import { sidecarFilters } from "../components/lanes/istio/proxy-filters";
import { LaneGroup } from "../components/lanes/lane-group";
import { createSharedFilter } from "../components/lanes/shared-filter";
import type { LaneTable } from "../components/lanes/table";
import { IstioMesh } from "../components/mesh/istio";
import type { Mesh } from "../components/mesh/mesh";
import { ProxySync } from "../components/mesh/proxy-sync";
import { istioNamespace } from "../components/mesh/root-namespace";
import { allowedCalls } from "../components/security/calls";
import { LaneSecurity } from "../components/security/lane-security";
import { securityGroup } from "../components/security/object";
import { podSecurityLabels } from "../components/security/pod-security";
import type { Instrumentation } from "../components/telemetry/instrumentation";
import { appContainer } from "../components/workloads/deployment-spec";
import { laneNamespace } from "../components/workloads/namespaces";
import { Workload } from "../components/workloads/workload";
import type { ClusterConfig, IstioMeshConfig, StackConfig } from "./config";
import type { PreviousLanes } from "./previous-lanes";
import { type RequestExamples, requestExamples } from "./request-examples";
import { createTelemetry, operatorImageApps } from "./telemetry";

/** What the stack takes from the machine it is planned on. */
export interface LocalEnvironment {
  readonly facts: HostFacts;
  /** Folder with Istio's charts, for a config that names none; see `ChartsArgs`. */
  readonly charts?: string;
  /** Folder with the chart of an OpenTelemetry operator that was built here. */
  readonly operatorChart?: string;
  /** The image of an app under apps/ or of a built operator, named by its sources. */
  appImage(app: string): AppImage;
  /** Lane group -> names of the lanes that it has had so far. @default unknown */
  readonly previousLanes?: Promise<PreviousLanes>;
  /** Reads a kubeconfig file. @throws UserError when it cannot be read. */
  readKubeconfig(file: string, section?: KubeconfigSource["section"]): Pick<KubeconfigSource, "text" | "folder">;
}

export interface StackOutputs {
  readonly clusterKind: string;
  /** A secret. */
  readonly kubeconfig: Input<string>;
  /** URL of the first port of the first gateway. */
  readonly gatewayUrl: Input<string>;
  /** `namespace/name/port` of a gateway -> URL. */
  readonly gatewayUrls: Input<Record<string, string>>;
  /** Lane group -> lane -> a curl command that enters it. */
  readonly requests: Input<RequestExamples>;
  /** TLS secret -> PEM of the authority that a client must trust; of self-signed certificates only. Public. */
  readonly tlsAuthorities: Readonly<Record<string, Input<string>>>;
  /** Lane group -> lane x service -> version and reason. */
  readonly lanes: Readonly<Record<string, Input<LaneTable>>>;
}

/** What a stack runs on: a cluster, a mesh, and the way to the mesh's gateway. */
export interface Platform {
  /** Kind of the cluster. */
  readonly kind: string;
  readonly cluster: Cluster;
  readonly mesh: Mesh;
  /** Makes the gateway. `credentials` make its TLS secrets, `after` is the mesh and the namespaces of its listeners. */
  createGateway(needs: { credentials: readonly Resource[]; after: readonly Resource[] }): Gateway;
  /** Seconds for each step of a change, where the mesh cannot tell what its proxies have. */
  readonly settleSeconds?: number;
}

/** Upstream Istio on a cluster of this machine, or on one that is there already. */
export async function createLocalStack(config: StackConfig, environment: LocalEnvironment): Promise<StackOutputs> {
  const { kind } = config.cluster;
  if (kind === "ack") throw new Error("a cluster of kind ack is no local one");
  const choice = chooseClusterKind(kind, environment.facts);
  const cluster = await createCluster(choice, config, environment);
  return createStackOn(istioPlatform(choice.kind, cluster, config, environment), config, environment);
}

/** Upstream Istio on whatever cluster. */
export function istioPlatform(
  kind: string,
  cluster: Cluster,
  config: StackConfig,
  environment: LocalEnvironment,
): Platform {
  const { mesh } = config;
  if (mesh.kind !== "istio") throw new Error(`a mesh of kind ${mesh.kind} is not upstream Istio`);
  return {
    kind,
    cluster,
    mesh: createMesh(cluster, mesh, environment),
    createGateway: (needs) => createGateway(cluster, mesh, needs, config, environment),
  };
}

/** What runs on a platform: images, namespaces, TLS secrets, gateway, apps, lanes. */
export async function createStackOn(
  platform: Platform,
  config: StackConfig,
  environment: LocalEnvironment,
): Promise<StackOutputs> {
  const { cluster, mesh } = platform;
  const images = createImages(cluster, config, environment);
  const namespaces = createNamespaces(cluster, mesh, config);
  const tls = createTls(cluster, mesh, namespaces, config);
  const listening = [config.gateway, ...config.gateways].flatMap(({ namespace }) => namespaces.get(namespace) ?? []);
  const gateway = platform.createGateway({
    credentials: tls.credentials,
    after: [mesh.controlPlane, ...new Set(listening)],
  });
  const security = createSecurity(platform, namespaces, gateway, config);
  const chart = environment.operatorChart;
  const telemetry = createTelemetry({ cluster, images, namespaces, config, chart });
  const workloads = createWorkloads(cluster, mesh, namespaces, images, security, telemetry, config);
  const previous = (await environment.previousLanes) ?? {};
  const groups = createLaneGroups(platform, gateway, security, workloads, config, previous);
  return {
    clusterKind: platform.kind,
    kubeconfig: cluster.kubeconfig,
    gatewayUrl: gateway.url,
    gatewayUrls: gateway.urls,
    requests: gateway.urls.apply((urls) => requestExamples(config, urls)),
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
export async function createExistingCluster(cluster: ClusterConfig, environment: LocalEnvironment): Promise<Cluster> {
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
  const operator = operatorImageApps(config, environment.operatorChart);
  const apps = new Set([...config.workloads.flatMap(({ app }) => app ?? []), ...operator]);
  if (apps.size === 0) return { refs: {}, dependsOn: [] };
  return cluster.images([...apps].map((app) => environment.appImage(app)));
}

function createMesh(cluster: Cluster, mesh: IstioMeshConfig, environment: LocalEnvironment): IstioMesh {
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

type Namespaces = ReadonlyMap<string, readonly Resource[]>;

/** Namespaces of workloads and gateways, by name. That of the control plane comes with the mesh. */
function createNamespaces(cluster: Cluster, mesh: Mesh, config: StackConfig): Namespaces {
  const { gateways, gateway, security } = config;
  const ofGateways = [gateway, ...gateways].map(({ namespace }) => namespace).filter((name) => name !== istioNamespace);
  const ofWorkloads = workloadNamespaces(config);
  const names = new Set([...ofWorkloads, ...ofGateways]);
  const labels = (name: string) => ({
    ...mesh.injectionLabel,
    ...(ofWorkloads.includes(name) && podSecurityLabels(security.podSecurity)),
  });
  const opts = { parent: mesh, dependsOn: [mesh.controlPlane] };
  const make = (resource: string, name: string, provider: Provider) =>
    laneNamespace(resource, name, labels(name), { ...opts, provider });
  return new Map(
    [...names].map((name) => [
      name,
      [
        ...withLaneFilters(mesh, name, ofWorkloads, make(`namespace-${name}`, name, cluster.provider)),
        // A mesh with an API server of its own has namespaces of its own, and brings their labels to its clusters.
        ...(mesh.provider === cluster.provider ? [] : [make(`mesh-namespace-${name}`, name, mesh.provider)]),
      ],
    ]),
  );
}

/** A namespace of workloads, and what lanes need in its proxies: there before the first pod and the first lane group. */
function withLaneFilters(mesh: Mesh, name: string, ofWorkloads: readonly string[], namespace: Resource): Resource[] {
  if (mesh.kind !== "istio" || !ofWorkloads.includes(name)) return [namespace];
  const opts = { parent: mesh, provider: mesh.provider, dependsOn: [namespace, mesh.controlPlane] };
  return [namespace, createSharedFilter(`lane-filters-${name}`, sidecarFilters(name), opts)];
}

function workloadNamespaces({ workloads }: StackConfig): string[] {
  return [...new Set(workloads.map(({ namespace }) => namespace))];
}

function createTls(cluster: Cluster, mesh: Mesh, namespaces: Namespaces, config: StackConfig): GatewayTls {
  const { namespace } = config.gateway;
  return new GatewayTls(
    "gateway-tls",
    {
      provider: cluster.provider,
      processes: cluster.processes,
      namespace,
      secrets: config.tls,
      after: namespaces.get(namespace) ?? [mesh.controlPlane],
    },
    onCluster(cluster),
  );
}

function createGateway(
  cluster: Cluster,
  { version, charts, revision }: IstioMeshConfig,
  needs: Parameters<Platform["createGateway"]>[0],
  { gateway, gateways }: StackConfig,
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
      further: gateways,
      access: cluster.access,
      ...needs,
    },
    onCluster(cluster),
  );
}

function createSecurity(
  platform: Platform,
  namespaces: Namespaces,
  gateway: Gateway,
  config: StackConfig,
): LaneSecurity {
  const { cluster, mesh } = platform;
  const { laneGroups, workloads, allow, security } = config;
  const gatewayPods = { namespace: config.gateway.namespace, account: gateway.account, labels: gateway.selector };
  return new LaneSecurity(
    "security",
    {
      ...security,
      mesh: mesh.kind,
      networkProvider: cluster.provider,
      namespaces: workloadNamespaces(config),
      calls: allowedCalls({ laneGroups, workloads, allow, gateway: gatewayPods }),
      gateway: gatewayPods,
      controlPlane: { namespace: istioNamespace, labels: { app: "istiod" } },
      barrier: (step) =>
        proxySync(platform, "security-acknowledged", { ...step, name: "security", group: securityGroup }),
    },
    {
      provider: mesh.provider,
      dependsOn: [mesh.controlPlane, ...[...namespaces.values()].flat()],
      ...onCluster(cluster),
    },
  );
}

function createWorkloads(
  cluster: Cluster,
  mesh: Mesh,
  namespaces: Namespaces,
  images: AvailableImages,
  security: LaneSecurity,
  telemetry: Instrumentation | undefined,
  { workloads }: StackConfig,
): readonly Workload[] {
  return workloads.map(({ name, app = "", image = images.refs[app], instrument, ...args }) => {
    const namespace = namespaces.get(args.namespace);
    if (!namespace || !image) throw new Error(`workload ${name} has no namespace or no image`);
    const injected = instrument && telemetry?.inject(args.namespace, instrument, appContainer);
    return new Workload(
      `${args.namespace}-${name}`,
      {
        ...args,
        provider: cluster.provider,
        serviceName: name,
        image,
        ...(injected && { podAnnotations: injected.annotations }),
        // Allowed before the first pod calls another.
        after: [...namespace, mesh.controlPlane, security, ...images.dependsOn, ...(injected?.after ?? [])],
      },
      onCluster(cluster),
    );
  });
}

function createLaneGroups(
  platform: Platform,
  gateway: Gateway,
  security: LaneSecurity,
  workloads: readonly Workload[],
  { laneGroups, gateway: { namespace } }: StackConfig,
  previous: PreviousLanes,
): [string, LaneGroup][] {
  const { cluster, mesh } = platform;
  return laneGroups.map((group) => [
    group.name,
    new LaneGroup(
      group.name,
      {
        group,
        mesh: mesh.kind,
        gateway: { namespace, labels: gateway.selector },
        barrier: proxyBarrier(platform),
        previousLanes: previous[group.name],
      },
      // No route before the pods it leads to are ready, none before the gateway listens.
      { provider: mesh.provider, dependsOn: [...gateway.listeners, security, ...workloads], ...onCluster(cluster) },
    ),
  ]);
}

/** Each step of a change waits until the proxies have the one before it. */
function proxyBarrier(platform: Platform): Barrier {
  return ({ stage, ...step }) =>
    proxySync(platform, `${step.group}-${stage}-acknowledged`, { ...step, name: `${step.group}/${stage}` });
}

function proxySync(
  { cluster, settleSeconds }: Platform,
  resourceName: string,
  { parent, dependsOn, ...step }: Omit<BarrierArgs, "stage"> & { readonly name: string },
): ProxySync {
  const asked = settleSeconds === undefined ? { kubeconfig: cluster.kubeconfig } : { blindSeconds: settleSeconds };
  return new ProxySync(
    resourceName,
    { ...step, namespace: istioNamespace, ...asked },
    { parent, dependsOn, provider: cluster.processes },
  );
}

function unknownKind(kind: never): never {
  throw new Error(`unknown kind of cluster: ${String(kind)}`);
}
