import assert from "node:assert/strict";
import { findCalls, Names } from "../../../../components/import/calls";
import type { KubeService, KubeWorkload } from "../../../../components/import/inventory";

const service = (name: string, ports: readonly number[], namespace = "shop", headless = false): KubeService => ({
  ...{ name, namespace, type: "ClusterIP", headless, selector: { app: name } },
  ports: ports.map((port) => ({ name: "http", port, transport: "TCP" })),
});

const services = [
  service("cart", [7070]),
  service("web", [80]),
  service("redis", [6379]),
  service("user", [8080]),
  service("brokers", [9092], "shop", true),
  service("rates", [80], "money"),
  service("two", [80, 81]),
];

const from = (texts: Readonly<Record<string, string>>): KubeWorkload => ({
  ...{ kind: "Deployment", name: "caller", namespace: "shop", labels: {}, configMaps: [], images: [] },
  texts: Object.entries(texts).map(([variable, text]) => ({ where: `env ${variable}`, variable, text })),
});

function found(variable: string, text: string, more: Readonly<Record<string, string>> = {}) {
  const { calls, dangling } = findCalls([from({ [variable]: text, ...more })], new Names(services));
  return [
    ...calls.map(({ to, port, scheme }) => [scheme ? `${scheme}://` : "", to.name, port ? `:${port}` : ""].join("")),
    ...dangling.map(({ host, hint }) => `? ${host}: ${hint}`),
  ];
}

describe("calls that manifests show", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["CART_ADDR", "cart:7070", ["cart:7070"]],
    ["CART_URL", "http://cart:7070/api?x=web", ["http://cart:7070"]],
    ["WEB", "http://web", ["http://web:80"]],
    ["WEB", "https://web.shop.svc.cluster.local./x", ["https://web"]],
    ["RATES", "http://rates.money", ["http://rates:80"]],
    ["RATES", "rates.money.svc:80", ["rates:80"]],
    ["CACHE", "redis://user:geheim@redis:6379/0", ["redis://redis:6379"]],
    ["DB", "jdbc:postgresql://redis:6379/x", ["postgresql://redis:6379"]],
    ["DSN", "me:geheim@tcp(redis:6379)/x", ["redis:6379"]],
    ["DSN", "Host=redis;Password=geheim", ["redis:6379"]],
    ["KAFKA", "brokers-0.brokers.shop.svc:9092", ["brokers:9092"]],
    ["ADDR", "http://cart.<NAMESPACE>:7070", ["http://cart:7070"]],
    ["ADDR", `cart.\${NS}.svc:7070`, ["cart:7070"]],
    ["ADDR", "cart.{{ .Values.ns }}:7070", ["cart:7070"]],
    ["ALL", "cart:7070,redis:6379", ["cart:7070", "redis:6379"]],
    ["CART_HOST", "cart", ["cart:7070"]],
    // Nothing but a name says nothing.
    ["SERVICE_NAME", "cart", []],
    ["ROLE", "cart", []],
    ["TEXT", "the cart is full", []],
    // A user and a group, and a port that the Service has not.
    ["OWNER", "user:1000", []],
    ["OTHER", "mycart:7070", []],
    ["OTHER", "cart.example.com:7070", []],
    ["MAIL", "a@cart.shop", []],
    ["LOST", "http://carts.shop.svc:7070", ["? carts.shop.svc: Did you mean cart?"]],
    ["LOST", "http://carts.shop.svc.cluster.local", ["? carts.shop.svc.cluster.local: Did you mean cart?"]],
  ];
  for (const [variable, text, expected] of cases)
    it(`${variable}=${text}`, () => assert.deepEqual(found(variable, text), expected));

  it("are read from a host and a port in two variables", () => {
    assert.deepEqual(found("TWO_HOST", "two", { TWO_PORT: "81" }), ["two:81"]);
  });

  it("are not told twice, and a URL tells more than a host in the same text", () => {
    const { calls } = findCalls([from({ A_ADDR: "cart:7070", B_URL: "http://cart:7070" })], new Names(services));
    assert.equal(calls.length, 1);
  });

  it("take a text of any length in no time", () => {
    assert.deepEqual(found("LONG", `${"a.".repeat(50_000)}b:1 ${"x-".repeat(50_000)} http://cart:7070`), [
      "http://cart:7070",
    ]);
  });
});
