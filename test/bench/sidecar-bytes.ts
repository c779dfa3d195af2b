import execa from "execa";
import { sidecarFilters } from "../../components/lanes/istio/proxy-filters";
import { renderIstio } from "../../components/lanes/istio/render";
import { type LaneGroup, laneGroupSchema } from "../../components/lanes/spec";
import { waitForProxies } from "../../tools/mesh/wait-for-proxies";
import { silentReporter } from "../../tools/report/reporter";
import { stackEnvironment } from "../e2e/support";
import { type ConfigBytes, configBytes } from "../sidecar-config";

const namespace = "sidecar-bytes";
const group = "sidecar-bytes";
const services = 50;
const measured = "s10";
/**
 * Config of one sidecar of a permissive chain of 50 services, scoped to what it calls and not, in the dev stack's mesh, which
 * `npm start` must have brought up. Issue 4 asks for at most 25 % of the unscoped bytes. One service has a pod, whose real
 * sidecar is asked; the others are Services without endpoints.
 */
export async function benchSidecarBytes(): Promise<void> {
  const kubectl = kubectlWith(await stackEnvironment("dev"));
  process.stdout.write(`\nconfig of the sidecar of ${measured}, a chain of ${services} services, bytes of JSON\n`);
  process.stdout.write("lanes  scope     clusters  listeners    routes  endpoints       sum   share\n");
  try {
    await apply(kubectl, await pods(kubectl));
    await kubectl(["rollout", "status", `deployment/${measured}`, "-n", namespace, "--timeout=180s"]);
    for (const lanes of [3, 10]) {
      const whole = await measure(kubectl, groupOf(lanes));
      row(lanes, "none", whole, whole);
      row(lanes, "its calls", await measure(kubectl, { ...groupOf(lanes), scope: { egress: [] } }), whole);
    }
  } finally {
    await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
    await removeObjects(kubectl);
  }
}

type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

function kubectlWith(env: NodeJS.ProcessEnv): Kubectl {
  return async (args, input = "") => (await execa("kubectl", [...args], { env, input, maxBuffer: 2 ** 28 })).stdout;
}

async function measure(kubectl: Kubectl, spec: LaneGroup): Promise<ConfigBytes> {
  const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
  const objects = [sidecarFilters(namespace), ...renderIstio(spec, { gateway })];
  await apply(
    kubectl,
    objects.map(({ stage: _, ...object }) => object),
  );
  const kubeconfig = await kubectl(["config", "view", "--raw", "--flatten"]);
  const { result } = await waitForProxies(
    { kubeconfig, groups: [group], namespace: "istio-system", blindSeconds: 10 },
    silentReporter,
  );
  if (result !== "acknowledged") throw new Error(`the proxies did not acknowledge the group: ${result}`);
  const text = await kubectl([
    ...["exec", `deployment/${measured}`, "-n", namespace, "-c", "istio-proxy", "--"],
    ...["pilot-agent", "request", "GET", "config_dump?include_eds"],
  ]);
  await removeObjects(kubectl);
  return configBytes(text);
}

async function removeObjects(kubectl: Kubectl): Promise<void> {
  const kinds = "destinationrules,virtualservices,envoyfilters,sidecars";
  await kubectl(["delete", kinds, "-A", "-l", `mesh-lanes/group=${group}`]);
}

async function apply(kubectl: Kubectl, items: readonly object[]): Promise<void> {
  await kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

/** The namespace, the Services, and a pod of the dev stack's mock for one of them. */
async function pods(kubectl: Kubectl): Promise<object[]> {
  const image = await kubectl([
    "get",
    "deployment",
    "mocka-v1",
    "-o",
    "jsonpath={.spec.template.spec.containers[0].image}",
  ]);
  const labels = { app: measured, version: "v0" };
  const env = { SERVICE_NAME: measured, VERSION: "v0", PORT: "8000", POD_IP: "127.0.0.1" };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { "istio-injection": "enabled" } } },
    ...groupOf(1).services.map(({ name, port }) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: { selector: { app: name }, ports: [{ name: "http", port }] },
    })),
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: measured, namespace },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [{ name: "app", image, env: Object.entries(env).map(([name, value]) => ({ name, value })) }],
          },
        },
      },
    },
  ];
}

/** Each service calls the next one, and every lane overrides every service. */
function groupOf(lanes: number): LaneGroup {
  const names = Array.from({ length: lanes }, (_, index) => `v${index}`);
  return laneGroupSchema.parse({
    name: group,
    namespace,
    mode: "permissive",
    routeHeader: "version",
    baseline: "v0",
    services: Array.from({ length: services }, (_, index) => ({ name: `s${index}`, port: 8000, versions: names })),
    entry: {
      service: "s0",
      gateway: "istio-system/ingressgateway",
      hosts: ["sidecar-bytes.example.com"],
      header: "version",
    },
    lanes: names.map((name) => ({ name })),
  });
}

function row(lanes: number, scope: string, bytes: ConfigBytes, whole: ConfigBytes): void {
  const sum = (of: ConfigBytes) => Object.values(of).reduce((total, count) => total + count, 0);
  const cells = [
    String(lanes).padStart(5),
    scope.padEnd(9),
    String(bytes.clusters).padStart(8),
    String(bytes.listeners).padStart(9),
    String(bytes.routes).padStart(8),
    String(bytes.endpoints).padStart(9),
    String(sum(bytes)).padStart(8),
    `${((100 * sum(bytes)) / sum(whole)).toFixed(1)} %`.padStart(6),
  ];
  process.stdout.write(`${cells.join("  ")}\n`);
}
