import assert from "node:assert/strict";
import { GatewayClient, type GatewayRequest } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { poll } from "../../../tools/poll";
import { bringUp } from "../suite-stack";
import { lanes, stack, stackEnvironment, writeGroups } from "../support";

const gateway = "http://10.200.0.2";
const versions = ["v1", "v2"];
/** Service -> the next one. */
const calls = { web: "orders", orders: "stock", users: "stock", stock: undefined };
type Service = keyof typeof calls;
const services: readonly Service[] = ["web", "orders", "users", "stock"];

/** Services tell their versions in different ways: by the group's label, by one of their own, and by several. */
const labels = {
  users: { v1: { ring: "inner" }, v2: { ring: "outer", tier: "b" } },
  stock: { v1: { track: "stable" }, v2: { track: "canary", tier: "b" } },
} as const;
const labelsOf = (name: Service) => (name === "users" || name === "stock" ? labels[name] : undefined);
const ownLabel = (name: Service) => (name === "orders" ? { versionLabel: "release" } : {});

const workload = (name: Service) => {
  const own = labelsOf(name);
  return {
    ...{ name, app: "mock", port: 8000, versions, ...ownLabel(name) },
    ...(own && {
      versions: Object.fromEntries(
        Object.entries(own).map(([version, each]) => [version, { pod: { metadata: { labels: each } } }]),
      ),
    }),
    ...(calls[name] && { calls: `http://${calls[name]}:8000/mock` }),
  };
};

const group = {
  name: "shop",
  mode: "permissive",
  responseHeaders: true,
  services: services.map((name) => ({
    ...{ name, port: 8000, versions, calls: calls[name] ? [calls[name]] : [] },
    ...ownLabel(name),
    ...(labelsOf(name) && { versionLabels: labelsOf(name) }),
  })),
  entry: {
    service: "web",
    gateway: "istio-system/ingressgateway",
    routes: [
      { service: "orders", path: { prefix: "/api/orders" }, rewrite: "/" },
      { service: "users", path: { exact: "/api/users" }, method: "GET" },
    ],
    sticky: { cookie: "shop-lane", sameSite: "Strict", maxAge: 3600 },
    policy: { cors: { allowOrigins: ["https://app.example.com"], allowMethods: ["GET", "PUT"], maxAge: "10m" } },
  },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [
    { name: "v1", weight: 50 },
    { name: "v2", weight: 50, match: [{ headers: { "x-lane": "v2" } }, { cookies: { lane: "v2" } }] },
  ],
};

/** A request for each entry, and the services that it goes through. */
const entries: readonly (readonly [GatewayRequest, readonly Service[]])[] = [
  [{ path: "/api/orders/7?x=1", headers: {} }, ["orders", "stock"]],
  [{ path: "/api/users", headers: {} }, ["users", "stock"]],
  // The method is none of the route's: what fits no route goes to the entry's own service.
  [{ path: "/api/users", method: "POST", headers: {} }, ["web", "orders", "stock"]],
  [{ path: "/", headers: {} }, ["web", "orders", "stock"]],
];

describe("a group with several entries", () => {
  const client = new GatewayClient(gateway);
  let env: NodeJS.ProcessEnv;

  /** `service version` of each hop. */
  const hopsOf = async (request: GatewayRequest, headers: Readonly<Record<string, string>>) => {
    const { status, body } = await client.send({ ...request, headers });
    assert.equal(status, 200, body);
    return parseHops(body).map(({ service, version }) => `${service} ${version}`);
  };

  before(async () => {
    writeGroups(services.map(workload), [group]);
    await bringUp("--no-verify");
    env = await stackEnvironment();
  });

  it("keeps the lane at each hop, from every entry, by header or by cookie", async () => {
    const ways: readonly Readonly<Record<string, string>>[] = [{ "x-lane": "v2" }, { cookie: "lane=v2" }];
    for (const headers of ways) {
      for (const [request, path] of entries) {
        for (let sent = 0; sent < 25; sent += 1) {
          assert.deepEqual(
            await hopsOf(request, headers),
            path.map((service) => `${service} v2`),
          );
        }
      }
    }
  });

  it("tells the version on answers, whatever labels the pods have", async () => {
    for (const version of versions) {
      for (const path of ["/api/users", "/api/orders", "/"]) {
        const { headers } = await client.send({ path, headers: { cookie: `shop-lane=${version}` } });
        assert.equal(headers["x-mesh-version"], version, path);
      }
    }
  });

  it("falls back from a version that several labels tell, and comes back", async () => {
    const kubectl = (...args: string[]) => runKubectl({ flags: [], env }, args, { timeoutSeconds: 60 });
    const scale = (replicas: number) =>
      kubectl("scale", "deployment", "stock-v2", "--namespace=default", `--replicas=${replicas}`);
    const [[request] = []] = entries;
    assert.ok(request);
    const seen = async (version: string) => {
      const { status, body } = await client.send({ ...request, headers: { "x-lane": "v2" } });
      const hops = status === 200 ? parseHops(body).map((hop) => `${hop.service} ${hop.version}`) : [];
      return hops.join() === `orders v2,stock ${version}`;
    };
    await scale(0);
    assert.ok(await poll(() => seen("v1"), { withinMs: 60_000, everyMs: 500 }), "stock v1 answers in lane v2");
    const status = await lanes("status", "--stack", stack);
    assert.match(
      status.stdout,
      /stock v2: Deployment default\/stock-v2 is scaled to zero: requests of lane v2 fall back to v1/,
    );
    await scale(1);
    assert.ok(await poll(() => seen("v2"), { withinMs: 120_000, everyMs: 500 }), "stock v2 answers again");
    await kubectl("rollout", "status", "deployment", "stock-v2", "--namespace=default", "--timeout=60s");
  });

  it("gives a client one lane by weight, for all of its entries, by one cookie", async () => {
    const lanesSeen = new Set<string>();
    for (let tried = 0; tried < 60 && lanesSeen.size < 2; tried += 1) {
      const [first] = entries[tried % entries.length] ?? [];
      assert.ok(first);
      const { headers } = await client.send(first);
      const [set = "", ...more] = [headers["set-cookie"] ?? []].flat();
      assert.deepEqual(more, []);
      const [, lane = ""] = /^shop-lane=(v[12]); Path=\/; Max-Age=3600; HttpOnly; SameSite=Strict$/.exec(set) ?? [];
      assert.notEqual(lane, "", set);
      if (lanesSeen.has(lane)) continue;
      lanesSeen.add(lane);
      for (const [request, path] of entries) {
        for (let sent = 0; sent < 25; sent += 1) {
          assert.deepEqual(
            await hopsOf(request, { cookie: `shop-lane=${lane}` }),
            path.map((service) => `${service} ${lane}`),
          );
        }
      }
    }
    assert.deepEqual([...lanesSeen].sort(), ["v1", "v2"]);
  });

  it("answers browsers' preflights at the gateway, for every entry: no lane, no cookie", async () => {
    const asked = async (path: string, origin: string) => {
      const headers = { origin, "access-control-request-method": "GET", "access-control-request-headers": "x-lane" };
      const answer = await client.send({ path, method: "OPTIONS", headers });
      assert.equal(answer.headers["set-cookie"], undefined);
      return [
        answer.status,
        ...["origin", "methods", "headers"].map((name) => answer.headers[`access-control-allow-${name}`]),
        answer.headers["access-control-max-age"],
      ];
    };
    for (const [{ path }] of entries) {
      const allowed = [200, "https://app.example.com", "GET,PUT", "x-lane", "600"];
      assert.deepEqual(await asked(path, "https://app.example.com"), allowed, path);
      assert.deepEqual(await asked(path, "https://other.example.com"), [403, ...Array(4).fill(undefined)], path);
      const { headers } = await client.send({ path, headers: { origin: "https://app.example.com", "x-lane": "v2" } });
      assert.equal(headers["access-control-allow-origin"], "https://app.example.com", path);
    }
  });

  it("is verified by every entry, and status finds nothing", async () => {
    const verified = await lanes("verify", "--stack", stack, "--requests", "50");
    assert.equal(verified.exitCode, 0, verified.stdout);
    for (const entry of ["orders", "users", "web"]) assert.match(verified.stdout, new RegExp(`v2 at ${entry}`));
    const { exitCode, stdout } = await lanes("status", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
  });

  after(() => client.close());
});
