import * as pulumi from "@pulumi/pulumi";
import * as library from "../../../library";
import * as alibaba from "../../../library/alibaba";
import { ackKubeconfig } from "../alibaba-answers";
import { kubeconfigOf } from "../stacks/existing-cluster";

/** What hands an argument over: as it is, or as an output that comes later. */
export type Wrap = <T>(value: T) => pulumi.Input<T>;

/** Makes a component, with every argument that may be an input handed over by `late`. */
export type Make = (
  late: Wrap,
  opts: pulumi.ComponentResourceOptions,
  processes: library.ProcessProvider,
) => pulumi.Resource;

/** What the test looks at besides: the arguments. */
export interface Recorded {
  args: object;
}

const kubeconfig = kubeconfigOf("token");
const spec = library.instrumentationSpec({ kind: "none" }, ["baggage"]);
const group = library.parseLaneGroup({
  name: "shop",
  mode: "permissive",
  namespace: "shop",
  baseline: "v1",
  routeHeader: "version",
  services: [{ name: "web", port: 80, versions: ["v1", "v2"] }],
  entry: { service: "web", gateway: "istio-system/public" },
  lanes: [
    { name: "v1", weight: 90 },
    { name: "v2", weight: 10 },
  ],
});
const pods = { namespace: "istio-system", labels: { istio: "public" } };
const gateway = { ...pods, account: "istio-public" };
const calls = [{ from: gateway, to: { namespace: "shop", service: "web", labels: { app: "web" } } }];

function ports(late: Wrap): library.GatewayPort[] {
  return [
    {
      name: "https",
      port: 443,
      protocol: "HTTPS",
      hosts: [late("shop.example.com")],
      credentialName: late("shop-credential"),
    },
  ];
}

/** Component -> how it is made. Every argument that its types call an `Input` is among them: a test looks. */
export function makers(recorded: Recorded): Readonly<Record<string, Make>> {
  const having = <Args extends object>(args: Args): Args => {
    recorded.args = args;
    return args;
  };
  return {
    EmbeddedCluster: (_late, opts) => new library.EmbeddedCluster("it", having({ clusterName: "shop" }), opts),
    KindCluster: (_late, opts) =>
      new library.KindCluster("it", having({ clusterName: "shop", gatewayPorts: [80] }), opts),
    ExistingCluster: (late, opts) => new library.ExistingCluster("it", having({ kubeconfig: late(kubeconfig) }), opts),
    AckCluster: (late, opts) => {
      const region = late("cn-hangzhou");
      const found = { region, clusterName: "found", clusterId: late("c1"), credentialMinutes: late(60) };
      const create = {
        zones: ["cn-hangzhou-j"],
        nodeTypes: [late("ecs.g7.xlarge")],
        kubernetesVersion: late("1.35.2-aliyun.1"),
        encryptionKey: late("key"),
        kmsInstance: late("kst-1"),
      };
      having({ found, create });
      new alibaba.AckCluster("found", found, opts);
      return new alibaba.AckCluster("it", { region, clusterName: "shop", create }, opts);
    },
    IstioMesh: (late, opts, processes) => {
      const guard = having({ processes, kubeconfig: late(kubeconfig) });
      const previous = { version: late("1.30.4"), namespaces: ["shop"] };
      return new library.IstioMesh("it", having({ version: late("1.31.0"), revision: "next", previous, guard }), opts);
    },
    ExistingIstioMesh: (_late, opts) => new library.ExistingIstioMesh("it", having({}), opts),
    AsmMesh: (late, opts) =>
      new alibaba.AsmMesh(
        "it",
        having({
          meshName: "shop",
          version: "1.24.6.64",
          clusterId: late("c1"),
          clusterKubeconfig: late(ackKubeconfig),
          vpcId: late("vpc-1"),
          switchId: late("vsw-1"),
          accessLogProject: late("logs"),
        }),
        opts,
      ),
    ExistingAsmMesh: (late, opts) => new library.ExistingAsmMesh("it", having({ kubeconfig: late(kubeconfig) }), opts),
    IngressGateway: (late, opts) =>
      new library.IngressGateway(
        "it",
        having({
          version: late("1.31.0"),
          gatewayName: "public",
          namespace: "istio-system",
          ports: ports(late),
          further: [{ name: "more", namespace: "shop", ports: ports(late) }],
          deployment: { address: late("192.0.2.10") },
        }),
        opts,
      ),
    AsmIngressGateway: (late, opts, processes) => {
      const common = {
        ports: ports(late),
        clusterIds: [late("c1")],
        cluster: { kubeconfig: pulumi.output(kubeconfig), processes },
        replicas: late(3),
      };
      const zones = { "cn-hangzhou-i": late("vsw-1"), "cn-hangzhou-j": late("vsw-2") };
      const classic: library.AsmIngressGatewayArgs = {
        ...common,
        gatewayName: "public",
        loadBalancer: { id: late("lb-1"), address: late("203.0.113.7") },
      };
      const network: library.AsmIngressGatewayArgs = {
        ...common,
        gatewayName: "network",
        loadBalancer: { kind: "nlb", zones, loadBalancerName: late("shop") },
      };
      having({ classic, network });
      new library.AsmIngressGateway("network", network, opts);
      return new library.AsmIngressGateway("it", classic, opts);
    },
    ExistingGateway: (late, opts) =>
      new library.ExistingGateway(
        "it",
        having({
          gatewayName: "public",
          namespace: "istio-system",
          ports: ports(late),
          pods,
          address: late("203.0.113.7"),
          further: [{ name: "more", namespace: "shop", ports: ports(late) }],
        }),
        opts,
      ),
    GatewayLoadBalancer: (late, opts) =>
      new alibaba.GatewayLoadBalancer("it", having({ loadBalancerName: late("shop") }), opts),
    GatewayTls: (late, opts) => {
      const hosts = [late("shop.example.com"), late("192.0.2.10")];
      const secrets: library.TlsSecret[] = [
        { secret: "own", hosts, source: { kind: "selfSigned", days: 30 } },
        { secret: "pem", hosts, source: { kind: "pem", certificate: late("certificate"), key: late("key") } },
        {
          secret: "asked",
          hosts,
          source: { kind: "certManager", issuer: { name: "letsencrypt", kind: "ClusterIssuer" } },
        },
      ];
      return new library.GatewayTls("it", having({ namespace: "istio-system", secrets }), opts);
    },
    OpenTelemetryOperator: (late, opts) =>
      new library.OpenTelemetryOperator(
        "it",
        having({
          version: late("0.46.0"),
          repository: late("https://charts.example.com"),
          images: { manager: { repository: late("registry.example.com/manager"), tag: late("1") } },
        }),
        opts,
      ),
    Collector: (late, opts) =>
      new library.Collector(
        "it",
        having({
          collectorName: "lanes",
          namespace: "otel",
          apiVersion: "v1alpha1" as const,
          config: late({ receivers: {} }),
          openFrom: ["shop"],
        }),
        opts,
      ),
    Instrumentation: (_late, opts) =>
      new library.Instrumentation("it", having({ instrumentationName: "lanes", namespaces: ["shop"], spec }), opts),
    Workload: (late, opts) =>
      new library.Workload(
        "it",
        having({
          serviceName: "web",
          namespace: "shop",
          port: 80,
          image: late("registry.example.com/web:1.4.2"),
          versions: {
            v1: {},
            v2: {
              image: late("registry.example.com/web:1.5.0"),
              env: { GREETING: late("hi") },
              secretEnv: { TOKEN: late("token") },
              pod: { spec: { priorityClassName: late("high") } },
            },
          },
          replicas: { min: 2, max: 4 },
          minAvailable: 1,
          env: { GREETING: late("hello") },
          secretEnv: { PASSWORD: late("password") },
          podAnnotations: { team: late("shop") },
          accountAnnotations: { role: late("reader") },
          imagePullSecrets: [late("pull")],
          pod: { spec: { containers: [{ name: "app", resources: { requests: { cpu: late("100m") } } }] } },
        }),
        opts,
      ),
    LaneSecurity: (_late, opts) =>
      new library.LaneSecurity("it", having({ namespaces: ["shop"], calls, gateway }), opts),
    LaneGroup: (late, opts) =>
      new library.LaneGroup("it", having({ group, gateway: pods, kubeconfig: late(kubeconfig) }), opts),
    ProxySync: (late, opts, provider) =>
      new library.ProxySync(
        "it",
        having({ name: "a", group: "shop", namespace: "istio-system", fingerprint: "1", kubeconfig: late(kubeconfig) }),
        { ...opts, provider },
      ),
  };
}
