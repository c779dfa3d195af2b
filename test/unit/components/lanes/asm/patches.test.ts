import assert from "node:assert/strict";
import { renderAsm } from "../../../../../components/lanes/asm/render";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { records } from "../../../../../tools/values";
import { sideOf } from "../diff/sides";
import { s1Input, s2Input, s4Input } from "../fixtures";

type Service = LaneGroupInput["services"][number];

const patched = (input: LaneGroupInput): LaneGroupInput => ({ ...input, asmWay: "swimlanes", asmPatches: true });
/** Entered by weight. */
const weighted = patched({ ...s4Input, entry: { ...s4Input.entry, sticky: false } });
/** Entered by a rule of each lane. */
const strict = patched(s2Input);
/** Clients name their lane in the route header: the gateway's route is the product's own. */
const passedThrough = patched(s1Input);

function withService(input: LaneGroupInput, name: string, keys: Partial<Service>): LaneGroupInput {
  assert.ok(input.services.some((service) => service.name === name));
  return {
    ...input,
    services: input.services.map((service) => (service.name === name ? { ...service, ...keys } : service)),
  };
}

const problemsOf = (input: LaneGroupInput) => validateLaneGroups([{ path: "g", input }], "asm");
const gotOf = (input: LaneGroupInput) => problemsOf(input).map(({ path, got }) => `${path}: ${got}`);

function render(input: LaneGroupInput) {
  assert.deepEqual(problemsOf(input), []);
  return renderAsm(laneGroupSchema.parse(input));
}

const servicesOf = (input: LaneGroupInput) => records(render(input)[0]?.spec.services);

describe("asmPatches", () => {
  it("writes a service's policy as httpRoutePatch, in the fields of Istio's HTTPRoute", () => {
    const policy = {
      timeout: "2s",
      retries: { attempts: 2, perTryTimeout: "800ms", on: "5xx,reset" },
      fault: { delay: { percent: 5, duration: "1s" }, abort: { percent: 10, status: 503 } },
    };
    for (const input of [weighted, strict]) {
      const [, mockb] = servicesOf(withService(input, "mockb", { policy }));
      assert.deepEqual(mockb, {
        name: "mockb",
        namespace: "default",
        httpRoutePatch: {
          timeout: "2s",
          retries: { attempts: 2, perTryTimeout: "800ms", retryOn: "5xx,reset" },
          fault: {
            delay: { percentage: { value: 5 }, fixedDelay: "1s" },
            abort: { percentage: { value: 10 }, httpStatus: 503 },
          },
        },
      });
    }
  });

  it("writes a service's traffic as trafficPolicyPatch, in the fields of Istio's TrafficPolicy", () => {
    const traffic = {
      outlierDetection: { consecutive5xxErrors: 5, baseEjectionTime: "30s" },
      connectionPool: { maxConnections: 100, maxPendingRequests: 50 },
      loadBalancer: "RANDOM",
    } as const;
    const [mocka, mockb] = servicesOf(withService(weighted, "mockb", { traffic }));
    assert.deepEqual(mocka, { name: "mocka", namespace: "default" });
    assert.deepEqual(mockb, {
      name: "mockb",
      namespace: "default",
      trafficPolicyPatch: {
        loadBalancer: { simple: "RANDOM" },
        connectionPool: { tcp: { maxConnections: 100 }, http: { http1MaxPendingRequests: 50 } },
        outlierDetection: { consecutive5xxErrors: 5, baseEjectionTime: "30s" },
      },
    });
  });

  it("has the same fields as routes have", () => {
    const policy = { timeout: "2s", retries: { attempts: 1 }, fault: { abort: { percent: 1, status: 500 } } };
    const input = withService(weighted, "mockc", { policy, traffic: { loadBalancer: "ROUND_ROBIN" } });
    const objects = renderAsm(laneGroupSchema.parse({ ...input, asmWay: "routes", asmPatches: false }));
    const specOf = (kind: string) =>
      objects.filter((object) => object.kind === kind && object.metadata.name.startsWith("shop.mockc")).at(-1)?.spec;
    const [route] = records(specOf("VirtualService")?.http);
    const [subset] = records(specOf("DestinationRule")?.subsets);
    const { name: _, match: __, route: ___, ...ofRoute } = route ?? {};
    const [, , mockc] = servicesOf(input);
    assert.deepEqual([mockc?.httpRoutePatch, mockc?.trafficPolicyPatch], [ofRoute, subset?.trafficPolicy]);
  });

  it("writes the group's policy into each service, with the service's own over it, and no default", () => {
    const group = { ...weighted, policy: { timeout: "10s", retries: { attempts: 1, on: "5xx" } } };
    const input = withService(
      withService(group, "mockb", { policy: { timeout: "2s", retries: { attempts: 0 } } }),
      "mockc",
      { policy: { timeout: "0s" } },
    );
    const retries = { attempts: 1, retryOn: "5xx" };
    assert.deepEqual(
      servicesOf(input).map(({ httpRoutePatch }) => httpRoutePatch),
      [{ timeout: "10s", retries }, { timeout: "2s", retries: { attempts: 0 } }, { retries }],
    );
    assert.deepEqual(
      Object.keys(render(input)[0]?.spec ?? {}).filter((key) => key.startsWith("default")),
      [],
    );
  });

  it("leaves the services of lanes as they are", () => {
    const lanes = (input: LaneGroupInput) => render(input).filter(({ kind }) => kind === "ASMSwimLane");
    assert.deepEqual(lanes({ ...weighted, policy: { timeout: "10s" } }), lanes(weighted));
  });

  it("puts the policy of the service behind the gateway on the gateway's route where that is the product's own", () => {
    const fault = { abort: { percent: 10, status: 503 } };
    const group: LaneGroupInput = { ...passedThrough, policy: { timeout: "10s" } };
    const input = withService(group, "wsk-svc", { policy: { retries: { attempts: 1 }, fault } });
    const route = render(input).at(-1);
    assert.equal(route?.kind, "VirtualService");
    assert.deepEqual(route?.spec.http, [
      {
        route: [{ destination: { host: "wsk-svc.default.svc.cluster.local", port: { number: 5000 } } }],
        timeout: "10s",
        retries: { attempts: 1 },
      },
    ]);
    const [own] = servicesOf(input);
    assert.deepEqual(own?.httpRoutePatch, {
      timeout: "10s",
      retries: { attempts: 1 },
      fault: { abort: { percentage: { value: 10 }, httpStatus: 503 } },
    });
  });

  it("is told by diff as with routes, and takes care where it comes or goes", () => {
    const changes = (before: LaneGroupInput, after: LaneGroupInput) =>
      diffLanes(sideOf("before", before), sideOf("after", after)).changes.map(({ kind, risk, text }) => [
        kind,
        risk,
        text,
      ]);
    const policy = { timeout: "2s", fault: { abort: { status: 503 } } };
    const slow = withService(weighted, "mockb", { policy, traffic: { loadBalancer: "RANDOM" } });
    assert.deepEqual(changes(weighted, slow), [
      ["route-policy", "danger", "mockb: fault: 100 % answered 503, on purpose"],
      ["route-policy", "care", "mockb: timeout 2s, loadBalancer RANDOM; before no policy"],
    ]);
    const [change, ...others] = changes({ ...weighted, asmPatches: false }, weighted);
    assert.deepEqual([change?.slice(0, 2), others], [["other-settings", "care"], []]);
    assert.match(change?.[2] ?? "", /asmPatches/);
  });

  it("changes nothing without a policy", () => {
    for (const input of [weighted, strict, passedThrough]) {
      assert.deepEqual(render(input), render({ ...input, asmPatches: false }));
    }
  });
});

describe("asmPatches refuses", () => {
  const policies = withService(weighted, "mockb", { policy: { timeout: "2s" }, traffic: { loadBalancer: "RANDOM" } });

  it("itself beside routes, on ASM alone", () => {
    const input: LaneGroupInput = { ...s4Input, asmPatches: true };
    assert.deepEqual(problemsOf(input), [
      {
        path: "g.asmPatches",
        got: "asmPatches with asmWay: routes, which writes every policy into the routes themselves",
        expected: "asmPatches with asmWay: swimlanes",
        fix: "Remove asmPatches.",
      },
    ]);
    assert.deepEqual(validateLaneGroups([{ path: "g", input }], "istio"), []);
  });

  it("nothing that is refused without it, which names it", () => {
    const fix =
      "Remove policy, use asmWay: routes, or set asmPatches: true: ASM's patches, to be tried out on an instance first (docs/asm.md).";
    assert.deepEqual(problemsOf({ ...policies, asmPatches: false, policy: { timeout: "1s" } }), [
      { path: "g.policy", got: "policy with swimlanes", expected: "no policy in swimlanes", fix },
      { path: "g.services[1].policy", got: "policy with swimlanes", expected: "no policy in swimlanes", fix },
      {
        path: "g.services[1].traffic",
        got: "traffic with swimlanes",
        expected: "no traffic in swimlanes",
        fix: fix.replace("Remove policy", "Remove traffic"),
      },
    ]);
    assert.deepEqual(problemsOf(policies), []);
  });

  it("policies of the entry and of one lane", () => {
    const lanes = weighted.lanes.map((lane) => (lane.name === "v2" ? { ...lane, policy: { timeout: "3s" } } : lane));
    assert.deepEqual(gotOf({ ...weighted, lanes, entry: { ...weighted.entry, policy: { timeout: "5s" } } }), [
      "g.lanes[1].policy: policy with swimlanes",
      "g.entry.policy: policy with swimlanes",
    ]);
  });

  it("what a patch could break or cannot say, with what to do", () => {
    const headers = { request: { set: { "x-team": "shop" } } };
    const expected = "timeout, retries and faults of all lanes: what one patch can say";
    const group = { ...policies, policy: { headers, cors: { allowOrigins: ["https://app.example.com"] } } };
    assert.deepEqual(problemsOf(group), [
      {
        path: "g.policy.headers",
        got: "headers with swimlanes: a patch of them may overwrite those by which ASM tells lanes",
        expected,
        fix: "Remove headers, or use asmWay: routes.",
      },
      {
        path: "g.policy.cors",
        got: "cors with swimlanes: a preflight names no lane, and whether a patch reaches the gateway's routes is not told",
        expected,
        fix: "Remove cors, or use asmWay: routes.",
      },
    ]);
    const one = withService(weighted, "mockc", {
      policy: { headers, mirror: { lane: "v2" }, fault: { abort: { status: 503 }, lanes: ["v2"] } },
    });
    assert.deepEqual(gotOf(one), [
      "g.services[2].policy.headers: headers with swimlanes: a patch of them may overwrite those by which ASM tells lanes",
      "g.services[2].policy.mirror: mirror with swimlanes: copies are of the baseline's requests, a patch is for all lanes",
      "g.services[2].policy.fault.lanes: a fault of some lanes with swimlanes: a patch is for all lanes",
    ]);
  });

  it("a fault at the service behind a gateway whose routes ASM makes", () => {
    const policy = { fault: { abort: { status: 503 } } };
    const expected = [
      "g.services[0].policy.fault: fault of mocka, which the gateway leads to: if ASM lays the patch over the gateway's routes too, clients meet it",
    ];
    for (const input of [weighted, strict]) assert.deepEqual(gotOf(withService(input, "mocka", { policy })), expected);
    assert.deepEqual(gotOf(withService(passedThrough, "wsk-svc", { policy })), []);
  });
});
