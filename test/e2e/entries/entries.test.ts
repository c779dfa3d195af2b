import assert from "node:assert/strict";
import { GatewayClient, type GatewayRequest } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { waitFor } from "../../../tools/poll";
import { bringUp } from "../suite-stack";
import { lanes, stack, stackEnvironment, writeGroups } from "../support";

const gateway = "http://10.200.0.2";
const versions = ["v1", "v2"];
/** Service -> the next one. */
const calls = { web: "orders", orders: "stock", users: "stock", stock: undefined };
type Service = keyof typeof calls;
const services: readonly Service[] = ["web", "orders", "users", "stock"];

/** Its requests in the baseline are copied to lane v2. */
const copied: Service = "stock";

const workload = (name: Service) => ({
  ...{ name, app: "mock", port: 8000, versions },
  ...(calls[name] && { calls: `http://${calls[name]}:8000/mock` }),
});

const group = {
  name: "shop",
  mode: "permissive",
  services: services.map((name) => ({
    ...{ name, port: 8000, versions, calls: calls[name] ? [calls[name]] : [] },
    ...(name === copied && { policy: { mirror: { lane: "v2" } } }),
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

  /** `service version` of each hop. */
  const hopsOf = async (request: GatewayRequest, headers: Readonly<Record<string, string>>) => {
    const { status, body } = await client.send({ ...request, headers });
    assert.equal(status, 200, body);
    return parseHops(body).map(({ service, version }) => `${service} ${version}`);
  };

  before(async () => {
    writeGroups(services.map(workload), [group]);
    await bringUp("--no-verify");
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

  it("copies the baseline's requests to the lane of a mirror, and answers them itself", async () => {
    const env = await stackEnvironment();
    /** Paths and marks of what a version's pods were asked since a moment. Envoy writes every 10 seconds at the latest. */
    const askedOf = async (version: string, since: string): Promise<string[]> => {
      const at = ["logs", `deployment/${copied}-${version}`, "--namespace", "default", "--container=istio-proxy"];
      const text = await runKubectl({ flags: [], env }, [...at, "--tail=-1"], { timeoutSeconds: 30 });
      const lines = text.split("\n").filter((line) => line.startsWith('{"'));
      return lines
        .map((line) => JSON.parse(line))
        .flatMap((each) => (each.start_time >= since ? [each.authority] : []));
    };
    const sent = 40;
    const send = async (lane: string) => {
      const since = new Date().toISOString();
      for (let at = 0; at < sent; at += 1) {
        const hops = await hopsOf({ path: "/api/users", headers: {} }, { cookie: `shop-lane=${lane}` });
        assert.deepEqual(hops, [`users ${lane}`, `stock ${lane}`]);
      }
      return since;
    };
    const isCopy = (authority: string) => authority.includes("-shadow");

    const since = await send("v1");
    let copies: string[] = [];
    const arrived = async () => {
      copies = (await askedOf("v2", since)).filter(isCopy);
      return copies.length >= sent;
    };
    await waitFor(() => `${sent} copies in ${copied} v2, there are ${copies.length}`, arrived, { withinMs: 20_000 });
    assert.equal(copies.length, sent);
    assert.deepEqual((await askedOf("v1", since)).filter(isCopy), []);

    // What is in the lane already is not copied.
    const after = await send("v2");
    const all = async () => (await askedOf("v2", after)).filter((authority) => !isCopy(authority)).length >= sent;
    await waitFor(`${sent} requests in ${copied} v2`, all, { withinMs: 20_000 });
    assert.deepEqual((await askedOf("v2", after)).filter(isCopy), []);
  });

  it("refuses copies to a service that writes, unless the mirror says so", async () => {
    const writing = (mirror: object) => ({
      ...group,
      services: group.services.map((service) =>
        service.name === copied ? { ...service, writes: true, policy: { mirror } } : service,
      ),
    });
    try {
      writeGroups(services.map(workload), [writing({ lane: "v2" })]);
      const refused = await lanes("up", "--stack", stack, "--no-verify");
      assert.notEqual(refused.exitCode, 0);
      assert.match(refused.stdout + refused.stderr, /copies would reach stock, which writes: twice for one request/);
      writeGroups(services.map(workload), [writing({ lane: "v2", writes: true })]);
      const { exitCode, stdout } = await lanes("matrix", "--stack", stack);
      assert.equal(exitCode, 0, stdout);
    } finally {
      writeGroups(services.map(workload), [group]);
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
