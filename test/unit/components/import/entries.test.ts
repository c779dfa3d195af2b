import assert from "node:assert/strict";
import { istio, proposed, service, versioned } from "./fixtures";

const services = ["web", "orders", "stock"].flatMap((name) => versioned(name, "v1"));
const to = (host: string, port?: number) => [
  { destination: { host, ...(port !== undefined && { port: { number: port } }) } },
];
const route = (host: string, match?: object, more: object = {}) => ({
  ...(match && { match: [match] }),
  route: to(host),
  ...more,
});
const front = (http: readonly object[], more: object = {}, name = "front") =>
  istio("VirtualService", name, { hosts: ["shop.example.com"], gateways: ["istio-system/public"], http, ...more });
const path = (value: string, kind = "prefix") => ({ uri: { [kind]: value } });

const entryOf = (manifests: readonly object[], options: Parameters<typeof proposed>[1] = { entry: "web" }) => {
  const { group, of, findings } = proposed([...services, ...manifests], options);
  const { service: name, hosts, path: own, routes, policy } = group.entry;
  return {
    group,
    name,
    hosts,
    path: own,
    routes,
    policy,
    findings,
    left: of("left out").join("\n"),
    notes: of("note").join("\n"),
  };
};

describe("routes of a gateway to several services", () => {
  it("become routes of the entry, in their order: paths, methods, headers, queries and rewrites", () => {
    const { name, routes, left } = entryOf(
      [
        front([
          route("orders", path("/api/orders"), { rewrite: { uri: "/" } }),
          route("stock", { ...path("/api/stock", "exact"), method: { exact: "GET" } }),
          route("stock", {
            ...path("/s/.*", "regex"),
            headers: { "x-a": { prefix: "b" } },
            queryParams: { q: { exact: "1" } },
          }),
          route("web"),
        ]),
      ],
      {},
    );
    assert.equal(name, "web");
    assert.deepEqual(routes, [
      { service: "orders", path: { prefix: "/api/orders" }, rewrite: "/" },
      { service: "stock", path: { exact: "/api/stock" }, method: { exact: "GET" } },
      {
        ...{ name: "stock-2", service: "stock", path: { regex: "/s/.*" } },
        ...{ headers: { "x-a": { prefix: "b" } }, query: { q: { exact: "1" } } },
      },
    ]);
    assert.equal(left, "");
  });

  it("leave the entry its path, and are in its hosts", () => {
    const found = entryOf([front([route("web", path("/", "exact")), route("orders", path("/api/orders"))])]);
    assert.deepEqual(
      [found.path, found.hosts, found.routes],
      ["/", ["shop.example.com"], [{ service: "orders", path: { prefix: "/api/orders" } }]],
    );
  });

  it("come from other objects of the gateway too, by their hosts where these are narrower or others", () => {
    const { hosts, routes, left } = entryOf([
      front([route("web")]),
      front([route("orders", path("/orders"))], {}, "same-hosts"),
      front([route("stock")], { hosts: ["stock.example.com"] }, "other-host"),
      front([route("orders", path("/x"))], { hosts: ["*.example.org"] }, "leaves-some"),
      front([route("orders", path("/y"))], { hosts: ["*"] }, "wider"),
      front([route("orders", path("/z"))], { gateways: ["istio-system/other"] }, "other-gateway"),
    ]);
    assert.deepEqual(hosts, ["shop.example.com", "stock.example.com"]);
    assert.deepEqual(routes, [
      { service: "stock", hosts: ["stock.example.com"] },
      { service: "orders", path: { prefix: "/orders" } },
    ]);
    assert.match(
      left,
      /leaves-some, http\[0\]: it leads to orders, and its host \*\.example\.org is not one of the entry's/,
    );
    assert.match(left, /wider, http\[0\]: it leads to orders, and its host \* takes in others/);
    assert.match(left, /entries: requests come in at orders \(\/z\) too, by other gateways/);
  });

  it("come first where their host is within the entry's", () => {
    const { hosts, routes } = entryOf([
      front([route("orders", path("/orders")), route("web")], { hosts: ["*"] }),
      front([route("stock", path("/s"))], { hosts: ["stock.example.com"] }, "narrow"),
    ]);
    assert.equal(hosts, undefined);
    assert.deepEqual(routes, [
      { service: "stock", path: { prefix: "/s" }, hosts: ["stock.example.com"] },
      { service: "orders", path: { prefix: "/orders" } },
    ]);
  });

  it("keep one to the entry's service in front where it takes some of the requests of the next", () => {
    const first = route("web", { ...path("/orders"), method: { exact: "GET" } });
    const { routes } = entryOf([front([first, route("orders", path("/orders/new")), route("web")])]);
    assert.deepEqual(routes, [
      { service: "web", path: { prefix: "/orders" }, method: { exact: "GET" } },
      { service: "orders", path: { prefix: "/orders/new" } },
    ]);
  });

  it("stay in the findings where no request reaches them today, or a route of the entry has no words for them", () => {
    const { routes, left } = entryOf([
      front([
        route("web", path("/a")),
        route("orders", path("/a/b")),
        route("orders", { ...path("/b"), withoutHeaders: { x: { exact: "y" } } }),
        route("orders", path("/c"), { rewrite: { authority: "other" } }),
        route("orders", { uri: { prefix: "/d" }, ignoreUriCase: true }),
        route("orders", path("(", "regex")),
        route("orders", { ...path("/e"), method: { exact: "get" } }),
        route("orders", { headers: { "x-lane-entry": { exact: "v2" } } }),
        { ...route("orders", path("/f")), route: to("orders", 81) },
        route("nobody", path("/g")),
        { match: [path("/h")], redirect: { uri: "/" } },
        route("stock", path("/i")),
      ]),
    ]);
    assert.deepEqual(routes, [{ service: "stock", path: { prefix: "/i" } }]);
    for (const [index, why] of [
      [1, /it is never reached/],
      [2, /has no withoutHeaders/],
      [3, /has no rewrite\.authority/],
      [4, /has no uri, ignoreUriCase/],
      [5, /regex "\("/],
      [6, /got "get"/],
      [7, /it asks for x-lane-entry/],
      [8, /leads to port 81/],
      [9, /no Service that was read/],
      [10, /no Service that was read/],
    ] as const) {
      const line = left.split("\n").find((each) => each.includes(`http[${index}]:`)) ?? `nothing of ${index}`;
      assert.match(line, why);
    }
  });

  it("tell what requests to the entry's own service have today and the rest of the entry has not", () => {
    const { path: own, notes } = entryOf([
      front([route("web", { ...path("/w"), method: { exact: "GET" } }, { rewrite: { uri: "/" } })]),
    ]);
    assert.deepEqual(own, { prefix: "/w" });
    assert.match(notes, /front, http\[0\]: it has method, rewrite too, which the proposal does not/);
  });

  it("have names that no lane and no other route has", () => {
    const all = [...versioned("v2", "v1"), ...versioned("stock2", "v1", "v2")];
    const { routes } = entryOf([...all, front([route("v2", path("/a")), route("v2", path("/b")), route("web")])]);
    assert.deepEqual(
      routes?.map(({ name }) => name),
      ["v2-2", "v2-3"],
    );
  });

  it("lead to the service whose pods the one that they name has", () => {
    const alias = service(
      "orders-public",
      { app: "orders" },
      { ports: [{ name: "http", port: 8080 }], type: "NodePort" },
    );
    const { routes } = entryOf([
      alias,
      front([{ ...route("orders-public", path("/o")), route: to("orders-public", 8080) }, route("web")]),
    ]);
    assert.deepEqual(routes, [{ service: "orders", path: { prefix: "/o" } }]);
  });

  it("ask for no host that the gateway of the lanes does not serve", () => {
    const gateway = istio("Gateway", "lanes", { servers: [{ hosts: ["shop.example.com"] }] });
    const own = { ...gateway, metadata: { ...gateway.metadata, namespace: "web-gateway" } };
    const other = front([route("stock")], { hosts: ["stock.example.com"] }, "other-host");
    assert.deepEqual(entryOf([front([route("web")]), other]).hosts, ["shop.example.com", "stock.example.com"]);
    const { hosts, left } = entryOf([own, front([route("web")]), other]);
    assert.deepEqual(hosts, ["shop.example.com"]);
    assert.match(left, /its host stock\.example\.com is none of the gateway/);
  });
});

describe("timeouts and retries of routes that lanes take the place of", () => {
  const retries = { attempts: 3, perTryTimeout: "1s", retryOn: "5xx,reset" };
  const mesh = (http: readonly object[], name = "orders") => istio("VirtualService", name, { hosts: [name], http });
  const policyOf = (manifests: readonly object[]) =>
    entryOf(manifests).group.services.find(({ name }) => name === "orders")?.policy;

  it("are a policy of the service whose calls they are about", () => {
    const rule = mesh([{ route: to("orders"), timeout: "3s", retries }]);
    const { group, findings } = entryOf([rule]);
    assert.deepEqual(
      group.services.map(({ policy }) => policy),
      [undefined, { timeout: "3s", retries: { attempts: 3, perTryTimeout: "1s", on: "5xx,reset" } }, undefined],
    );
    const told = findings.find(({ path: place }) => place === "VirtualService default/orders");
    assert.match(told?.fix ?? "", /written into the lane group \(timeout and retries of orders are there already\)/);
  });

  it("stay with their owner where routes differ, or a lane group cannot say the same", () => {
    const some = { match: [path("/a")], route: to("orders"), timeout: "3s" };
    assert.equal(policyOf([mesh([some, { route: to("orders") }])]), undefined);
    assert.equal(policyOf([mesh([{ route: to("orders"), timeout: "1h2m" }])]), undefined);
    assert.equal(policyOf([mesh([{ route: to("orders"), retries: { ...retries, backoff: "1s" } }])]), undefined);
    assert.equal(
      policyOf([mesh([{ route: to("orders"), timeout: "1s", retries: { ...retries, perTryTimeout: "2s" } }])]),
      undefined,
    );
    assert.equal(
      policyOf([mesh([{ route: to("orders"), retries: { ...retries, retryOn: "5xx, reset" } }])]),
      undefined,
    );
    assert.deepEqual(policyOf([mesh([{ redirect: {} }, { ...some }])]), { timeout: "3s" });
  });

  it("are the entry's where all of the gateway's routes have them, and are told where not", () => {
    const timeout = "5s";
    const same = entryOf([front([route("orders", path("/o"), { timeout }), route("web", undefined, { timeout })])]);
    assert.deepEqual(same.policy, { timeout });
    const differing = entryOf([front([route("orders", path("/o"), { timeout }), route("web")])]);
    assert.equal(differing.policy, undefined);
    assert.match(differing.notes, /VirtualService default\/front: its routes have timeouts or retries that differ/);
    const rule = mesh([{ route: to("orders"), timeout: "3s" }]);
    assert.match(
      entryOf([rule, front([route("orders", path("/o")), route("web")])]).notes,
      /policy: timeout or retries of calls to orders hold for requests that come in there too/,
    );
    assert.match(
      entryOf([front([route("orders", path("/o"), { fault: {} }), route("web")])]).notes,
      /front, http\[0\]: it has fault too/,
    );
  });

  const headers = {
    request: { set: { "x-team": "shop" }, remove: ["x-debug"] },
    response: { add: { "x-served": "a" } },
  };
  const fault = {
    delay: { percentage: { value: 10 }, fixedDelay: "2s" },
    abort: { percentage: { value: 0.5 }, httpStatus: 503 },
  };
  const corsPolicy = {
    allowOrigins: [{ exact: "https://app.example.com" }, { prefix: "https://dev.example.com:" }],
    allowMethods: ["GET", "PUT"],
    allowHeaders: ["x-a"],
    maxAge: "10m",
    allowCredentials: true,
  };

  it("have changes of headers, faults and CORS beside them", () => {
    const all = { timeout: "5s", headers, fault, corsPolicy };
    const found = entryOf([front([route("orders", path("/o"), all), route("web", undefined, all)])]);
    assert.deepEqual(found.policy, {
      timeout: "5s",
      headers,
      fault: { delay: { percent: 10, duration: "2s" }, abort: { percent: 0.5, status: 503 } },
      cors: {
        allowOrigins: ["https://app.example.com", { prefix: "https://dev.example.com:" }],
        ...{ allowMethods: ["GET", "PUT"], allowHeaders: ["x-a"], maxAge: "10m", allowCredentials: true },
      },
    });
    assert.doesNotMatch(found.notes, /too, which the proposal does not/);
    // Within the mesh there is no browser.
    const { cors: _, ...without } = found.policy ?? {};
    assert.deepEqual(policyOf([mesh([{ route: to("orders"), ...all }])]), without);
  });

  it("have none of what differs or what a lane group cannot say, and it is told", () => {
    const one = { timeout: "5s", headers, corsPolicy: { ...corsPolicy, unmatchedPreflights: "FORWARD" } };
    const found = entryOf([
      front([
        route("orders", path("/o"), one),
        route("web", undefined, { timeout: "5s", fault: { abort: { grpcStatus: "UNAVAILABLE" } } }),
      ]),
    ]);
    assert.deepEqual(found.policy, { timeout: "5s" });
    assert.match(found.notes, /front, http\[0\]: it has corsPolicy, headers too, which the proposal does not/);
    assert.match(found.notes, /front, http\[1\]: it has fault too, which the proposal does not/);
    // A header that tells the lane is not changed; what else is said stays.
    const lane = { timeout: "5s", headers: { request: { set: { "x-lane": "v9" } } } };
    const kept = entryOf([front([route("orders", path("/o"), lane), route("web", undefined, lane)])]);
    assert.deepEqual(kept.policy, { timeout: "5s" });
    assert.match(kept.notes, /front, http\[0\]: it has headers too/);
  });
});
