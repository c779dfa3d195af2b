import assert from "node:assert/strict";
import { renderRoutes } from "../../../../../components/lanes/asm/routes";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { explain } from "../../../../../components/lanes/explain";
import type { RenderedObject } from "../../../../../components/lanes/object";
import { entryRules } from "../../../../../components/lanes/rules";
import { type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { topologyOf } from "../../../../../components/lanes/topology/model";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { sideOf } from "../diff/sides";
import { pick, render } from "../istio/rendered";

type Route = Record<string, unknown> & { name: string };
type Cors = NonNullable<NonNullable<LaneGroupInput["policy"]>["cors"]>;

const app = "https://app.example.com";
const parse = (input: LaneGroupInput) => laneGroupSchema.parse(input);
const routesOf = (object: Pick<RenderedObject, "spec"> | undefined) => (object?.spec.http ?? []) as Route[];
const problems = (...inputs: LaneGroupInput[]) =>
  validateLaneGroups(inputs.map((input, index) => ({ path: `g${index}`, input }))).map(
    ({ path, got }) => `${path}: ${got}`,
  );

/** Entered by a header alone: a preflight has none, and fits no rule of a lane. */
const strict: LaneGroupInput = {
  name: "shop",
  mode: "strict",
  services: [{ name: "web", port: 80, versions: ["s1", "s2"], calls: [] }],
  entry: { service: "web", gateway: "istio-system/ingressgateway", path: { prefix: "/mock" }, header: "x-lane-entry" },
  lanes: [{ name: "s1" }, { name: "s2" }],
};

/** Entered by weights, with a cookie. */
const weighted: LaneGroupInput = {
  name: "shop",
  mode: "permissive",
  routeHeader: "x-lane",
  baseline: "v1",
  services: [
    { name: "web", port: 80, versions: ["v1", "v2"], calls: [] },
    { name: "orders", port: 80, versions: ["v1"], calls: [] },
  ],
  entry: { service: "web", gateway: "istio-system/ingressgateway" },
  lanes: [
    { name: "v1", weight: 50 },
    { name: "v2", weight: 50, match: [{ headers: { "x-beta": "yes" } }, { cookies: { lane: "v2" } }] },
  ],
};

const withCors = (input: LaneGroupInput, cors: Cors, entry: object = {}): LaneGroupInput => ({
  ...input,
  entry: { ...input.entry, ...entry, policy: { cors } },
});

const preflight = (path: string, headers: Readonly<Record<string, string>> = {}) => ({
  ...{ host: "a.example.com", path, method: "OPTIONS" },
  headers: { origin: app, "access-control-request-method": "GET", ...headers },
});

const usual: Cors = { allowOrigins: [app] };

describe("cors", () => {
  it("is in front of the rules that ask for a lane's header, for a service and none of its lanes", () => {
    const full: Cors = {
      allowOrigins: [app, { prefix: "http://localhost:" }, { regex: "https://[a-z]+\\.example\\.com" }],
      allowMethods: ["GET", "PUT"],
      allowHeaders: ["content-type"],
      exposeHeaders: ["etag"],
      maxAge: "10m",
      allowCredentials: true,
    };
    const group = parse(withCors(strict, full));
    assert.deepEqual(problems(withCors(strict, full)), []);
    const corsPolicy = {
      allowOrigins: [{ exact: app }, { prefix: "http://localhost:" }, { regex: "https://[a-z]+\\.example\\.com" }],
      allowMethods: ["GET", "PUT"],
      allowHeaders: ["content-type", "x-lane-entry"],
      exposeHeaders: ["etag"],
      maxAge: "600s",
      allowCredentials: true,
    };
    const match = (origin: string) => [
      {
        uri: { prefix: "/mock" },
        method: { exact: "OPTIONS" },
        headers: { "access-control-request-method": { regex: ".+" }, origin: { regex: origin } },
      },
    ];
    const [allowed, others, ...lanes] = routesOf(pick(group, "VirtualService default/shop"));
    assert.deepEqual(allowed, {
      name: "shop/entry/OPTIONS",
      match: match("https://app\\.example\\.com|http://localhost:.*|(?:https://[a-z]+\\.example\\.com)"),
      corsPolicy,
      route: [{ destination: { host: "web.default.svc.cluster.local", port: { number: 80 } } }],
    });
    assert.deepEqual(others, {
      name: "shop/entry/OPTIONS/others",
      match: match(".+"),
      directResponse: { status: 403 },
    });
    assert.deepEqual(
      lanes.map((route) => [route.name, route.corsPolicy]),
      [
        ["shop/entry/s1", corsPolicy],
        ["shop/entry/s2", corsPolicy],
      ],
    );
  });

  it("is on no route between services, and changes nothing else", () => {
    const cors = { ...weighted, policy: { cors: usual } };
    const between = (input: LaneGroupInput) =>
      render(parse(input)).filter(({ kind, metadata }) => kind !== "VirtualService" || metadata.name !== "shop");
    assert.deepEqual(between(cors), between(weighted));
    const plain = routesOf(pick(parse(weighted), "VirtualService default/shop"));
    const routes = routesOf(pick(parse(cors), "VirtualService default/shop")).slice(2);
    assert.deepEqual(
      routes.map(({ corsPolicy: _, ...route }) => route),
      plain,
    );
    assert.ok(routes.every(({ corsPolicy }) => corsPolicy !== undefined));
  });

  it("lets pages send what lanes are entered by, and read what tells them", () => {
    const input: LaneGroupInput = withCors(weighted, usual, {
      header: "x-lane",
      routes: [{ service: "orders", path: "/orders", headers: { "x-kind": "a", "user-agent": "b", cookie: "c" } }],
    });
    const policy = (group: LaneGroupInput) => entryRules(parse(group)).find(({ cors }) => cors)?.cors;
    assert.deepEqual(policy({ ...input, responseHeaders: true })?.exposeHeaders, ["x-mesh-lane", "x-mesh-version"]);
    assert.deepEqual(policy(input)?.allowHeaders, ["x-lane", "x-kind", "user-agent", "x-beta"]);
    assert.deepEqual(policy(withCors(weighted, { ...usual, allowHeaders: ["*"] }))?.allowHeaders, ["*"]);
    assert.deepEqual(policy(withCors(weighted, { ...usual, allowHeaders: ["X-Beta"] }))?.allowHeaders, ["X-Beta"]);
  });

  it("of a service holds for its own route of the entry, whatever method the route is for", () => {
    const [web = { name: "web", port: 80, versions: [] }, orders = web] = weighted.services;
    const input: LaneGroupInput = {
      ...weighted,
      services: [web, { ...orders, policy: { cors: usual } }],
      entry: { ...weighted.entry, routes: [{ service: "orders", path: { prefix: "/api" }, method: "PUT" }] },
    };
    assert.deepEqual(problems(input), []);
    const rules = entryRules(parse(input)).filter(({ kind }) => kind === "preflight");
    assert.deepEqual(
      rules.map(({ name, match }) => [name, match.path, match.headers["access-control-request-method"]]),
      ["", "/others"].map((end) => [
        `shop/entry/orders/OPTIONS${end}`,
        { kind: "prefix", value: "/api" },
        { kind: "exact", value: "PUT" },
      ]),
    );
    const asked = (method: string) =>
      explain([parse(input)], preflight("/api/1", { "access-control-request-method": method }));
    assert.equal(asked("PUT").status, 200);
    // What the route does not take is for the rest, which has no policy.
    assert.equal(asked("POST").status, "routed");
  });

  it("answers for the paths of lanes, too", () => {
    const input: LaneGroupInput = withCors(
      { ...strict, lanes: [{ name: "s1" }, { name: "s2", match: { path: "/beta", headers: { "x-a": "1" } } }] },
      { allowOrigins: ["*"] },
    );
    assert.deepEqual(problems(input), []);
    const preflights = entryRules(parse(input)).filter(({ kind }) => kind === "preflight");
    assert.deepEqual(
      preflights.map(({ name, match }) => [name, match.path?.value]),
      [
        ["shop/entry/OPTIONS", "/mock"],
        ["shop/entry/OPTIONS/2", "/beta"],
      ],
    );
    const status = (path: string) => explain([parse(input)], preflight(path)).status;
    assert.deepEqual(["/mock/a", "/beta", "/other"].map(status), [200, 200, 404]);
  });

  it("is told by explain: what is allowed, what the browser then does, and that nobody enters a lane", () => {
    const group = parse(withCors(weighted, { ...usual, allowMethods: ["PUT"] }));
    const asked = (headers: Readonly<Record<string, string>>) => {
      const found = explain([group], preflight("/", headers));
      assert.ok("kind" in found && found.kind === "preflight");
      return [found.status, found.rule, found.why.replace(/^.*?, /, ""), found.cors.length > 0];
    };
    const allowed = "shop/entry/OPTIONS";
    const sends = "and cors allows its origin: the browser sends the request";
    const not = (what: string) => `and cors allows its origin, but not ${what}: the browser does not send the request`;
    assert.deepEqual(asked({ "access-control-request-method": "PUT" }), [200, allowed, sends, true]);
    assert.deepEqual(asked({ "access-control-request-headers": "x-beta" }), [200, allowed, sends, true]);
    assert.deepEqual(
      asked({ "access-control-request-method": "DELETE", "access-control-request-headers": "x-a,x-beta" }),
      [...[200, allowed, not("method DELETE, header x-a"), true]],
    );
    assert.deepEqual(asked({ origin: "https://other.example.com" }), [
      ...[
        403,
        "shop/entry/OPTIONS/others",
        "and cors does not allow its origin: the browser does not send the request",
        false,
      ],
    ]);
  });

  it("is not for requests that are no preflights", () => {
    const group = parse(withCors(weighted, usual));
    const others: readonly Readonly<Record<string, string>>[] = [
      { origin: app },
      { "access-control-request-method": "GET" },
      { origin: "", "access-control-request-method": "GET" },
    ];
    for (const headers of others) {
      assert.equal(explain([group], { host: "a", path: "/", method: "OPTIONS", headers }).status, "routed");
    }
    const get = explain([group], { ...preflight("/"), method: "GET" });
    assert.equal(get.status, "routed");
    assert.deepEqual(get.outcomes[0]?.hops[0]?.policy, [`CORS for ${app}`, "CORS headers x-beta"]);
  });

  it("joins the lines of an origin, as Envoy does", () => {
    const group = parse(withCors(weighted, usual));
    const status = (origin: readonly string[]) =>
      explain([group], { ...preflight("/"), headers: { origin, "access-control-request-method": "GET" } }).status;
    assert.deepEqual([[app], ["", app], [app, app], [""]].map(status), [200, 200, 403, "routed"]);
  });

  it("that is none leaves preflights to the lanes, and explain says so", () => {
    const told = (input: LaneGroupInput) => explain([parse(input)], preflight("/mock"));
    const routed = told(weighted);
    assert.equal(routed.status, "routed");
    assert.match(routed.why, /weights decide; it is a browser's preflight.* no cors answers/);
    const rejected = told(strict);
    assert.equal(rejected.status, 404);
    assert.match(rejected.why, /fits this request, a browser's preflight/);
  });

  it("is a change that a diff shows by a preflight", () => {
    const report = diffLanes(sideOf("before", strict), sideOf("after", withCors(strict, usual)));
    const policy = report.changes.find(({ kind }) => kind === "route-policy");
    assert.equal(policy?.text, `the entry: CORS for ${app}, CORS headers x-lane-entry; before no policy`);
    const moved = report.moves.find(({ text }) => text.includes("answers 200"));
    assert.ok(moved, JSON.stringify(report.moves));
    assert.match(moved.text, /404 -> the gateway answers 200, CORS for https:\/\/app\.example\.com/);
    const [region] = moved.regions;
    assert.equal(region?.before, null);
    assert.equal(region?.after, "shop/entry/OPTIONS");
    assert.deepEqual([region?.witness?.method, region?.witness?.headers.origin], ["OPTIONS", app]);
    assert.equal(report.routes.after["shop/entry/OPTIONS"]?.kind, "preflight");
    assert.deepEqual(
      report.changes.filter(({ kind }) => kind === "lost" || kind === "dead-rule"),
      [],
    );
    const narrower = diffLanes(
      sideOf("before", withCors(weighted, { allowOrigins: [app, "https://b.example.com"] })),
      sideOf("after", withCors(weighted, { allowOrigins: ["https://b.example.com"] })),
    );
    assert.ok(narrower.moves.some(({ text }) => /answers 200.* -> the gateway answers 403$/.test(text)));
    const origins = narrower.moves.flatMap(({ regions }) => regions.map(({ witness }) => witness?.headers.origin));
    assert.ok(origins.includes(app), String(origins));
    const lost = diffLanes(sideOf("before", withCors(strict, usual)), sideOf("after", strict));
    assert.equal(lost.verdict.risk, "danger");
  });

  it("is in the picture of a group", () => {
    assert.ok(topologyOf(parse(withCors(strict, usual))).gateway.facts.includes(`CORS for ${app}`));
  });

  it("is the same on ASM by routes, and refused by swimlanes once", () => {
    const input = withCors(strict, usual);
    const asm = renderRoutes(parse(input)).find(
      ({ kind, metadata }) => kind === "VirtualService" && metadata.name === "shop",
    );
    const istio = pick(parse(input), "VirtualService default/shop");
    assert.deepEqual(routesOf(asm).slice(0, 2), routesOf(istio).slice(0, 2));
    const refused = validateLaneGroups([{ path: "g", input: { ...input, asmWay: "swimlanes" } }], "asm");
    assert.deepEqual(
      refused.map(({ path }) => path),
      ["g.entry.policy"],
    );
  });

  for (const [title, cors, expected] of [
    ["a host for an origin", { allowOrigins: ["app.example.com"] }, 'allowOrigins[0]: got "app.example.com"'],
    ["a path", { allowOrigins: [`${app}/`] }, `allowOrigins[0]: got "${app}/"`],
    ["the usual port", { allowOrigins: [`${app}:443`] }, `allowOrigins[0]: got "${app}:443"`],
    ["a wildcard within", { allowOrigins: ["https://*.example.com"] }, 'allowOrigins[0]: got "https://*.example.com"'],
    ["a prefix without a scheme", { allowOrigins: [{ prefix: "app." }] }, 'allowOrigins[0]: got "app."'],
    [
      "a regex that RE2 lacks",
      { allowOrigins: [{ regex: "(?=a)" }] },
      'allowOrigins[0]: regex "(?=a)": RE2 has no lookahead or lookbehind',
    ],
    [
      "a regex that Envoy takes for all origins",
      { allowOrigins: [{ regex: ".*" }] },
      'allowOrigins[0]: regex ".*", which fits the text *: Envoy takes it for any origin',
    ],
    [
      "credentials for all",
      { allowOrigins: ["*"], allowCredentials: true },
      'allowOrigins[0]: "*" with allowCredentials, which lets any site act for the user too',
    ],
    [
      "credentials for a prefix that strangers have",
      { allowOrigins: [{ prefix: app }], allowCredentials: true },
      `allowOrigins[0]: "${app}" with allowCredentials, which lets ${app}.invalid act for the user too`,
    ],
    [
      "credentials for all headers",
      { allowOrigins: [app], allowHeaders: ["*"], allowCredentials: true },
      "allowHeaders: * with allowCredentials: browsers take it for a name then",
    ],
    ["a method in small letters", { allowOrigins: [app], allowMethods: ["put"] }, 'allowMethods[0]: got "put"'],
    ["a header with its value", { allowOrigins: [app], allowHeaders: ["x-a: b"] }, 'allowHeaders[0]: got "x-a: b"'],
    ["all beside some", { allowOrigins: [app], exposeHeaders: ["*", "etag"] }, "exposeHeaders: * beside others"],
    ["less than seconds", { allowOrigins: [app], maxAge: "1500ms" }, 'maxAge: got "1500ms"'],
  ] as const satisfies readonly (readonly [string, Cors, string])[]) {
    it(`refuses ${title}`, () => {
      assert.deepEqual(problems(withCors(strict, cors)), [`g0.entry.policy.cors.${expected}`]);
    });
  }

  it("takes credentials for prefixes and regexes that no stranger has", () => {
    const allowOrigins = [
      { prefix: "http://localhost:" },
      { regex: "https://([a-z]+\\.)?example\\.com" },
      "capacitor://app",
    ];
    assert.deepEqual(problems(withCors(strict, { allowOrigins, allowCredentials: true })), []);
  });

  it("refuses it on a service that browsers do not reach, and beside the entry's", () => {
    const services = weighted.services.map((service) => ({ ...service, policy: { cors: usual } }));
    assert.deepEqual(problems({ ...weighted, services }), [
      "g0.services[1].policy.cors: cors of orders, which no request from outside goes to: browsers are not in the mesh",
    ]);
    assert.deepEqual(problems(withCors({ ...weighted, services: services.slice(0, 1) }, usual)), [
      "g0.services[0].policy.cors: cors of web beside that of the entry, which wins",
    ]);
  });

  it("refuses two policies that a preflight cannot tell apart", () => {
    const [web = { name: "web", port: 80, versions: [] }, orders = web] = weighted.services;
    const to = (route: object, both = false): LaneGroupInput => ({
      ...weighted,
      services: [{ ...web, policy: { cors: usual } }, both ? { ...orders, policy: { cors: usual } } : orders],
      entry: { ...weighted.entry, routes: [{ service: "orders", ...route }] },
    });
    const got = (why: string) => [
      `g0.entry.routes[0]: route orders has no cors than the rest, for web, and ${why}`.replace(
        "no cors than",
        "no cors, other than",
      ),
    ];
    assert.deepEqual(
      problems(to({ headers: { "x-a": "1" } })),
      got("a preflight has no headers by which they are told apart"),
    );
    assert.deepEqual(problems(to({ path: "/a", method: "PUT" })), got("a preflight has the method OPTIONS"));
    assert.deepEqual(problems(to({ path: "/a" })), []);
    assert.deepEqual(problems(to({ headers: { "x-a": "1" } }, true)), []);
  });

  it("of groups on one host has to be one, unless their paths differ", () => {
    const other = (cors: Cors, path: string): LaneGroupInput =>
      withCors(
        {
          ...strict,
          name: "other",
          services: [{ ...strict.services[0], name: "api" }] as never,
          lanes: [
            { name: "t1", version: "s1" },
            { name: "t2", version: "s2" },
          ],
        },
        cors,
        {
          service: "api",
          path: { prefix: path },
        },
      );
    assert.deepEqual(problems(withCors(strict, usual), other(usual, "/mock")), []);
    assert.deepEqual(problems(withCors(strict, usual), other({ allowOrigins: ["*"] }, "/api")), []);
    assert.equal(problems(withCors(strict, usual), other({ ...usual, maxAge: "1m" }, "/mock")).length, 1);
  });
});
