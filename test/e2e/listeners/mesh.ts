import { join } from "node:path";
import { sidecarFilters } from "../../../components/lanes/istio/proxy-filters";
import { renderIstio } from "../../../components/lanes/istio/render";
import { objectLabels } from "../../../components/lanes/object";
import type { LaneGroup } from "../../../components/lanes/spec";
import { LabCluster, type LabObject } from "../../../conformance/lab/cluster";
import { labNamespace, labPods, podPort } from "../../../conformance/lab/pods";
import { appImage } from "../../../tools/images/app-image";
import { workPaths } from "../../../tools/paths";
import { settingsOf } from "../../../tools/toolchain/settings";

export const namespace = "listeners";
const gatewayPods = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
/** A listener of its own: no other group's hosts are in the way. */
const gatewayPort = 8091;
/** Two ports beside the declared one; nothing listens where they lead. */
export const otherPorts = [
  { name: "http-metrics", port: 9000, targetPort: 9999 },
  { name: "grpc-admin", port: 9001, targetPort: 9998 },
  { name: "http-same", port: 9002, targetPort: podPort },
] as const;

const apps = ["mocka", "mockb"] as const;
const versions = ["v1", "v2"] as const;

/** Two apps of two versions each, two Services over each, and a Gateway, on an existing mesh. */
export class ListenersMesh {
  public readonly cluster = new LabCluster({ kubeconfig: workPaths.kubeconfig }, namespace);

  /** What there is before the first lane group. The mesh's own stack has put the gateway's filters in place. */
  public async prepare(): Promise<void> {
    await this.clean();
    const image = appImage("mock").ref;
    const forwarded = { forwardHeaders: ["baggage"], echoHeaders: ["version", "x-mesh-lane", "x-mesh-version"] };
    await this.cluster.apply([
      labNamespace(namespace, { "istio-injection": "enabled" }),
      ...sharedFilters(),
      ...apps.flatMap((name) => labPods({ ...forwarded, namespace, name, versions, image })),
      ...[
        ["mocka", "mocka"],
        ["mockb", "mockb"],
        ["mockc", "mocka"],
        ["mockd", "mockb"],
      ].map(([name = "", app = ""]) => service(name, app)),
      gateway,
    ]);
    await this.cluster.ready(namespace);
  }

  public async clean(): Promise<void> {
    await this.cluster.clean([gatewayPods.namespace]);
  }

  /** Creates a lane group, or turns it into this one: what is gone of it is deleted last, as by Pulumi. */
  public async apply(group: LaneGroup): Promise<void> {
    const objects = renderIstio(group, { gateway: gatewayPods });
    await this.cluster.applyLanes([group], () => objects);
    const kept = new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`));
    for (const object of await this.objectsOf(group.name)) {
      if (!kept.has(`${object.kind} ${object.namespace}/${object.name}`)) await this.delete(object);
    }
  }

  /** Removes a lane group: the entry first. */
  public async remove(group: string): Promise<void> {
    const order = ["VirtualService", "EnvoyFilter", "Sidecar", "DestinationRule"];
    const objects = await this.objectsOf(group);
    for (const object of objects.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)))
      await this.delete(object);
  }

  public async address(): Promise<URL> {
    const selector = Object.entries(gatewayPods.labels).map(([key, value]) => `${key}=${value}`);
    const args = ["get", "pods", "--namespace", gatewayPods.namespace, "--selector", selector.join()];
    const ip = await this.cluster.kubectl([...args, "--output", "jsonpath={.items[0].status.podIP}"]);
    return new URL(`http://${ip}:${gatewayPort}`);
  }

  public async clusterIp(name: string): Promise<string> {
    return this.cluster.kubectl(["get", "service", name, "-n", namespace, "-o", "jsonpath={.spec.clusterIP}"]);
  }

  /** Proxy -> counter of its listener manager -> value. */
  public async listenerCounters(): Promise<Record<string, Record<string, number>>> {
    const pods: [string, string][] = [];
    const find = async (where: string, ...selector: string[]) => {
      const found = await this.cluster.kubectl(["get", "pods", "-n", where, ...selector, "-o", "name"]);
      for (const name of found.trim().split("\n")) pods.push([where, name.replace("pod/", "")]);
    };
    await find(namespace);
    await find(gatewayPods.namespace, "-l", "istio=ingressgateway");
    const counters: Record<string, Record<string, number>> = {};
    for (const [where, pod] of pods) {
      const ask = ["pilot-agent", "request", "GET", "stats?filter=^listener_manager.listener_"];
      const text = await this.cluster.kubectl(["exec", pod, "-n", where, "-c", "istio-proxy", "--", ...ask]);
      counters[pod] = Object.fromEntries(
        text.split("\n").flatMap((line) => {
          const [name = "", value] = line.replace("listener_manager.", "").split(": ");
          return value === undefined ? [] : [[name, Number(value)] as const];
        }),
      );
    }
    return counters;
  }

  /** A command in an app's pod. @returns program and arguments that run it. */
  public inPod(deployment: string, ...command: string[]): [string, string[]] {
    const kubectl = join(settingsOf().home, "bin", "kubectl");
    const where = ["--namespace", namespace, "--container", "app"];
    return [
      kubectl,
      ["--kubeconfig", workPaths.kubeconfig, "exec", "--stdin", `deployment/${deployment}`, ...where, "--", ...command],
    ];
  }

  private async objectsOf(group: string): Promise<{ kind: string; namespace: string; name: string }[]> {
    const kinds = "virtualservices,destinationrules,envoyfilters,sidecars";
    const selector = Object.entries(objectLabels(group)).map(([key, value]) => `${key}=${value}`);
    const text = await this.cluster.kubectl(["get", kinds, "-A", "-l", selector.join(), "-o", "json"]);
    const { items } = JSON.parse(text) as { items: { kind: string; metadata: { namespace: string; name: string } }[] };
    return items.map(({ kind, metadata }) => ({ kind, ...metadata }));
  }

  private async delete(object: { kind: string; namespace: string; name: string }): Promise<void> {
    await this.cluster.kubectl(["delete", object.kind.toLowerCase(), "-n", object.namespace, object.name]);
  }
}

/** The gateway's are the stack's. */
function sharedFilters(): LabObject[] {
  const { stage: _, ...object } = sidecarFilters(namespace);
  return [object];
}

function service(name: string, app: string): LabObject {
  const ports = [{ name: "http", port: podPort, targetPort: podPort }, ...otherPorts];
  const metadata = { name, namespace, annotations: { "networking.istio.io/exportTo": `.,${gatewayPods.namespace}` } };
  return { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app }, ports } };
}

const gateway: LabObject = {
  apiVersion: "networking.istio.io/v1",
  kind: "Gateway",
  metadata: { name: namespace, namespace },
  spec: {
    selector: gatewayPods.labels,
    servers: [{ port: { number: gatewayPort, name: "listeners", protocol: "HTTP" }, hosts: ["*"] }],
  },
};
