import assert from "node:assert/strict";
import { pollGateway } from "../../../../tools/mesh/gateway-pods";
import { type Reporter, silentReporter } from "../../../../tools/report/reporter";

const wait = { gateway: "public", replicas: 2, ports: [443] };
const now = { withinMs: 0, everyMs: 1 };

type Item = Record<string, unknown>;
const pod = (ready: boolean, message?: string): Item => ({
  status: {
    conditions: [
      { type: "Ready", status: ready ? "True" : "False" },
      { type: "PodScheduled", status: message === undefined ? "True" : "False", message },
    ],
  },
});
const service = (ingress: Item[], port = 443, gateway = "public"): Item => ({
  metadata: { name: "istio-public" },
  spec: { selector: { istio: gateway }, ports: [{ port }] },
  status: { loadBalancer: { ingress } },
});
const serves = { pods: [pod(true), pod(true)], services: [service([{ ip: "203.0.113.7" }])], events: [] };

/** kubectl of a cluster that has these. */
const has = (cluster: Record<string, Item[]>, asked: string[][] = []) => {
  const all: Record<string, Item[]> = { ...serves, ...cluster };
  return async (...args: string[]) => {
    asked.push(args);
    return JSON.stringify({ items: all[args[1] ?? ""] });
  };
};

describe("the wait for a gateway of a managed mesh", () => {
  it("ends when its pods are Ready and its load balancer has an address", async () => {
    const asked: string[][] = [];
    assert.deepEqual(await pollGateway(has({}, asked), wait, silentReporter, now), { address: "203.0.113.7" });
    assert.deepEqual(asked[0], ["get", "pods", "-l", "istio=public", "-n", "istio-system", "-o", "json"]);
  });

  it("ends for a load balancer with a host name", async () => {
    const services = [service([], 443, "another"), service([{ hostname: "nlb.example.com" }])];
    const found = await pollGateway(has({ services }), wait, silentReporter, now);
    assert.deepEqual(found, { address: "nlb.example.com" });
  });

  it("goes on until they come", async () => {
    const rounds = [{ services: [] }, { pods: [] }, {}];
    let round = 0;
    await pollGateway(
      async (...args) => {
        const at = Math.min(Math.floor(round / 2), 2);
        round += 1;
        return has(rounds[at] as Record<string, Item[]>)(...args);
      },
      wait,
      silentReporter,
      { withinMs: 2000, everyMs: 1 },
    );
    assert.equal(round, 6);
  });

  for (const [title, cluster, expected] of [
    [
      "room for its pods, in the scheduler's words",
      { pods: [pod(true), pod(false, "0/3 nodes are available: 3 Insufficient cpu.\nmore")] },
      /1 of 2 pods are Ready \(0\/3 nodes are available: 3 Insufficient cpu\.\)/,
    ],
    ["a Service that leads to it", { services: [service([], 443, "another")] }, /no Service leads to it/],
    ["a port", { services: [service([{ ip: "203.0.113.7" }], 80)] }, /Service istio-public has not port 443/],
    [
      "an address, in the words of the load balancer's controller",
      { services: [service([])], events: [{ message: "old" }, { message: "Code: QuotaExceeded.Slb" }] },
      /Service istio-public has no address \(Code: QuotaExceeded\.Slb\)/,
    ],
    ["everything", { pods: [], services: [] }, /0 of 2 pods are Ready; no Service leads to it/],
  ] as const) {
    it(`fails for want of ${title}`, async () => {
      await assert.rejects(
        pollGateway(has(cluster as unknown as Record<string, Item[]>), wait, silentReporter, now),
        expected,
      );
    });
  }

  it("goes on while the cluster does not answer, and says so at last", async () => {
    const silent = async () => Promise.reject(new Error("connection refused"));
    await assert.rejects(pollGateway(silent, wait, silentReporter, now), /an answer of the cluster.*refused/);
  });

  it("does not wait for what it may not see, and says so", async () => {
    const notes: string[] = [];
    const reporter: Reporter = { ...silentReporter, note: (text) => notes.push(text) };
    const forbidden = async () => Promise.reject(new Error("Error from server (Forbidden): pods is forbidden"));
    await pollGateway(forbidden, wait, reporter, now);
    assert.match(notes.join(), /gateway public: not waited for/);
  });
});
