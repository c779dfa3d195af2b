import assert from "node:assert/strict";
import { watchProxies } from "../../../../cli/rollout/proxies";
import type { Kubectl } from "../../../../cli/status/kubectl";
import { laneGroupSchema } from "../../../../components/lanes/spec";
import { UserError } from "../../../../tools/user-error";

const group = laneGroupSchema.parse({
  name: "shop",
  mode: "permissive",
  namespace: "shop",
  services: [
    { name: "web", port: 80, versions: ["v1", "v2"] },
    { name: "cart", port: 80, versions: ["v1", "v2"] },
  ],
  entry: { service: "web", gateway: "istio-system/ingressgateway" },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [
    { name: "v1", weight: 90 },
    { name: "v2", weight: 10 },
  ],
});
const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };

/** A cluster with pods and their logs; a row is `time text`. */
class FakeCluster implements Kubectl {
  public readonly logs = new Map<string, string[]>();
  public readonly asked: (readonly string[])[] = [];
  public down = false;
  public pods = [
    { namespace: "shop", name: "web-v1", containers: ["app", "istio-proxy"], labels: { app: "web", version: "v1" } },
    { namespace: "shop", name: "job", containers: ["app"] },
    { namespace: "istio-system", name: "gateway", containers: ["istio-proxy"], labels: gateway.labels },
    { namespace: "istio-system", name: "other", containers: ["istio-proxy"], labels: { istio: "eastwest" } },
  ];

  public async run(args: readonly string[]): Promise<string> {
    this.asked.push(args);
    const flag = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1];
    const namespace = args[args.indexOf("--namespace") + 1];
    if (args[0] === "get") {
      const items = this.pods
        .filter((pod) => pod.namespace === namespace)
        .map(({ name, containers, labels = {} }) => ({
          kind: "Pod",
          metadata: { name, namespace, labels },
          spec: { containers: containers.map((each) => ({ name: each })) },
          status: { phase: "Running" },
        }));
      return JSON.stringify({ items });
    }
    const [, pod = ""] = args;
    if (this.down) throw new UserError("the cluster does not answer");
    const since = flag("since-time");
    const rows = (this.logs.get(pod) ?? []).filter((row) => since === undefined || row >= since.replace("Z", ""));
    return rows.slice(-Number(flag("tail"))).join("\n");
  }

  public log(pod: string, second: number, fields: object): void {
    const at = `2026-11-28T10:00:${String(second).padStart(2, "0")}.123456789Z`;
    this.logs.set(pod, [...(this.logs.get(pod) ?? []), `${at} ${JSON.stringify(fields)}`]);
  }
}

const webV2 = {
  namespace: "shop",
  name: "web-v2",
  containers: ["app", "istio-proxy"],
  labels: { app: "web", version: "v2" },
};

const to = (service: string, lane: string, code = 200) => ({
  upstream_cluster: `outbound|80|version-${lane}|${service}.shop.svc.cluster.local`,
  route_name: `shop/${service}/${lane}`,
  response_code: code,
  duration: 5,
  lane,
});

describe("what the proxies of a group have logged", () => {
  it("is counted from now on, each line once, of the gateway and the sidecars", async () => {
    const cluster = new FakeCluster();
    cluster.log("gateway", 1, to("web", "v1"));
    cluster.log("gateway", 2, to("web", "v2", 500));
    const watch = await watchProxies(group, gateway, cluster);
    assert.equal((await watch.read()).of("v1", "web").requests, 0, "what was before");
    cluster.log("gateway", 3, to("web", "v2", 503));
    cluster.log("web-v1", 4, to("cart", "v1"));
    cluster.log("web-v1", 5, { upstream_cluster: "inbound|80||", response_code: 200, lane: "v1" });
    cluster.log("other", 5, to("web", "v1"));
    await watch.read();
    cluster.log("web-v1", 6, to("cart", "v1"));
    const tally = await watch.read();
    const counts = (lane: string, service: string) => {
      const { requests, errors } = tally.of(lane, service);
      return [requests, errors];
    };
    assert.deepEqual(
      [counts("v1", "web"), counts("v2", "web"), counts("v1", "cart")],
      [
        [0, 0],
        [1, 1],
        [2, 0],
      ],
    );
    assert.ok(!cluster.asked.some((args) => args.includes("job") || args.includes("other")));
    assert.ok(cluster.asked.some((args) => args.includes("--since-time=2026-11-28T10:00:04Z")) === false);
    assert.ok(cluster.asked.some((args) => args.includes("--since-time=2026-11-28T10:00:05Z")));
  });

  it("has all of a pod that has come since, and keeps what one that has gone told", async () => {
    const cluster = new FakeCluster();
    const watch = await watchProxies(group, gateway, cluster);
    cluster.pods.push(webV2);
    cluster.log("web-v2", 1, to("cart", "v2"));
    cluster.log("web-v2", 2, to("cart", "v2"));
    await watch.read();
    cluster.pods = cluster.pods.filter(({ name }) => name !== "web-v2");
    assert.equal((await watch.read()).of("v2", "cart").requests, 2);
  });

  it("is what arrived behind the gateway where requests are copied, and what was sent further on", async () => {
    const cluster = new FakeCluster();
    cluster.pods.push(webV2);
    const watch = await watchProxies(group, gateway, cluster, "copied");
    const arrived = (lane: string, code = 200) => ({ ...to("web", lane, code), upstream_cluster: "inbound|80||" });
    cluster.log("gateway", 1, to("web", "v1"));
    cluster.log("gateway", 2, to("web", "v1"));
    cluster.log("web-v1", 1, arrived("v1"));
    cluster.log("web-v1", 2, arrived("v1"));
    cluster.log("web-v2", 2, arrived("v2", 503));
    cluster.log("web-v2", 3, to("cart", "v2", 503));
    const tally = await watch.read();
    const counts = (lane: string, service: string) => {
      const { requests, errors } = tally.of(lane, service);
      return `${requests} ${errors}`;
    };
    assert.deepEqual([counts("v1", "web"), counts("v2", "web"), counts("v2", "cart")], ["2 0", "1 1", "1 1"]);
  });

  it("fails where none can be read, and goes on where some can", async () => {
    const cluster = new FakeCluster();
    const watch = await watchProxies(group, gateway, cluster);
    cluster.down = true;
    await assert.rejects(watch.read(), /the cluster does not answer/);
    cluster.down = false;
    cluster.log("gateway", 1, to("web", "v1"));
    assert.equal((await watch.read()).of("v1", "web").requests, 1);
  });
});
