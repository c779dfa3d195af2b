import assert from "node:assert/strict";
import { renderIstio } from "../../../../components/lanes/istio/render";
import { laneGroupSchema } from "../../../../components/lanes/spec";
import { records } from "../../../../tools/values";
import { deployment, istio, proposed, service, versioned } from "./fixtures";

/** Versions v1 and v2 of web and orders, subsets stable and next of both, and what else there is. */
const orders = { host: "orders" };
const subsets = [
  { name: "stable", labels: { version: "v1" } },
  { name: "next", labels: { version: "v2" } },
];
const chain = [
  ...["web", "orders"].flatMap((name) => [
    ...versioned(name, "v1", "v2"),
    istio("DestinationRule", name, { host: name, subsets }),
  ]),
  ...versioned("audit", "v1"),
];
const to = (subset?: string, host = "orders", weight?: number) => ({
  destination: { host, ...(subset !== undefined && { subset }) },
  ...(weight !== undefined && { weight }),
});
const stable = { route: [to("stable")] };
const next = { destination: { ...orders, subset: "next" } }.destination;
const mirror = { mirror: next, mirrorPercentage: { value: 10 } };
const mesh = (http: readonly object[], name = "orders") => istio("VirtualService", name, { hosts: ["orders"], http });
const front = (http: readonly object[]) =>
  istio("VirtualService", "front", { hosts: ["shop.example.com"], gateways: ["istio-system/public"], http });

const isObject = (kind: string, name: string) => (manifest: Partial<(typeof chain)[number]>) =>
  manifest.kind === kind && manifest.metadata?.name === name;

/** What is proposed for the chain, in which these manifests stand in for those of their kind and name. */
function found(manifests: readonly object[]) {
  const others = chain.filter(({ kind, metadata: { name } }) => !manifests.some(isObject(kind, name)));
  const { group, findings } = proposed([...others, ...manifests], { entry: "web" });
  const policy = group.services.find(({ name }) => name === "orders")?.policy;
  const told = findings
    .filter(({ got }) => got.includes("copies"))
    .map(({ kind, path, got }) => `${kind} ${path}: ${got}`);
  return { group, policy, entry: group.entry.policy, findings, told };
}

/** What it says of a route of the mesh whose copies the proposal has not. */
function why(manifests: readonly object[]): string {
  const { policy, told } = found(manifests);
  assert.equal(policy?.mirror, undefined);
  assert.equal(told.length, 1, told.join("\n"));
  return (told[0] ?? "").replace(
    /^note VirtualService default\/\S+ http\[\d\]: copies of its requests are left out: /,
    "",
  );
}

describe("copies of requests", () => {
  it("to a version that a lane has are a mirror of the service", () => {
    const { group, policy, told, findings } = found([mesh([{ ...stable, ...mirror, timeout: "3s" }])]);
    assert.deepEqual(policy, { timeout: "3s", mirror: { lane: "v2", percent: 10 } });
    assert.deepEqual(told, []);
    assert.deepEqual(group.lanes, [{ name: "baseline", version: "v1" }, { name: "v2" }]);
    const decide = findings.find(({ path }) => path === "VirtualService default/orders");
    assert.match(decide?.fix ?? "", /written into the lane group \(timeout and mirror of orders are there already\)/);
  });

  it("are the same in the objects of the group: from the baseline's pods to the lane's, as many", () => {
    const { group } = found([mesh([{ ...stable, ...mirror }])]);
    const parsed = laneGroupSchema.parse(group);
    const objects = renderIstio(parsed, { gateway: { namespace: "g", labels: { app: "g" } } });
    const routes = objects.flatMap(({ kind, metadata, spec }) =>
      kind === "VirtualService" && metadata.name.endsWith(".orders") ? records(spec.http) : [],
    );
    const told = routes.map(({ route, mirror, mirrorPercentage }) => [
      records(route).map(({ destination }) => destination),
      mirror,
      mirrorPercentage,
    ]);
    const at = (subset: string) => ({ host: "orders.default.svc.cluster.local", subset, port: { number: 80 } });
    assert.deepEqual(told, [
      [[at("version-v2")], undefined, undefined],
      [[at("version-v1")], at("version-v2"), { value: 10 }],
    ]);
  });

  for (const [written, percent] of [
    [{ mirror: next }, 100],
    [{ mirror: next, mirrorPercentage: {} }, 0],
    [{ mirror: next, mirrorPercent: 5 }, 5],
    [{ mirror: next, mirror_percent: 5 }, 5],
    [{ mirrors: [{ destination: next }] }, 100],
    [{ mirrors: [{ destination: next, percentage: { value: 0.5 } }] }, 0.5],
    [{ mirror: { ...next, port: { number: 80 } } }, 100],
  ] as const) {
    it(`are ${percent} % where it says ${JSON.stringify(written)}`, () => {
      assert.deepEqual(found([mesh([{ ...stable, ...written }])]).policy, { mirror: { lane: "v2", percent } });
    });
  }

  it("are the same where every route to the baseline has them, and those to the lane have none", () => {
    const some = { match: [{ headers: { "x-a": { exact: "b" } } }] };
    const routes = [
      { ...some, route: [to("next")] },
      { match: [{ uri: { prefix: "/a" } }], ...stable, ...mirror },
      { route: [to("stable", "orders", 100), to("next", "orders", 0)], ...mirror },
    ];
    assert.deepEqual(found([mesh(routes)]).policy, { mirror: { lane: "v2", percent: 10 } });
  });

  it("go to the lane of the version, whatever its name", () => {
    const told = [
      service("cart"),
      ...["Blue", "green"].map((version) => deployment(`cart-${version.toLowerCase()}`, { app: "cart", version })),
      istio("DestinationRule", "cart", {
        host: "cart",
        subsets: [
          { name: "a", labels: { version: "green" } },
          { name: "b", labels: { version: "Blue" } },
        ],
      }),
      istio("VirtualService", "cart", {
        hosts: ["cart"],
        http: [{ route: [to("a", "cart")], mirror: { host: "cart.default.svc.cluster.local", subset: "b" } }],
      }),
    ];
    const { group } = found(told);
    const policy = group.services.find(({ name }) => name === "cart")?.policy;
    const lane = group.lanes.find(({ version }) => version === "Blue")?.name;
    assert.ok(lane !== undefined && lane !== "Blue");
    assert.deepEqual(policy, { mirror: { lane, percent: 100 } });
  });

  it("of all of the gateway's routes are the entry's", () => {
    const at = (host: string, match?: object) => ({
      ...(match && { match: [match] }),
      ...{ route: [to("stable", host)], mirror: { host, subset: "next" }, mirrorPercentage: { value: 10 } },
    });
    const same = found([front([at("orders", { uri: { prefix: "/o" } }), at("web")])]);
    assert.deepEqual(same.entry, { mirror: { lane: "v2", percent: 10 } });
    assert.deepEqual(same.told, []);
    // Of the service itself it is only what calls within the mesh have.
    assert.equal(same.policy, undefined);
    const both = found([front([at("web")]), mesh([{ ...stable, ...mirror }])]);
    assert.deepEqual([both.entry, both.policy], [{ mirror: { lane: "v2", percent: 10 } }, both.entry]);
  });

  it("and faults of calls hold for no request that comes in, and nothing says so", () => {
    const fault = { abort: { percentage: { value: 1 }, httpStatus: 500 } };
    const gateway = front([
      { match: [{ uri: { prefix: "/o" } }], route: [to("stable")] },
      { route: [to("stable", "web")] },
    ]);
    const notes = (more: object) =>
      found([gateway, mesh([{ ...stable, ...more }])]).findings.filter(({ path }) => path === "policy");
    assert.deepEqual(notes({ ...mirror, fault }), []);
    assert.match(notes({ ...mirror, fault, timeout: "3s" })[0]?.got ?? "", /^timeout or retries of calls to orders/);
  });
});

describe("copies of requests stay with their owner, and are told with the reason, where", () => {
  const cases: Readonly<Record<string, readonly [object[], string]>> = {
    "they go to another Service": [
      [mesh([{ ...stable, mirror: { host: "audit" } }])],
      "they go to audit, and policy.mirror to a version of orders",
    ],
    "they go to a host of which there is no Service": [
      [mesh([{ ...stable, mirror: { host: "audit.example.com" } }])],
      "they go to audit.example.com, of which no Service was read",
    ],
    "they name no subset": [
      [mesh([{ ...stable, mirror: orders }])],
      "they go to all pods of orders, and policy.mirror to those of one version",
    ],
    "their subset is in no rule": [
      [mesh([{ ...stable, mirror: { ...orders, subset: "gone" } }])],
      "subset gone of orders is none of a DestinationRule that was read",
    ],
    "their subset has not all pods of a version, or others too": [
      [
        deployment("orders-v2-east", { app: "orders", version: "v2", region: "east" }),
        istio("DestinationRule", "more", { ...orders, subsets: [{ name: "east", labels: { region: "east" } }] }),
        mesh([{ ...stable, mirror: { ...orders, subset: "east" } }]),
      ],
      "subset east of orders is not one of its versions in the proposal",
    ],
    "they go to the baseline itself": [
      [mesh([{ ...stable, mirror: { ...orders, subset: "stable" } }])],
      "they go to v1, the baseline's own version of orders",
    ],
    "there are several": [
      [mesh([{ ...stable, mirrors: [{ destination: next }, { destination: { host: "audit" } }] }])],
      "there are 2 of each request, and policy.mirror has one",
    ],
    "they go to another port": [
      [mesh([{ ...stable, mirror: { ...next, port: { number: 9090 } } }])],
      "they go to port 9090, and requests of lanes to 80",
    ],
    "they go to one port of several, whatever that of a request": [
      [
        service("orders", { app: "orders" }, { ports: [80, 8080].map((port) => ({ name: `http-${port}`, port })) }),
        mesh([{ ...stable, mirror: { ...next, port: { number: 80 } } }]),
      ],
      "they go to port 80, and policy.mirror to the port of each request, of which orders has several",
    ],
    "they name no host": [[mesh([{ ...stable, mirror: { subset: "next" } }])], "they name no host"],
    "their share is less than Envoy can count": [
      [mesh([{ ...stable, mirror: next, mirrorPercentage: { value: 0.00001 } }])],
      "0.00001 % is no share that a lane group can say",
    ],
    "requests of other versions are among them": [
      [mesh([{ route: [to("stable", "orders", 90), to("next", "orders", 10)], ...mirror }])],
      "the route leads to v1 and v2, and policy.mirror copies the requests of v1, the baseline, alone",
    ],
    "the route leads to all pods": [
      [mesh([{ route: [to()], ...mirror }])],
      "the route leads to v1 and v2, and policy.mirror copies the requests of v1, the baseline, alone",
    ],
    "the route leads to a subset that is no version": [
      [mesh([{ match: [{ uri: { prefix: "/a" } }], route: [to("gone")], ...mirror }, { route: [to("stable")] }])],
      "the route leads to subset gone of orders, which is not one of its versions in the proposal",
    ],
    "the route leads to another service": [
      [mesh([{ match: [{ uri: { prefix: "/a" } }], route: [to(undefined, "audit")], ...mirror }, stable])],
      "the route leads to audit, and policy.mirror copies requests to orders",
    ],
    "they are of the lane's requests": [
      [
        mesh([
          { match: [{ uri: { prefix: "/a" } }], route: [to("next")], mirror: { ...orders, subset: "stable" } },
          { route: [to("stable")] },
        ]),
      ],
      "the route leads to v2, and policy.mirror copies the requests of v1, the baseline, alone",
    ],
    "another route to the baseline has none": [
      [mesh([{ match: [{ uri: { prefix: "/a" } }], ...stable, ...mirror }, stable])],
      "http[1] leads to the baseline too, and has none or others",
    ],
    "another route gives the baseline a share, without them": [
      [
        mesh([
          { match: [{ uri: { prefix: "/a" } }], ...stable, ...mirror },
          { route: [to("stable", "orders", 90), to("next", "orders", 10)] },
        ]),
      ],
      "http[1] leads to the baseline too, and has none or others",
    ],
    "another route leads to pods of which the baseline's may be some": [
      [
        istio("DestinationRule", "more", { ...orders, subsets: [{ name: "any", labels: { app: "orders" } }] }),
        mesh([
          { match: [{ uri: { prefix: "/a" } }], ...stable, ...mirror },
          { match: [{ uri: { prefix: "/b" } }], route: [to("any")] },
        ]),
      ],
      "http[1] leads to the baseline too, and has none or others",
    ],
    "two objects route the service": [
      [mesh([{ ...stable, ...mirror }]), mesh([stable], "again")],
      "VirtualService default/again routes calls to orders too",
    ],
  };
  for (const [name, [manifests, reason]] of Object.entries(cases)) {
    it(name, () => {
      const [told] = found(manifests).told;
      assert.match(
        told ?? "",
        /^note VirtualService default\/orders, http\[0\]: copies of its requests are left out: /,
      );
      assert.equal(why(manifests), reason);
    });
  }

  it("routes of the gateway differ, or one leads to all pods", () => {
    const copied = (subset?: string) => ({ route: [to(subset, "web")], mirror: { host: "web", subset: "next" } });
    const differing = found([front([{ match: [{ uri: { prefix: "/o" } }], ...stable }, copied("stable")])]);
    assert.equal(differing.entry, undefined);
    assert.deepEqual(differing.told, [
      "note VirtualService default/front, http[1]: copies of its requests are left out: http[0] leads to the baseline too, and has none or others",
    ]);
    const all = found([front([copied()])]);
    assert.equal(all.entry, undefined);
    assert.deepEqual(all.told, [
      "note VirtualService default/front, http[0]: copies of its requests are left out: the route leads to v1 and v2, and policy.mirror copies the requests of v1, the baseline, alone",
    ]);
    assert.ok(all.findings.every(({ got }) => !/it has mirror/.test(got)));
  });

  it("several, each by itself", () => {
    const { told } = found([
      mesh([
        { match: [{ uri: { prefix: "/a" } }], ...stable, mirror: { host: "audit" } },
        { ...stable, ...mirror },
      ]),
    ]);
    assert.deepEqual(told, [
      "note VirtualService default/orders, http[0]: copies of its requests are left out: they go to audit, and policy.mirror to a version of orders",
      "note VirtualService default/orders, http[1]: copies of its requests are left out: http[0] leads to the baseline too, and has none or others",
    ]);
  });
});
