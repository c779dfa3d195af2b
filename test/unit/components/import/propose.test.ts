import assert from "node:assert/strict";
import { dnsLabel, laneNames } from "../../../../components/import/names";
import { inventoryOf, propose } from "../../../systems/imported";
import { problemsOf } from "../../problems-of";
import { deployment, istio, pods, proposed, service, versioned, web } from "./fixtures";

describe("a proposed lane group", () => {
  it("declares every port that serves or is called, shows what is not lane-able, and leaves metrics alone", () => {
    const port = (number: number, name: string, more: object = {}) => ({ port: number, name, ...more });
    const ports = [
      ...[port(80, "http"), port(9000, "grpc"), port(9001, "http-metrics"), port(9090, "thrift"), port(8200, "")],
      ...[port(8201, "whatever"), port(5000, "tcp-x"), port(5001, "gossip", { protocol: "UDP" })],
    ];
    const env = [
      { name: "CART_URL", value: "http://cart" },
      { name: "CART_ADMIN", value: "http://cart:8200/" },
    ];
    const { group, of } = proposed([
      ...[service("web"), deployment("web", { app: "web", version: "v1" }, { env })],
      ...[service("cart", { app: "cart" }, { ports }), deployment("cart", { app: "cart", version: "v1" })],
    ]);
    const cart = group.services.find(({ name }) => name === "cart");
    assert.deepEqual(
      [cart?.port, cart?.ports],
      [
        80,
        [
          { port: 9000, protocol: "grpc" },
          { port: 9090, protocol: "thrift" },
          { port: 8200, protocol: "http" },
          { port: 5000, protocol: "tcp" },
          { port: 5001, protocol: "udp" },
        ],
      ],
    );
    assert.deepEqual(
      of("note").filter((note) => note.startsWith("further ports")),
      ["further ports: cart:9001 (http-metrics), cart:8201 (whatever) take requests too"],
    );
  });

  it("has a lane for what runs, and one for each version besides", () => {
    const { group, services } = proposed([...web, ...versioned("cart", "v2", "v1", "1.4.2", "Canary")]);
    assert.deepEqual(services, ["web v1", "cart v1,1.4.2,Canary,v2"]);
    assert.deepEqual(group.lanes, [
      { name: "baseline", version: "v1" },
      { name: "1-4-2", version: "1.4.2" },
      { name: "canary", version: "Canary" },
      { name: "v2" },
    ]);
  });

  for (const kind of ["StatefulSet", "DaemonSet"]) {
    it(`takes the versions of a service from ${kind}s, beside a Deployment`, () => {
      const { services, group, commands } = proposed([
        ...web,
        service("cart"),
        deployment("cart-v1", { app: "cart", version: "v1" }),
        deployment("cart-v2", { app: "cart", version: "v2" }, {}, kind),
        deployment("cart-v3", { app: "cart" }, {}, kind),
      ]);
      assert.deepEqual(services, ["web v1", "cart v1,v2"]);
      assert.deepEqual(group.lanes, [{ name: "baseline", version: "v1" }, { name: "v2" }]);
      const [label, ...more] = commands;
      assert.deepEqual(more, []);
      assert.match(label ?? "", new RegExp(`^kubectl patch ${kind.toLowerCase()} cart-v3 --namespace default `));
    });
  }

  it("keeps a service's own baseline where it differs from the others'", () => {
    const { group } = proposed([...web, ...versioned("cart", "blue")]);
    assert.deepEqual(group.lanes, [{ name: "baseline", version: "v1", versions: { cart: "blue" } }]);
  });

  it("takes for baseline what an existing route prefers, and leaves that route to its owner", () => {
    const cart = { host: "cart" };
    const routed = [
      ...web,
      ...versioned("cart", "v1", "v2"),
      istio("DestinationRule", "cart", {
        ...cart,
        subsets: [
          { name: "old", labels: { version: "v1" } },
          { name: "new", labels: { version: "v2" } },
        ],
      }),
      istio("VirtualService", "cart", {
        hosts: ["cart"],
        http: [
          { match: [{ headers: { "x-a": { exact: "b" } } }], route: [{ destination: { ...cart, subset: "old" } }] },
          {
            route: [
              { destination: { ...cart, subset: "old" }, weight: 20 },
              { destination: { ...cart, subset: "new" }, weight: 80 },
            ],
            timeout: "3s",
          },
        ],
      }),
    ];
    const { services, of, group } = proposed(routed);
    assert.deepEqual(services, ["web v1", "cart v2,v1"]);
    assert.deepEqual(of("decide"), [
      "VirtualService default/cart: it routes calls to cart already (some requests: old 100 %; old 20 %, new 80 %, timeout)",
    ]);
    assert.ok(group.lanes.some(({ name }) => name === "v1"));
  });

  it("says which routes of gateways lead to every version, with the command that names the baseline's", () => {
    const at = (gateways: string[]) => ({
      gateways,
      hosts: ["shop.example.com"],
      http: [
        { match: [{ uri: { prefix: "/cart" } }], route: [{ destination: { host: "cart.default.svc.cluster.local" } }] },
        { route: [{ destination: { host: "web", subset: "v1" } }, { destination: { host: "cart" }, weight: 1 }] },
        // A port that is not in lanes.
        { route: [{ destination: { host: "cart", port: { number: 9100 } } }] },
      ],
    });
    const { findings } = proposed([
      ...web,
      ...versioned("cart", "v1", "v2"),
      istio("VirtualService", "front", at(["edge/public", "mesh"])),
      istio("VirtualService", "within", { ...at([]), hosts: ["inner"] }),
    ]);
    const told = findings.filter(({ got }) => got.includes("names no subset"));
    assert.deepEqual(
      told.map(({ kind, path, got }) => [kind, path, got]),
      [["note", "VirtualService default/front", "it leads to cart and names no subset"]],
    );
    const patch = [0, 1].map((at) => ({
      op: "add",
      path: `/spec/http/${at}/route/${at}/destination/subset`,
      value: "version-v1",
    }));
    assert.equal(
      told[0]?.fix,
      `After the first update: kubectl patch virtualservice front --namespace default --type json --patch '${JSON.stringify(patch)}'`,
    );
  });

  it("names the labels of pods that have no `app`, by their Service's selector without the version", () => {
    const selector = { service: "cart" };
    const { group } = proposed([
      ...web,
      service("cart", { ...selector, version: "v1" }),
      deployment("cart", { ...selector, version: "v1" }),
    ]);
    assert.deepEqual(
      group.services.map(({ name, labels }) => [name, labels]),
      [
        ["web", undefined],
        ["cart", selector],
      ],
    );
  });

  it("tells subsets in the names of ours that select other pods", () => {
    const rule = (labels: object) =>
      istio("DestinationRule", "cart", { host: "cart.default", subsets: [{ name: "version-v2", labels }] });
    const chain = [...web, ...versioned("cart", "v1", "v2")];
    assert.match(
      proposed([...chain, rule({ track: "x" })])
        .of("decide")
        .join(),
      /subset version-v2 of cart selects track=x, and that of the lanes selects version=v2/,
    );
    assert.deepEqual(proposed([...chain, rule({ version: "v2" })]).of("decide"), []);
  });

  it("does not take objects of this project for somebody else's", () => {
    const ours = istio(
      "VirtualService",
      "shop.cart",
      { hosts: ["cart"], http: [] },
      { "app.kubernetes.io/managed-by": "mesh-lanes" },
    );
    assert.deepEqual(proposed([...web, ...versioned("cart", "v1"), ours]).of("decide"), []);
  });

  it("names who writes routes by himself: Argo Rollouts, Flagger", () => {
    const rollout = {
      ...deployment("cart", { app: "cart", version: "v1" }, {}, "Rollout"),
      spec: {
        ...pods({ app: "cart", version: "v1" }),
        strategy: {
          canary: { canaryService: "cart-canary", trafficRouting: { istio: { virtualService: { name: "cart" } } } },
        },
      },
    };
    const argo = proposed([...web, service("cart"), service("cart-canary", { app: "cart" }), rollout]);
    assert.deepEqual(argo.services, ["web v1", "cart v1"]);
    assert.match(argo.of("decide").join(), /Argo Rollouts writes the weights of VirtualService cart/);
    assert.match(argo.of("left out").join(), /cart-canary: Rollout default\/cart has it for pods of its own canary/);

    const canary = {
      apiVersion: "flagger.app/v1beta1",
      kind: "Canary",
      metadata: { name: "cart" },
      spec: { targetRef: { name: "cart" } },
    };
    const names = ["cart", "cart-primary", "cart-canary"];
    const flagger = proposed([...web, ...names.flatMap((name) => versioned(name, "v1")), canary]);
    assert.deepEqual(flagger.services, ["web v1", "cart v1"]);
    assert.match(flagger.of("decide").join(), /Flagger writes the weights of VirtualService cart/);
  });

  it("says which pods need a label first, with the commands", () => {
    const { of, commands } = proposed([...web, service("cart"), deployment("cart", { app: "cart" })]);
    assert.match(of("first").join(), /pod label version: pods of cart have none/);
    assert.deepEqual(commands, [
      `kubectl patch deployment cart --namespace default --type merge --patch '{"spec":{"template":{"metadata":{"labels":{"version":"v1"}}}}}'`,
    ]);
  });

  it("says of versions that take a share of all calls today that the baseline will take all", () => {
    const chain = [...web, ...versioned("cart", "v1", "v2")];
    assert.match(
      proposed(chain).of("first").join(),
      /cart: calls to it are spread over v1, v2 today, and take v1 alone/,
    );
    const route = istio("VirtualService", "cart", {
      hosts: ["cart"],
      http: [{ route: [{ destination: { host: "cart" } }] }],
    });
    assert.deepEqual(proposed([...chain, route]).of("first"), []);
  });

  it("says that two workloads count as one version, and that pods get no sidecar", () => {
    const off = deployment("cart-b", { app: "cart", version: "v1", "sidecar.istio.io/inject": "false" });
    const { of } = proposed([...web, service("cart"), deployment("cart-a", { app: "cart", version: "v1" }), off]);
    assert.match(
      of("first").join("\n"),
      /pods of cart-a, cart-b count as one version[\s\S]*sidecars: pods of cart-b get none/,
    );
    const inNamespace = (labels: object) => {
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "default", labels } };
      return proposed([...web, namespace])
        .of("first")
        .join();
    };
    // Where it has the older label, Istio does not look at the other.
    for (const labels of [{}, { "istio-injection": "disabled", "istio.io/rev": "v1-31" }]) {
      assert.match(inNamespace(labels), /sidecars: pods of web get none/);
    }
    assert.doesNotMatch(inNamespace({ "istio.io/rev": "v1-31" }), /sidecars/);
  });

  it("finds entries in routes of gateways, the Gateway API, Ingresses and Services that lead outside", () => {
    const two = [...versioned("a", "v1"), ...versioned("b", "v1")];
    const entry = (...more: object[]) => {
      const { group } = proposed([...two, ...more]);
      return [group.entry.service, group.entry.hosts, group.entry.path];
    };
    const route = {
      hosts: ["*.example.com", "b.example.com"],
      gateways: ["istio-system/gw"],
      http: [{ match: [{ uri: { prefix: "/b" } }], route: [{ destination: { host: "b" } }] }],
    };
    assert.deepEqual(entry(istio("VirtualService", "in", route)), ["b", ["*.example.com"], { prefix: "/b" }]);
    const api = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "in" },
      spec: {
        parentRefs: [{ name: "gw" }],
        hostnames: ["B.example.com"],
        rules: [{ backendRefs: [{ name: "b", port: 80 }] }],
      },
    };
    assert.deepEqual(entry(api), ["b", ["b.example.com"], undefined]);
    const ingress = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "in" },
      spec: {
        rules: [
          {
            host: "b.example.com",
            http: {
              paths: [{ path: "/x", pathType: "Exact", backend: { service: { name: "b", port: { number: 80 } } } }],
            },
          },
        ],
      },
    };
    assert.deepEqual(entry(ingress), ["b", ["b.example.com"], "/x"]);
    assert.deepEqual(entry(service("b", { app: "b" }, { type: "NodePort" })), ["b", undefined, undefined]);
  });

  it("leaves out what no route can be put in front of, and says why", () => {
    const { services, of } = proposed([
      ...web,
      ...versioned("cart", "v1"),
      service("outside", {}, { type: "ExternalName" }),
      service("peers", { app: "cart" }, { clusterIP: "None" }),
      service("ghost"),
      service("thrift", { app: "cart" }, { ports: [{ name: "thrift", port: 9090 }] }),
    ]);
    assert.deepEqual(services.slice(0, 2), ["web v1", "cart v1"]);
    const told = of("left out").join("\n");
    for (const pattern of [
      /outside: it selects no pods/,
      /peers: it is headless/,
      /ghost: no workload/,
      /thrift: port 9090 \(thrift\) is Thrift/,
    ])
      assert.match(told, pattern);
  });

  it("takes services of other namespaces where a call leads there and a group can say so, and else tells them", () => {
    const far = (name: string) => [
      { ...service(name), metadata: { name, namespace: "other" } },
      { ...deployment(name, { app: name, version: "v1" }), metadata: { name, namespace: "other" } },
    ];
    const caller = deployment(
      "cart",
      { app: "cart", version: "v1" },
      { args: ["http://rates.other", "http://db.other"] },
    );
    const database = { ...service("db", {}, { type: "ExternalName" }), metadata: { name: "db", namespace: "other" } };
    const unrelated = { ...service("x", {}, { type: "ExternalName" }), metadata: { name: "x", namespace: "other" } };
    const { services, of } = proposed([
      ...web,
      service("cart"),
      caller,
      ...far("rates"),
      ...far("lonely"),
      database,
      unrelated,
    ]);
    const told = of("left out").join("\n");
    assert.deepEqual(services, ["web v1", "cart v1", "rates v1"]);
    assert.match(told, /other\/db: it selects no pods/);
    assert.doesNotMatch(told, /other\/x|lonely/);
    assert.match(of("note").join("\n"), /namespaces: there are services in other too/);
  });

  it("needs to be told an entry when nothing tells it, and names what it was not told right", () => {
    const two = [...versioned("a", "v1"), ...versioned("b", "v1")];
    assert.deepEqual(
      problemsOf(() => propose(two)).map(({ path, expected }) => [path, expected]),
      [["--entry", "a, b"]],
    );
    assert.equal(proposed(two, { entry: "b" }).group.entry.service, "b");
    const wrong = {
      entry: "bb",
      calls: [{ from: "a", to: ["c"] }],
      without: ["x"],
      protocols: [{ service: "y", port: 1, protocol: "http" }],
    };
    assert.deepEqual(
      problemsOf(() => propose(two, wrong)).map(({ path }) => path),
      ["--entry", "--calls", "--protocol", "--without"],
    );
    assert.deepEqual(
      problemsOf(() => propose([service("db", { app: "db" }, { ports: [{ port: 5432 }] })])).map(({ path }) => path),
      ["default/db"],
    );
  });

  it("never gives two lanes one name", () => {
    const names = laneNames(["1.4", "1-4", "1_4", "baseline", "reject", "v".repeat(70), `${"v".repeat(70)}w`, "---"]);
    assert.equal(new Set(names.values()).size, names.size);
    assert.ok(
      [...names.values()].every((name) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)),
      [...names.values()].join(),
    );
    assert.equal(dnsLabel("***"), "lane");
  });
});

describe("an inventory", () => {
  it("counts kinds that say nothing, reads no Secret, and names what is broken", () => {
    const { unknown, secrets, broken, services } = inventoryOf([
      ...web,
      { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { password: "geheim" } },
      { apiVersion: "batch/v1", kind: "Job", metadata: { name: "j" }, spec: pods({}) },
      { apiVersion: "x/v1", kind: "Widget", metadata: { name: "w" } },
      { apiVersion: "v1", kind: "Service", metadata: { name: "bad" }, spec: { ports: "80" } },
      { apiVersion: "v1", kind: "Service", metadata: {} },
      { apiVersion: "v1", kind: "List", items: [service("in-list")] },
    ]);
    assert.deepEqual(unknown, { Job: 1, Widget: 1 });
    assert.equal(secrets, 1);
    assert.deepEqual(
      services.map(({ name }) => name),
      ["web", "in-list"],
    );
    assert.deepEqual(
      broken.map(({ path, got }) => `${path}: ${got}`),
      [
        "system.yaml, document 7: Service, metadata.name is missing or of the wrong type",
        "system.yaml, document 6: Service default/bad: ports is missing or of the wrong type",
      ],
    );
  });
});
