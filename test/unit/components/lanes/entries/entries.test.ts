import assert from "node:assert/strict";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { setStickyCookie } from "../../../../../components/lanes/entries/cookie";
import { entryServices } from "../../../../../components/lanes/entries/parts";
import { istioRewrite, rewriteOf, rewritten } from "../../../../../components/lanes/entries/rewrite";
import { explain } from "../../../../../components/lanes/explain";
import { entryRules } from "../../../../../components/lanes/rules";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { allowedCalls, callName } from "../../../../../components/security/calls";
import { parseStackConfig } from "../../../../../config/parse";
import { sideOf } from "../diff/sides";
import { gatewayPods, s2Input, s4Input } from "../fixtures";
import { pick } from "../istio/rendered";

/** S4, whose second service has an entry of its own. */
const orders = { service: "mockb", path: { prefix: "/orders" }, method: "GET", rewrite: "/" };
const with_ = (entry: object, more: object = {}): LaneGroupInput =>
  ({ ...s4Input, ...more, entry: { ...s4Input.entry, ...entry } }) as LaneGroupInput;
const group: LaneGroup = laneGroupSchema.parse(with_({ routes: [orders] }));
const problems = (input: LaneGroupInput, mesh: "istio" | "asm" = "istio") =>
  validateLaneGroups([{ path: "g", input }], mesh).map(({ path, got }) => `${path}: ${got}`);

type Route = {
  name: string;
  match?: object[];
  rewrite?: object;
  route: { destination: { host: string; subset: string } }[];
};

describe("several entries of a group", () => {
  const routes = pick(group, "VirtualService default/shop").spec.http as Route[];

  it("each lead to their service, by the same choice of lane: one header, one cookie, the same weights", () => {
    assert.deepEqual(
      routes.map(({ name }) => name),
      [
        ...["v1", "v2", "v3"].map((lane) => `shop/entry/mockb/${lane}/cookie`),
        "shop/entry/mockb",
        ...["v1", "v2", "v3"].map((lane) => `shop/entry/${lane}/cookie`),
        "shop/entry",
      ],
    );
    const cookies = entryRules(group).flatMap(({ kind, match }) =>
      kind === "cookie" ? match.headers.cookie?.value : [],
    );
    assert.equal(new Set(cookies).size, 3);
    const own = routes.find(({ name }) => name === "shop/entry/mockb");
    assert.deepEqual(own?.match, [{ uri: { prefix: "/orders" }, method: { exact: "GET" } }]);
    // v2 has no mockb of its own: the baseline's.
    assert.deepEqual(
      own?.route.map(({ destination: { host, subset } }) => `${host.split(".")[0]} ${subset}`),
      ["mockb version-v1", "mockb version-v1", "mockb version-v3"],
    );
  });

  it("have what the gateway needs for each: clusters to fall back to, and a call that is allowed", () => {
    const { configPatches } = pick(group, "EnvoyFilter istio-system/shop.entry.fallback.v3.*").spec;
    const clusters = JSON.stringify(configPatches).match(/(?<="name":")lane-fallback[^"]+(?=")/g);
    const fallback = (service: string) =>
      `lane-fallback|8000|version-v3,version-v1|${service}.default.svc.cluster.local`;
    assert.deepEqual(clusters, ["mocka", "mockb"].map(fallback));
    assert.deepEqual(
      entryServices(group).map(({ name }) => name),
      ["mocka", "mockb"],
    );
    const gateway = { ...gatewayPods, account: "edge" };
    const calls = allowedCalls({ laneGroups: [group], workloads: [], allow: [], gateway }).map(callName);
    assert.ok(calls.includes("default.mockb.from.istio-system.edge"));
  });

  it("are explained: path and method decide the service, the cookie the lane", () => {
    const ask = (method: string, path: string) => {
      const found = explain([group], { host: "a", path, method, headers: { cookie: "mesh-lane-shop=v3" } });
      assert.equal(found.status, "routed");
      return found.outcomes.map(({ hops }) => hops.map(({ service, version }) => `${service} ${version}`).join(" "));
    };
    assert.deepEqual(ask("GET", "/orders/7"), ["mockb v3 mockc v1"]);
    assert.deepEqual(ask("POST", "/orders/7"), ["mocka v3 mockb v3 mockc v1"]);
    assert.deepEqual(ask("GET", "/"), ["mocka v3 mockb v3 mockc v1"]);
  });

  it("can leave the rest to nobody", () => {
    const closed = laneGroupSchema.parse(with_({ routes: [orders], rest: "reject" }));
    assert.equal(explain([closed], { host: "a", path: "/" }).status, 404);
    assert.deepEqual(
      entryServices(closed).map(({ name }) => name),
      ["mockb"],
    );
  });

  it("are a change that a diff shows with a request", () => {
    const { moves } = diffLanes(sideOf("before", s4Input), sideOf("after", with_({ routes: [orders] })));
    const [region] = moves.flatMap(({ regions }) => regions);
    assert.equal(region?.after, "shop/entry/mockb");
    assert.match(region.witness?.curl ?? "", /\/orders/);
  });

  it("are told by a diff where only the path that arrives or the cookie changes", () => {
    const told = (before: object, after: object) =>
      diffLanes(sideOf("before", with_(before)), sideOf("after", with_(after))).changes.map(({ kind, text }) => [
        kind,
        text,
      ]);
    const rewrites = told({ routes: [orders] }, { routes: [{ ...orders, rewrite: "/v1/" }] });
    assert.ok(rewrites.length > 0);
    for (const [kind, text] of rewrites) {
      assert.equal(kind, "moved");
      assert.match(text ?? "", /the path rewritten \/orders… as \/v1\/…, before rewritten \/orders… as \/…/);
    }
    const cookies = told({}, { sticky: { secure: true } });
    assert.deepEqual(cookies, [
      [
        "cookie",
        "answers to requests that name no lane set the cookie mesh-lane-shop=v1; Path=/; Secure; HttpOnly; SameSite=Lax, before mesh-lane-shop=v1; Path=/; HttpOnly; SameSite=Lax",
      ],
    ]);
  });

  for (const [title, entry, expected] of [
    [
      "one that is never reached",
      {
        routes: [
          { ...orders, method: undefined },
          { ...orders, name: "late" },
        ],
      },
      "g.entry.routes[1]: route late is never reached: route mockb takes all of its requests first",
    ],
    [
      "one that takes everything",
      { routes: [{ service: "mockb" }] },
      "g.entry.routes[0]: route mockb takes every request",
    ],
    [
      "a service that is none",
      { routes: [{ ...orders, service: "nobody" }] },
      'g.entry.routes[0].service: unknown service "nobody"',
    ],
    [
      "a path to replace that is none",
      { routes: [{ service: "mockb", method: "GET", rewrite: "/" }] },
      "g.entry.routes[0].rewrite: rewrite without path: there is nothing to replace",
    ],
    [
      "a host that the entry has not",
      { hosts: ["a.com"], routes: [{ ...orders, hosts: ["b.com"] }] },
      'g.entry.routes[0].hosts[0]: got "b.com"',
    ],
    [
      "two of one name",
      { routes: [orders, { ...orders, path: { prefix: "/other" } }] },
      'g.entry.routes[1].name: route "mockb" is there twice',
    ],
    ["the rest of nothing", { rest: "reject" }, "g.entry.rest: rest: reject without routes: every request is rejected"],
  ] as const) {
    it(`refuse ${title}`, () =>
      assert.ok(problems(with_(entry)).includes(expected), problems(with_(entry)).join("\n")));
  }

  it("say one condition with a lane's own where one is within the other, and refuse what they cannot", () => {
    const lanes = (path: object) =>
      s4Input.lanes.map((lane) => (lane.name === "v3" ? { ...lane, match: { path } } : lane));
    const within = laneGroupSchema.parse(with_({ routes: [orders] }, { lanes: lanes({ exact: "/orders/7" }) }));
    const rule = entryRules(within).find(({ name }) => name === "shop/entry/mockb/v3");
    assert.deepEqual(rule?.match.path, { kind: "exact", value: "/orders/7" });
    assert.deepEqual(problems(with_({ routes: [orders] }, { lanes: lanes({ regex: ".*7" }) })), [
      "g.lanes[2].match: lane v3 and route mockb each have a condition for path, and neither implies the other",
    ]);
    // No request has both.
    const apart = laneGroupSchema.parse(with_({ routes: [orders] }, { lanes: lanes({ exact: "/elsewhere" }) }));
    assert.ok(!entryRules(apart).some(({ name }) => name === "shop/entry/mockb/v3"));
  });

  it("are refused by swimlanes", () => {
    const found = problems({ ...with_({ routes: [orders] }), asmWay: "swimlanes" }, "asm");
    assert.ok(
      found.some((problem) => problem.startsWith("g.entry.routes: 1 routes")),
      found.join("\n"),
    );
  });
});

describe("a path that an entry replaces", () => {
  for (const [path, rewrite, sent, got, written] of [
    [{ prefix: "/api" }, "/v1", "/api/7", "/v1/7", { uri: "/v1" }],
    [{ prefix: "/api" }, "/", "/api/7", "/7", { uriRegexRewrite: { match: "^/api/?(.*)$", rewrite: "/\\1" } }],
    [{ prefix: "/api" }, "/", "/api", "/", { uriRegexRewrite: { match: "^/api/?(.*)$", rewrite: "/\\1" } }],
    [{ prefix: "/api/" }, "/", "/api/7", "/7", { uri: "/" }],
    [{ exact: "/old" }, "/new", "/old", "/new", { uri: "/new" }],
  ] as const) {
    it(`${JSON.stringify(path)} as ${rewrite}: ${sent} becomes ${got}`, () => {
      const parsed = laneGroupSchema.parse(with_({ routes: [{ service: "mockb", path, rewrite }] }));
      const [route] = parsed.entry.routes;
      const found = route && rewriteOf(route);
      assert.ok(route && found);
      assert.equal(rewritten(found, sent), got);
      assert.deepEqual(istioRewrite(found, route.path), written);
    });
  }
});

describe("a lane that is entered in several ways", () => {
  const input = {
    ...s2Input,
    lanes: [
      ...s2Input.lanes.slice(0, 2),
      { name: "s3", version: "v3", match: [{ headers: { "x-a": "1" } }, { cookies: { a: "1" } }, { method: "PUT" }] },
    ],
  } as LaneGroupInput;

  it("has a rule for each, and takes whoever fits one of them", () => {
    assert.deepEqual(problems(input), []);
    const parsed = laneGroupSchema.parse(input);
    const own = entryRules(parsed).filter(({ lane }) => lane === "s3");
    assert.deepEqual(
      own.map(({ name }) => name),
      ["test/entry/s3", "test/entry/s3/2", "test/entry/s3/3"],
    );
    const enters = (headers: Record<string, string>, method = "GET") => {
      const found = explain([parsed], { host: "a", path: "/mock", method, headers });
      return found.status === "routed" ? found.outcomes[0]?.lane : found.status;
    };
    assert.deepEqual(
      [enters({ "x-a": "1" }), enters({ cookie: "b=2; a=1" }), enters({}, "PUT"), enters({ "x-a": "2" })],
      ["s3", "s3", "s3", 404],
    );
  });

  it("refuses conditions that are none", () => {
    assert.equal(laneGroupSchema.safeParse({ ...input, lanes: [{ name: "v1", match: [] }] }).success, false);
    assert.match(
      problems({ ...input, lanes: [{ name: "v1", match: [{}] }] } as LaneGroupInput).join("\n"),
      /got an empty match/,
    );
  });
});

describe("the cookie of weights", () => {
  const cookie = (sticky: unknown) => setStickyCookie(laneGroupSchema.parse(with_({ sticky })), "v2");

  it("has attributes of its own", () => {
    assert.equal(cookie(true), "mesh-lane-shop=v2; Path=/; HttpOnly; SameSite=Lax");
    assert.equal(
      cookie({ cookie: "lane", sameSite: "None", secure: true, maxAge: 60, domain: "example.com", path: "/shop" }),
      "lane=v2; Path=/shop; Domain=example.com; Max-Age=60; Secure; HttpOnly; SameSite=None",
    );
  });

  it("is sent over HTTPS only where the gateway serves nothing else", () => {
    const https = { name: "https", port: 443, protocol: "HTTPS", credentialName: "c" };
    const redirect = { name: "http", port: 80, protocol: "HTTP", redirect: true };
    const secure = (...ports: object[]) => {
      const [parsed] = parseStackConfig({ gateway: { ports }, laneGroups: [s4Input] }).laneGroups;
      return parsed?.entry.sticky !== false && parsed?.entry.sticky.secure === true;
    };
    assert.deepEqual(
      [secure(https), secure(https, redirect), secure({ ...redirect, redirect: false }, https)],
      [true, true, false],
    );
  });

  for (const [title, sticky, expected] of [
    [
      "cross-site without HTTPS",
      { sameSite: "None" },
      "g.entry.sticky.sameSite: None without secure: browsers refuse such a cookie",
    ],
    ["a name that is none", { cookie: "a b" }, 'g.entry.sticky.cookie: got "a b"'],
    [
      "a path that the entry is not below",
      { path: "/elsewhere" },
      'g.entry.sticky.path: "/elsewhere": requests of the entry on other paths would not send the cookie',
    ],
  ] as const) {
    it(`refuses ${title}`, () => assert.deepEqual(problems(with_({ sticky })), [expected]));
  }

  it("refuses one name for two groups of a host", () => {
    const other = { ...with_({ sticky: { cookie: "lane" } }), name: "other", namespace: "else" };
    const found = validateLaneGroups([
      { path: "a", input: with_({ sticky: { cookie: "lane" } }) },
      { path: "b", input: other },
    ]).map(({ path }) => path);
    assert.ok(found.includes("b.entry.sticky.cookie"), found.join());
  });
});
