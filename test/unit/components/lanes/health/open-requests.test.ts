import assert from "node:assert/strict";
import { openRequestsBy } from "../../../../../cli/lifecycle/open-requests";
import { openInLane, readOpenByCluster, untoldIn } from "../../../../../components/lanes/health/open-requests";
import { laneGroupSchema } from "../../../../../components/lanes/spec";
import { s4Input } from "../fixtures";

const group = laneGroupSchema.parse(s4Input);
const cluster = (version: string, service: string) =>
  `outbound|8000|version-${version}|${service}.${group.namespace}.svc.cluster.local`;

/** What a proxy answers: cluster -> requests at each of its hosts. */
const page = (clusters: Record<string, readonly number[]>): string =>
  JSON.stringify({
    cluster_statuses: Object.entries(clusters).map(([name, hosts]) => ({
      name,
      added_via_api: true,
      // Envoy leaves out a value that is 0.
      host_statuses: hosts.map((count) => ({
        stats: [
          { name: "cx_active", value: "7", type: "GAUGE" },
          { name: "rq_active", type: "GAUGE", ...(count > 0 && { value: String(count) }) },
        ],
      })),
    })),
  });

describe("open requests of a lane", () => {
  it("are those of its subsets, at every proxy", () => {
    const one = readOpenByCluster(page({ [cluster("v2", "mocka")]: [2, 0, 1], [cluster("v1", "mocka")]: [5] }));
    const two = readOpenByCluster(page({ [cluster("v2", "mockc")]: [1], "outbound|80||x": [], BlackHoleCluster: [] }));
    const look = new Map([
      ["gateway", one],
      ["mockb", two],
    ]);
    assert.deepEqual(openInLane(group, "v2", [look]), [
      { service: "mocka", count: 3 },
      { service: "mockc", count: 1 },
    ]);
    assert.deepEqual(openInLane(group, "v3", [look]), []);
  });

  it("do not count where another lane has the same version: its pods and sockets stay when the lane goes", () => {
    const shared = laneGroupSchema.parse({
      ...s4Input,
      lanes: [...s4Input.lanes, { name: "v4", weight: 0, versions: { mocka: "v2", mockb: "v3" } }],
    });
    const page_ = page({ [cluster("v2", "mocka")]: [2], [cluster("v2", "mockc")]: [1], [cluster("v3", "mockb")]: [1] });
    const look = new Map([["gateway", readOpenByCluster(page_)]]);
    assert.deepEqual(openInLane(shared, "v2", [look]), [{ service: "mockc", count: 1 }]);
    assert.deepEqual(openInLane(shared, "v4", [look]), []);
    assert.deepEqual(
      [untoldIn(shared, "v2"), untoldIn(shared, "v4"), untoldIn(group, "v2")],
      [["mocka"], ["mocka", "mockb"], []],
    );
  });

  it("are open at every look: a request that ends between two is no socket", () => {
    const look = (count: number) =>
      new Map([["gateway", readOpenByCluster(page({ [cluster("v2", "mocka")]: [count] }))]]);
    assert.deepEqual(openInLane(group, "v2", [look(3), look(1), look(2)]), [{ service: "mocka", count: 1 }]);
    assert.deepEqual(openInLane(group, "v2", [look(3), look(0), look(2)]), []);
  });

  it("are asked of each proxy; one that does not answer is named, and is not taken for 0", async () => {
    const asked: string[] = [];
    const answer = await openRequestsBy(
      {
        run: async (args) => {
          if (args[0] === "get") return "gateway-1.istio-system\nmocka-v2.shop\nbroken.shop";
          asked.push(args.join(" "));
          if (args.includes("broken")) throw new Error("no container istio-proxy");
          return page({ [cluster("v2", "mocka")]: args.includes("gateway-1") ? [1] : [] });
        },
      },
      group,
      "v2",
    );
    assert.deepEqual(answer, {
      asked: true,
      proxies: 3,
      silent: ["broken.shop"],
      untold: [],
      open: [{ service: "mocka", count: 1 }],
    });
    assert.ok(
      asked.includes(
        "exec --namespace istio-system gateway-1 --container istio-proxy -- pilot-agent request GET clusters?format=json",
      ),
    );
  });
});
