import assert from "node:assert/strict";
import { propose } from "../../../systems/imported";
import { problemsOf } from "../../problems-of";
import { deployment, proposed, service, versioned, web } from "./fixtures";

const both = (name: string, ports: readonly object[], spec: object = {}) => [
  service(name, { app: name }, { ports, ...spec }),
  deployment(name, { app: name, version: "v1" }),
];
const http = { name: "http", port: 8080 };
const kafka = { name: "tcp-kafka", port: 9092 };

/** The web of the fixtures, whose calls go to a port. */
const caller = (url: string) => [
  service("web"),
  deployment("web", { app: "web", version: "v1" }, { env: [{ name: "CART_URL", value: url }] }),
];

describe("a port of a store or broker beside others", () => {
  it("leaves the service in lanes where another port is named for HTTP, and is told as not lane-able", () => {
    const { services, group, of } = proposed([...web, ...both("cart", [http, kafka])]);
    assert.deepEqual(services, ["web v1", "cart v1"]);
    const cart = group.services.find(({ name }) => name === "cart");
    assert.deepEqual([cart?.port, cart?.ports], [8080, [{ port: 9092, protocol: "kafka" }]]);
    assert.match(of("left out").join("\n"), /default\/cart, port 9092: port 9092 \(tcp-kafka\) is Kafka/);
  });

  it("leaves it in lanes where another port is called or entered, whatever its name", () => {
    const nameless = [{ name: "a", port: 8080 }, kafka];
    assert.deepEqual(proposed([...caller("http://cart:8080"), ...both("cart", nameless)]).services, [
      "web v1",
      "cart v1",
    ]);
    const ingress = {
      ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "in" } },
      spec: { defaultBackend: { service: { name: "cart", port: { number: 8080 } } } },
    };
    assert.deepEqual(proposed([...both("cart", nameless), ingress]).services, ["cart v1"]);
    assert.doesNotMatch(proposed([...caller("tcp://cart:9092"), ...both("cart", nameless)]).services.join(), /cart/);
  });

  it("does not choose the port of the store for the one that is called", () => {
    const { group } = proposed([...caller("kafka://cart:9092"), ...both("cart", [kafka, http])]);
    assert.equal(group.services.find(({ name }) => name === "cart")?.port, 8080);
  });

  it("leaves out what has nothing but the store and the ports by which it is run", () => {
    const stores: readonly (readonly object[])[] = [
      [kafka, { name: "http-metrics", port: 9404 }],
      [
        { name: "amqp", port: 5672 },
        { name: "http-management", port: 15672 },
        { name: "http", port: 15692 },
      ],
      [
        { name: "http", port: 9200 },
        { name: "transport", port: 9300 },
      ],
      [
        { name: "server", port: 8300 },
        { name: "http", port: 8500 },
      ],
      [
        { name: "client", port: 4222 },
        { name: "http", port: 8222 },
      ],
    ];
    for (const ports of stores)
      assert.deepEqual(proposed([...web, ...both("store", ports)]).services, ["web v1"], JSON.stringify(ports));
  });
});

describe("a number that a Service has for TCP and for UDP", () => {
  it("is declared once", () => {
    const dns = { name: "tcp-dns", port: 5300 };
    const { group } = proposed([...web, ...both("cart", [http, dns, { ...dns, name: "dns", protocol: "UDP" }])]);
    assert.deepEqual(group.services[1]?.ports, [{ port: 5300, protocol: "tcp" }]);
  });
});

describe("what a flag names and lanes leave out", () => {
  const cart = both("cart", [kafka]);

  it("is told for each call", () => {
    const { of } = proposed([...web, ...cart], { calls: [{ from: "web", to: ["cart"] }] });
    assert.match(of("left out").join("\n"), /--calls web=cart: cart is not in the lanes: port 9092 .* is Kafka/);
    const { of: told } = proposed([...web, ...cart, ...versioned("other", "v1")], {
      calls: [{ from: "cart", to: ["other"] }],
      entry: "web",
    });
    assert.match(told("left out").join("\n"), /--calls cart=other: cart is not in the lanes/);
  });

  it("is told for a service that is asked for", () => {
    const { of } = proposed([...web, ...cart], { only: ["web", "cart"] });
    assert.match(of("left out").join("\n"), /--service cart: it is not in the lanes: port 9092 .* is Kafka/);
    assert.deepEqual(
      problemsOf(() => propose([...web, ...cart], { only: ["cart"] })).map(({ path }) => path),
      ["default/cart"],
    );
  });

  it("is told where another flag leaves it out", () => {
    const calls = [{ from: "web", to: ["cart"] }];
    const all = [...web, ...versioned("cart", "v1")];
    assert.match(
      proposed(all, { calls, without: ["cart"] })
        .of("left out")
        .join(),
      /--calls web=cart: .*--without/,
    );
    assert.deepEqual(
      problemsOf(() => propose(all, { without: ["cart", "web"] })).map(({ path, expected }) => [path, expected]),
      [["--without", "one of web, cart"]],
    );
  });

  it("counts for the service whose pods an alias has", () => {
    const alias = service("shop-cart", { app: "cart" }, { type: "NodePort" });
    const all = [service("web"), deployment("web", { app: "web", version: "v1" }), ...versioned("cart", "v1"), alias];
    const { group, of } = proposed(all, { calls: [{ from: "web", to: ["shop-cart"] }], entry: "web" });
    assert.deepEqual(group.services.find(({ name }) => name === "web")?.calls, ["cart"]);
    assert.doesNotMatch(of("left out").join(), /--calls/);
  });
});
