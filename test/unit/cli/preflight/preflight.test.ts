import assert from "node:assert/strict";
import { defaultPaths, readPaths } from "../../../../cli/preflight";
import { preflightReport } from "../../../../cli/preflight/report";
import { laneGroupSchema } from "../../../../components/lanes/spec";
import { parseStackConfig } from "../../../../config/parse";
import { s4Input } from "../../components/lanes/fixtures";

const shop = laneGroupSchema.parse(s4Input);

describe("defaultPaths", () => {
  const workload = (name: string, calls?: string, namespace = "default") => ({
    ...{ name, app: "mock", port: 8000, namespace, versions: ["v1", "v2", "v3"], versionLabel: "ASM_TRAFFIC_TAG" },
    ...(calls && { calls }),
  });

  it("are those that callers use, that of the entry for the first service, else /", () => {
    const { workloads } = parseStackConfig({
      workloads: [
        workload("mocka", "http://mockb.default:8000/api?x=1"),
        workload("mockb"),
        workload("other", "http://mockc:8000/elsewhere", "elsewhere"),
      ],
    });
    const group = laneGroupSchema.parse({ ...s4Input, entry: { ...s4Input.entry, path: { exact: "/mock" } } });
    assert.deepEqual(defaultPaths(group, { workloads }), { mocka: "/mock", mockb: "/api?x=1", mockc: "/" });
  });

  it("are what the gateway makes of the paths of routes, for the services behind it", () => {
    const routes = [
      { service: "mockb", path: { prefix: "/api/b" }, rewrite: "/" },
      { service: "mockc", path: { exact: "/c" }, method: "GET" },
    ];
    const group = laneGroupSchema.parse({ ...s4Input, entry: { ...s4Input.entry, path: "/mock", routes } });
    assert.deepEqual(defaultPaths(group, { workloads: [] }), { mocka: "/mock", mockb: "/", mockc: "/c" });
  });

  it("are of calls to a service of the group's own namespace, by whatever name and from wherever", () => {
    const { workloads } = parseStackConfig({
      workloads: [
        workload("front", "http://mockb.elsewhere.svc.cluster.local:8000/theirs"),
        workload("mockb", undefined, "elsewhere"),
        workload("other", "http://mockb.default.svc.cluster.local.:8000/ours", "elsewhere"),
        workload("outside", "http://mockc.example.com/external"),
      ],
    });
    assert.deepEqual(defaultPaths(laneGroupSchema.parse(s4Input), { workloads }), {
      mocka: "/",
      mockb: "/ours",
      mockc: "/",
    });
  });

  it("are the mock's own method where it speaks gRPC", () => {
    const grpc = { ...workload("mocka", "http://mockb:8000"), portName: "grpc" };
    const { workloads } = parseStackConfig({ workloads: [grpc, workload("mockb")] });
    assert.deepEqual(defaultPaths(shop, { workloads }), {
      mocka: "/mesh_lanes.mock.v1.Mock/Call",
      mockb: "/",
      mockc: "/",
    });
  });

  it("make no path of a regular expression", () => {
    const group = laneGroupSchema.parse({ ...s4Input, entry: { ...s4Input.entry, path: { regex: "/m.*" } } });
    assert.equal(defaultPaths(group, { workloads: [] }).mocka, "/");
  });
});

describe("readPaths", () => {
  it("reads service and path", () => {
    assert.deepEqual(readPaths(["mocka=/a?b=c", "mockb=/"], [shop]), { mocka: "/a?b=c", mockb: "/" });
  });

  it("fails with every flag that is wrong", () => {
    assert.throws(() => readPaths(["mocka", "mockx=/a", "mockb=a", "mockc=/ok"], [shop]), {
      name: "UserError",
      problems: ["mocka", "mockx=/a", "mockb=a"].map((flag) => ({
        path: "--path",
        got: `got "${flag}"`,
        expected: "<service>=/path, with one of mocka, mockb, mockc",
        fix: "Name a service and a path, such as mockb=/mock.",
      })),
    });
  });
});

describe("preflightReport", () => {
  it("tells each loss with what fixes it, what was left out, and the count", () => {
    const edge = { from: "mockb", version: "v3", to: "mockc" };
    const text = preflightReport([
      {
        group: "shop",
        forwards: "baggage (member version)",
        edges: [
          { ...edge, version: "v1", outcome: "carried" },
          { ...edge, outcome: "lost" },
          { ...edge, outcome: "lost in the chain", detail: "in a request that came in at mocka v1" },
          { ...edge, outcome: "not called", detail: "GET / answered 404" },
          { ...edge, outcome: "kept host", detail: "127.0.0.1:41000" },
          { ...edge, outcome: "by address", detail: "10.244.0.7:8000" },
          { ...edge, outcome: "no answer", detail: "refused" },
          { ...edge, outcome: "no pod" },
        ],
        unasked: ["mockb:9000"],
      },
      { group: "strict", forwards: "", edges: [], unasked: [], skipped: "strict: why" },
    ]);
    const plain = text.split("\n").filter((line) => !/^[┌├└│]/.test(line));
    assert.deepEqual(plain, [
      "group shop: mockb v3 calls mockc without baggage (member version). Forward it, or let the operator: `instrument: nodejs`.",
      "group shop: mockb v3 loses baggage (member version) on its way to mockc (in a request that came in at mocka v1), though not that of a plain request.",
      "group shop: mockb v3 did not call mockc (GET / answered 404). Name a path that makes it: --path mockb=/path.",
      "group shop: mockb v3 calls with the Host of its own caller (127.0.0.1:41000), so that no route of mockc fits. Send the Service's name as Host, in nginx `proxy_set_header Host $proxy_host`.",
      "group shop: mockb v3 calls by address (10.244.0.7:8000), which no route of mockc fits. Call the Service by its name.",
      "group shop: mockb v3 could not be asked (refused).",
      "group shop: mockb v3 has no ready pod. `npx lanes status` tells why.",
      "group shop: mockb:9000 was not asked: no path is known that makes it call others. Name one: --path mockb:9000=/path.",
      "group strict: nothing sent: strict: why",
      "1 calls carry the lane, 7 do not",
    ]);
    assert.match(text, /mockb +│ v1 +│ mockc +│ ok/);
    assert.match(text, /mockb +│ v3 +│ mockc +│ LOST /);
  });

  it("is one line when there is nothing to probe", () => {
    assert.equal(preflightReport([]), "0 calls carry the lane, 0 do not");
  });
});
