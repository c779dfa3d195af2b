import assert from "node:assert/strict";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { Load, versionsMet } from "../load";
import { Handshakes, openWebSocket } from "../sockets";
import { bringUp } from "../suite-stack";
import { lanes, type RunResult, run, stack, stackEnvironment, writeStack } from "../support";
import { type EndingPod, PodStops, SocketEnds } from "./ends";

const address = "10.200.0.2";
/** Of each of two loads. */
const perSecond = 25;
const socketsHeld = 100;
/** So long a pod that is told to stop serves the sockets that are open, at the gateway and behind it: seconds. */
const drains: Readonly<Record<"gateway" | "chat", number>> = { gateway: 15, chat: 5 };

/** `mesh` of a stack's config. */
interface MeshSection {
  readonly version?: string;
  readonly revision?: string;
  readonly charts?: string;
  readonly previous?: MeshSection & { readonly version: string; readonly namespaces: readonly string[] };
}

/** Namespace of the WebSocket server; the other workloads are in `default`, the gateway in `istio-system`. */
export const chatNamespace = "talk";

interface Pod extends EndingPod {
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** A proxy as its pod was made with it. */
export interface Proxy {
  /** `namespace/name` of the pod. */
  readonly pod: string;
  /** Name of the Service of its control plane. */
  readonly plane: string;
  /** Tag of its image. */
  readonly version: string;
}

/** The dev stack with a WebSocket server beside it, whose control plane changes under load. */
export class UpgradedMesh {
  private constructor(private readonly env: NodeJS.ProcessEnv) {}

  public static async bringUp(): Promise<UpgradedMesh> {
    UpgradedMesh.write({});
    await bringUp();
    return new UpgradedMesh(await stackEnvironment());
  }

  private static write(mesh: MeshSection): void {
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:mesh"], config.createNode({ kind: "istio", ...mesh }));
      config.setIn(["config", "mesh-lanes:gateway", "drainSeconds"], drains.gateway);
      config.addIn(["config", "mesh-lanes:workloads"], {
        ...{ name: "chat", namespace: chatNamespace, app: "ws-echo", versions: ["v1"] },
        ...{ port: 80, targetPort: 8080, portName: "http-websocket" },
      });
      config.addIn(
        ["config", "mesh-lanes:laneGroups"],
        config.createNode({
          ...{ name: "chat", mode: "permissive", routeHeader: "x-lane", baseline: "v1", lanes: [{ name: "v1" }] },
          ...{ namespace: chatNamespace, services: [{ name: "chat", port: 80, versions: ["v1"] }] },
          entry: { service: "chat", gateway: "istio-system/ingressgateway", hosts: ["chat.example.com"] },
        }),
      );
    });
  }

  /** `lanes up` with another mesh in the config. */
  public async up(mesh: MeshSection): Promise<RunResult> {
    UpgradedMesh.write(mesh);
    return lanes("up", "--stack", stack);
  }

  /**
   * The same, while requests are sent in two lanes and sockets are opened: all succeed, and each request is in its lane at every hop.
   */
  public async upUnderLoad(mesh: MeshSection): Promise<RunResult> {
    const chains = { s1: "v1 v1 v1", s2: "v2 v2 v2" };
    const loads = Object.keys(chains).map((lane) => {
      const request = { path: "/mock", headers: { "x-asm-prefer-tag": lane } };
      return new Load(`http://${address}`, request, perSecond, versionsMet);
    });
    const target = { url: new URL(`ws://${address}/`), options: { headers: { host: "chat.example.com" } } };
    const handshakes = new Handshakes(() => openWebSocket({ ...target, way: "text" }, 50), 500);
    const held = await SocketEnds.open(`ws://${address}/`, "chat.example.com", socketsHeld);
    const stops = new PodStops(() => this.pods());
    const result = await this.up(mesh);
    held.stop();
    await stops.stop();
    const met = await Promise.all(loads.map((load) => load.stop()));
    const sockets = await handshakes.stop();
    process.stderr.write(
      `${JSON.stringify(met)}; ${sockets.sent} handshakes; ${endsInWords(held.ends, stops.times)}\n`,
    );
    assert.deepEqual(
      met.map(({ failures, answers }) => [failures, Object.keys(answers)]),
      Object.values(chains).map((chain) => [{}, [chain]]),
    );
    assert.ok(met.every(({ sent }) => sent > 200) && sockets.sent > 20);
    assert.deepEqual(sockets.problems, []);
    // A pod's end is known to the second.
    const drained = onTheWay(stops.times).map(({ told, drain }) => told + (drain - 1) * 1000);
    assert.deepEqual(
      held.ends.filter((end) => !drained.some((time) => end >= time)),
      [],
      "sockets that ended before a drain was over",
    );
    return result;
  }

  /** What `lanes status` prints. */
  public async status(): Promise<string> {
    return (await lanes("status", "--stack", stack)).stdout;
  }

  public async changesNothingMore(): Promise<void> {
    // Not `this.env`: where the charts of the control plane of before are comes from the config as it is now.
    const env = await stackEnvironment();
    const preview = await run("pulumi", ["preview", "--expect-no-changes", "--stack", stack], env);
    assert.equal(preview.exitCode, 0, preview.stdout);
  }

  /** Names of the control planes. */
  public async planes(): Promise<string[]> {
    const istiods = ["get", "deployments", "-n", "istio-system", "-l", "app=istiod"];
    const names = await this.kubectl(...istiods, "-o", "jsonpath={.items[*].metadata.name}");
    return names.split(" ").sort();
  }

  /** Proxies of all pods that stay. */
  public async proxies(): Promise<Proxy[]> {
    return (await this.pods()).flatMap(({ metadata: { name, namespace, deletionTimestamp }, spec }) => {
      if (deletionTimestamp !== undefined) return [];
      const containers = [...spec.containers, ...(spec.initContainers ?? [])];
      return containers.flatMap(({ name: container, image, env = [] }): Proxy[] => {
        if (container !== "istio-proxy") return [];
        const plane = env.find((variable) => variable.name === "CA_ADDR")?.value?.split(".")[0] ?? "";
        return [{ pod: `${namespace}/${name}`, plane, version: image.split(":").at(-1) ?? "" }];
      });
    });
  }

  private async pods(): Promise<readonly Pod[]> {
    const { items }: { items: readonly Pod[] } = JSON.parse(await this.kubectl("get", "pods", "-A", "-o", "json"));
    return items;
  }

  private kubectl(...args: string[]): Promise<string> {
    return runKubectl({ flags: [], env: this.env }, args);
  }
}

/** The pods on the sockets' way of those that were told to stop: when, and how many seconds they drain. */
function onTheWay(stops: ReadonlyMap<string, number>) {
  return [...stops].flatMap(([pod, told]) => {
    if (pod.startsWith("istio-system/istio-ingressgateway-")) return [{ pod, told, drain: drains.gateway }];
    return pod.startsWith(`${chatNamespace}/`) ? [{ pod, told, drain: drains.chat }] : [];
  });
}

/** How long after each pod was told to stop the sockets ended. */
function endsInWords(ends: readonly number[], stops: ReadonlyMap<string, number>): string {
  const first = Math.min(...ends);
  const pods = onTheWay(stops).map(({ pod, told }) => `${((first - told) / 1000).toFixed(1)} s after ${pod}`);
  const took = ends.length > 0 ? `, the first ${pods.join(" and ")} was told to stop` : "";
  return `${ends.length} of ${socketsHeld} sockets ended${took}`;
}
