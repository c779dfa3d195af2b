import assert from "node:assert/strict";
import { renderRoutes } from "../../../../../components/lanes/asm/routes";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { explain } from "../../../../../components/lanes/explain";
import type { RenderedObject } from "../../../../../components/lanes/object";
import { parseLaneGroup } from "../../../../../components/lanes/parse-input";
import { istioMillis, millis } from "../../../../../components/lanes/policy/duration";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { problemsOf } from "../../../problems-of";
import { sideOf } from "../diff/sides";
import { s1Input, s2Input, s4Input } from "../fixtures";
import { pick, render } from "../istio/rendered";

type Route = Record<string, unknown> & { name: string };

const routesOf = (object: Pick<RenderedObject, "spec">) => object.spec.http as Route[];

/** A group with keys of the service mockb, of the entry, and of its own. */
function withKeys(input: LaneGroupInput, service: object, entry: object = {}, group: object = {}): LaneGroupInput {
  const services = input.services.map((each) => (each.name === "mockb" ? { ...each, ...service } : each));
  return { ...input, ...group, services, entry: { ...input.entry, ...entry } } as LaneGroupInput;
}

const parse = (input: LaneGroupInput): LaneGroup => laneGroupSchema.parse(input);
const problems = (input: LaneGroupInput, mesh: "istio" | "asm" = "istio") =>
  validateLaneGroups([{ path: "g", input }], mesh).map(({ path, got }) => `${path}: ${got}`);

describe("a policy of routes", () => {
  it("adds nothing where there is none", () => {
    const keys = new Set(
      render(parse(s4Input))
        .flatMap((object) => (object.kind === "VirtualService" ? routesOf(object) : []))
        .flatMap(Object.keys),
    );
    for (const key of ["timeout", "retries", "fault"]) assert.ok(!keys.has(key), key);
  });

  it("is on every route of the service, whatever the lane, and on no other's", () => {
    const group = parse(
      withKeys(s4Input, { policy: { timeout: "2s", retries: { attempts: 1, perTryTimeout: "1s", on: "5xx,reset" } } }),
    );
    const routes = routesOf(pick(group, "VirtualService default/shop.mockb"));
    assert.ok(routes.length > 1);
    for (const route of routes) {
      assert.equal(route.timeout, "2s", route.name);
      assert.deepEqual(route.retries, { attempts: 1, perTryTimeout: "1s", retryOn: "5xx,reset" });
    }
    for (const other of ["shop.mocka", "shop.mockc", "shop"]) {
      for (const route of routesOf(pick(group, `VirtualService default/${other}`)))
        assert.equal(route.timeout, undefined);
    }
  });

  it("of the group holds everywhere, unless a service or the entry says otherwise", () => {
    const group = parse(
      withKeys(
        s4Input,
        { policy: { timeout: "2s" } },
        { policy: { retries: { attempts: 0 } } },
        { policy: { timeout: "9s" } },
      ),
    );
    const timeouts = (name: string) =>
      new Set(routesOf(pick(group, `VirtualService default/${name}`)).map((route) => route.timeout));
    assert.deepEqual([...timeouts("shop.mockb")], ["2s"]);
    assert.deepEqual([...timeouts("shop.mockc")], ["9s"]);
    for (const route of routesOf(pick(group, "VirtualService default/shop"))) {
      assert.deepEqual([route.timeout, route.retries], ["9s", { attempts: 0 }]);
    }
  });

  it("writes no timeout for 0s, which Istio refuses, also where a wider policy has one", () => {
    const none = ["0s", "0ms", "0.0h"].map((timeout) =>
      parse(withKeys(s4Input, { policy: { timeout } }, {}, { policy: { timeout: "9s" } })),
    );
    for (const group of none) {
      for (const route of routesOf(pick(group, "VirtualService default/shop.mockb")))
        assert.ok(!("timeout" in route), route.name);
      const [other] = routesOf(pick(group, "VirtualService default/shop.mockc"));
      assert.equal(other?.timeout, "9s");
    }
  });

  it("of the entry's service holds for who enters, but for its faults", () => {
    const input = {
      ...s4Input,
      services: s4Input.services.map((each, index) =>
        index === 0 ? { ...each, policy: { timeout: "3s", fault: { abort: { status: 503 } } } } : each,
      ),
    };
    const [route] = routesOf(pick(parse(input), "VirtualService default/shop"));
    assert.deepEqual([route?.timeout, route?.fault], ["3s", undefined]);
  });

  it("leaves the headers that lanes write, and adds its own", () => {
    const headers = {
      request: { set: { "x-team": "shop" }, remove: ["x-debug"] },
      response: { add: { "x-served": "yes" } },
    };
    const group = parse(
      withKeys(s4Input, { policy: { headers } }, { policy: { headers: { response: { set: { "x-edge": "1" } } } } }),
    );
    const service = routesOf(pick(group, "VirtualService default/shop.mockb"));
    // The last route writes the baseline's name on the route itself.
    assert.deepEqual(service.at(-1)?.headers, {
      request: { set: { "x-mesh-lane": "v1", "x-team": "shop" }, remove: ["x-debug"] },
      response: { add: { "x-served": "yes" } },
    });
    const plain = routesOf(pick(parse(s4Input), "VirtualService default/shop.mockb"));
    assert.deepEqual(
      service.map(({ route }) => route),
      plain.map(({ route }) => route),
    );
    for (const route of routesOf(pick(group, "VirtualService default/shop"))) {
      assert.deepEqual(route.headers, { response: { set: { "x-edge": "1" } } });
    }
  });

  it("has the nearer of two changes of one header", () => {
    const set = (value: string) => ({ headers: { request: { set: { "x-team": value, [`x-${value}`]: "1" } } } });
    const group = parse(withKeys(s4Input, { policy: set("near") }, {}, { policy: set("far") }));
    const [route] = routesOf(pick(group, "VirtualService default/shop.mockb"));
    assert.deepEqual(route?.headers, { request: { set: { "x-far": "1", "x-near": "1", "x-team": "near" } } });
  });

  it("has a fault on the routes of the lanes it is for", () => {
    const fault = { delay: { duration: "2s" }, abort: { percent: 10, status: 503 }, lanes: ["v3"] };
    const group = parse(withKeys(s4Input, { policy: { fault } }));
    const routes = routesOf(pick(group, "VirtualService default/shop.mockb"));
    assert.deepEqual(
      routes.map(({ name, fault: rendered }) => [name, rendered !== undefined]),
      [
        ["shop/mockb/v3", true],
        ["shop/mockb", false],
      ],
    );
    assert.deepEqual(routes[0]?.fault, {
      delay: { percentage: { value: 100 }, fixedDelay: "2s" },
      abort: { percentage: { value: 10 }, httpStatus: 503 },
    });
  });

  it("is on the route in front of many lanes, too", () => {
    const lanes = [
      ...s4Input.lanes,
      ...Array.from({ length: 12 }, (_, index) => ({ name: `more-${index}`, version: "v3", weight: 0 })),
    ];
    const group = parse({ ...withKeys(s4Input, { policy: { timeout: "2s" } }), lanes });
    const routes = routesOf(pick(group, "VirtualService default/shop.mockb"));
    assert.equal(routes[0]?.name, routes.at(-1)?.name);
    assert.ok(routes.every(({ timeout }) => timeout === "2s"));
  });

  it("is the same on ASM by routes, and refused by swimlanes", () => {
    const input = withKeys(
      s4Input,
      { policy: { timeout: "2s" }, traffic: { loadBalancer: "RANDOM" } },
      { policy: { timeout: "5s" } },
      { policy: { timeout: "9s" } },
    );
    const services = renderRoutes(parse(input)).filter(
      ({ kind, metadata }) => kind === "VirtualService" && metadata.name === "shop.mockb",
    );
    assert.equal(services.length, 1);
    for (const object of services) assert.ok(routesOf(object).every(({ timeout }) => timeout === "2s"));
    const refused = problems({ ...input, asmWay: "swimlanes" }, "asm").filter((problem) =>
      problem.includes("with swimlanes"),
    );
    assert.deepEqual(refused, [
      "g.policy: policy with swimlanes",
      "g.services[1].policy: policy with swimlanes",
      "g.services[1].traffic: traffic with swimlanes",
      "g.entry.policy: policy with swimlanes",
    ]);
  });

  it("is told by explain, hop by hop", () => {
    const group = parse(
      withKeys(
        s4Input,
        {
          policy: {
            timeout: "2s",
            retries: { attempts: 1 },
            fault: { abort: { percent: 10, status: 503 }, lanes: ["v3"] },
          },
        },
        { policy: { timeout: "0s" } },
      ),
    );
    const explained = explain([group], { host: "a", path: "/" });
    assert.equal(explained.status, "routed");
    const words = new Map(
      explained.outcomes.map(({ lane, hops }) => [lane, hops.map(({ policy }) => policy?.join(", ") ?? "")]),
    );
    assert.deepEqual(words.get("v1"), ["no timeout", "timeout 2s, 1 retry", ""]);
    assert.deepEqual(words.get("v3"), ["no timeout", "timeout 2s, 1 retry, fault: 10 % answered 503", ""]);
  });

  it("is a change that a diff names, a fault the most dangerous", () => {
    const changes = (before: LaneGroupInput, after: LaneGroupInput) =>
      diffLanes(sideOf("before", before), sideOf("after", after)).changes.map(({ kind, risk, text }) => [
        kind,
        risk,
        text,
      ]);
    const slow = withKeys(s4Input, { policy: { timeout: "2s" }, traffic: { connectionPool: { maxRequests: 5 } } });
    assert.deepEqual(changes(s4Input, slow), [
      ["route-policy", "care", "mockb: timeout 2s, connectionPool maxRequests 5; before no policy"],
    ]);
    const broken = withKeys(
      s4Input,
      { policy: { fault: { abort: { status: 500 }, lanes: ["v3"] } } },
      { policy: { timeout: "1s" } },
    );
    assert.deepEqual(changes(s4Input, broken), [
      ["route-policy", "danger", "mockb: fault: 100 % answered 500 of lane v3, on purpose"],
      ["route-policy", "care", "the entry: timeout 1s; before no policy"],
    ]);
    assert.deepEqual(changes(broken, s4Input)[1], [
      "route-policy",
      "note",
      "mockb: no longer fault: 100 % answered 500 of lane v3",
    ]);
    assert.deepEqual(changes(slow, slow), []);
  });

  it("treats the pods of each version as the service says, beside what lanes need", () => {
    const traffic = {
      outlierDetection: { consecutive5xxErrors: 3, baseEjectionTime: "30s", maxEjectionPercent: 100 },
      connectionPool: { maxConnections: 10, maxRequests: 20, idleTimeout: "5m" },
      loadBalancer: "ROUND_ROBIN",
    };
    const group = parse(withKeys(s4Input, { traffic, http2: "upgrade" }));
    const [subset] = pick(group, "DestinationRule default/shop.mockb.*").spec.subsets as { trafficPolicy: unknown }[];
    assert.deepEqual(subset?.trafficPolicy, {
      loadBalancer: { simple: "ROUND_ROBIN" },
      connectionPool: {
        tcp: { maxConnections: 10 },
        http: { h2UpgradePolicy: "UPGRADE", http2MaxRequests: 20, idleTimeout: "5m" },
      },
      outlierDetection: { consecutive5xxErrors: 3, baseEjectionTime: "30s", maxEjectionPercent: 100 },
    });
  });

  for (const [title, input, expected] of [
    [
      "a time without its unit",
      withKeys(s4Input, { policy: { timeout: "5" } }),
      'g.services[1].policy.timeout: got "5"',
    ],
    ...["0.1ms", "1.5ms", "1.0001s", "99999999999h", "2562048h"].map(
      (timeout) =>
        [
          `a timeout that Istio does not take: ${timeout}`,
          withKeys(s4Input, { policy: { timeout } }),
          `g.services[1].policy.timeout: got "${timeout}"`,
        ] as const,
    ),
    ...["0s", "1.5ms", "99999999999h"].map(
      (perTryTimeout) =>
        [
          `a try that Istio does not take: ${perTryTimeout}`,
          withKeys(s4Input, { policy: { retries: { attempts: 1, perTryTimeout } } }),
          `g.services[1].policy.retries.perTryTimeout: got "${perTryTimeout}"`,
        ] as const,
    ),
    ...["foo-bar", "5xx,foo-bar", "599", "5xx,", "306"].map(
      (on) =>
        [
          `conditions that Istio does not know: ${on}`,
          withKeys(s4Input, { policy: { retries: { attempts: 1, on } } }),
          `g.services[1].policy.retries.on: got ${JSON.stringify(on.split(",").at(-1))}`,
        ] as const,
    ),
    [
      "conditions of no retries",
      withKeys(s4Input, { policy: { retries: { attempts: 0, on: "5xx" } } }),
      "g.services[1].policy.retries: on beside attempts 0",
    ],
    [
      "the time and conditions of no retries",
      withKeys(s4Input, {}, {}, { policy: { retries: { attempts: 0, perTryTimeout: "1s", on: "5xx" } } }),
      "g.policy.retries: perTryTimeout and on beside attempts 0",
    ],
    [
      "a delay of parts of a millisecond",
      withKeys(s4Input, { policy: { fault: { delay: { duration: "1.0001s" } } } }),
      'g.services[1].policy.fault.delay.duration: got "1.0001s"',
    ],
    [
      "a wait for a connection of parts of a millisecond",
      withKeys(s4Input, { traffic: { connectionPool: { connectTimeout: "1.2345s" } } }),
      'g.services[1].traffic.connectionPool.connectTimeout: got "1.2345s"',
    ],
    [
      "a try that is longer than the whole",
      withKeys(s4Input, { policy: { timeout: "1s", retries: { attempts: 1, perTryTimeout: "2000ms" } } }),
      "g.services[1].policy.retries.perTryTimeout: 2000ms, longer than the timeout of 1s",
    ],
    [
      "conditions with spaces",
      withKeys(s4Input, { policy: { retries: { attempts: 1, on: "5xx, reset" } } }),
      'g.services[1].policy.retries.on: got " reset"',
    ],
    [
      "the header by which lanes are told",
      withKeys(s4Input, {}, {}, { policy: { headers: { request: { set: { [s4Input.routeHeader ?? ""]: "v9" } } } } }),
      `g.policy.headers.request.${s4Input.routeHeader}: header "${s4Input.routeHeader}", by which lanes are told`,
    ],
    [
      "baggage",
      withKeys(s4Input, { policy: { headers: { request: { remove: ["baggage"] } } } }),
      'g.services[1].policy.headers.request.baggage: header "baggage", by which lanes are told',
    ],
    [
      "a variable of Envoy",
      withKeys(s4Input, {}, { policy: { headers: { response: { set: { "x-a": "%REQ(x)%" } } } } }),
      'g.entry.policy.headers.response.set.x-a: got "%REQ(x)%"',
    ],
    [
      "a fault of nothing",
      withKeys(s4Input, { policy: { fault: {} } }),
      "g.services[1].policy.fault: neither delay nor abort",
    ],
    [
      "a fault of a lane that has no version there",
      withKeys(s4Input, { policy: { fault: { abort: { status: 500 }, lanes: ["v2"] } } }),
      "g.services[1].policy.fault.lanes[0]: lane v2, which has no version of mockb and takes the baseline's route",
    ],
    [
      "a fault of the baseline alone",
      withKeys(s4Input, { policy: { fault: { abort: { status: 500 }, lanes: ["v1"] } } }),
      "g.services[1].policy.fault.lanes[0]: lane v1, the baseline, whose route other lanes take too",
    ],
    [
      "a fault at the entry of a lane that weights choose",
      withKeys(s4Input, {}, { policy: { fault: { abort: { status: 500 }, lanes: ["v3"] } } }),
      "g.entry.policy.fault.lanes[0]: lane v3, which the gateway chooses by weight after it has the route",
    ],
    [
      "a fault of nobody",
      withKeys(s2Input, { policy: { fault: { abort: { status: 500 }, lanes: ["s9"] } } }),
      'g.services[1].policy.fault.lanes[0]: unknown lane "s9"',
    ],
    [
      "an interval of nothing",
      withKeys(s4Input, { traffic: { outlierDetection: { interval: "0s" } } }),
      'g.services[1].traffic.outlierDetection.interval: got "0s"',
    ],
  ] as const) {
    it(`refuses ${title}`, () => assert.deepEqual(problems(input), [expected]));
  }

  it("takes a fault at the entry of lanes that a header chooses", () => {
    const input = {
      ...s1Input,
      entry: { ...s1Input.entry, policy: { fault: { abort: { status: 503 }, lanes: ["v2"] } } },
    };
    assert.deepEqual(problems(input), []);
    const faulty = routesOf(pick(parse(input), "VirtualService default/ws")).filter(({ fault }) => fault !== undefined);
    assert.deepEqual(
      faulty.map(({ name }) => name),
      ["ws/entry/v2"],
    );
  });

  it("refuses a time of one try of 0s with what to write instead", () => {
    const input = withKeys(s4Input, { policy: { retries: { attempts: 1, perTryTimeout: "0s" } } });
    const [problem] = validateLaneGroups([{ path: "g", input }]);
    assert.equal(problem?.fix, "Leave it out: one try may then take as long as the timeout.");
  });

  for (const [title, service, path, range] of [
    ["errors in a row", { outlierDetection: { consecutive5xxErrors: 99_999_999_999 } }, "outlierDetection", 4294967295],
    ["connections", { connectionPool: { maxConnections: 2 ** 31 } }, "connectionPool", 2147483647],
    ["requests", { connectionPool: { maxRequests: 2 ** 31 } }, "connectionPool", 2147483647],
  ] as const) {
    it(`refuses more ${title} than the field of Istio holds`, () => {
      const input = withKeys(s4Input, { traffic: service });
      const [problem, ...others] = problemsOf(() => parseLaneGroup(input, { path: "g" }));
      assert.deepEqual(others, []);
      assert.ok(problem?.path.startsWith(`g.services[1].traffic.${path}.`), problem?.path);
      assert.equal(problem?.fix, `Write a whole number from 1 to ${range}.`);
    });
  }

  it("refuses a share that Istio takes for none", () => {
    for (const policy of [
      { fault: { abort: { status: 503, percent: 0.00001 } } },
      { mirror: { lane: "v3", percent: 1e-5 } },
    ]) {
      const [problem, ...others] = problemsOf(() => parseLaneGroup(withKeys(s4Input, { policy }), { path: "g" }));
      assert.deepEqual(others, []);
      assert.match(problem?.path ?? "", /percent$/);
      assert.match(problem?.expected ?? "", /0\.0001/);
    }
  });

  it("takes the durations that Istio takes, by exact fractions", () => {
    const taken = ["1ms", "1.1m", "0.7m", "2562047h", "1.001s", "0.001000000s", "1.0ms"];
    assert.deepEqual(taken.map(istioMillis), [1, 66_000, 42_000, 9_223_369_200_000, 1001, 1, 1]);
    for (const text of ["0s", "0.9ms", "1.0001s", "2562048h", "1.0010000000s", "5", ".5s", "-1s"]) {
      assert.equal(istioMillis(text), undefined, text);
    }
  });

  it("reads durations as Istio writes them", () => {
    assert.deepEqual(["500ms", "1.5s", "2m", "1h", "0s", "5", "s", "-1s", "1d"].map(millis), [
      ...[500, 1500, 120_000, 3_600_000, 0],
      ...[undefined, undefined, undefined, undefined],
    ]);
  });
});
