import assert from "node:assert/strict";
import fc from "fast-check";
import { stackValues } from "../../../../cli/import/stack-values";
import { parseStackConfig } from "../../../../config/parse";
import { UserError } from "../../../../tools/user-error";
import { propose } from "../../../systems/imported";

const names = ["a", "web", "c-d", "x".repeat(63), "Not_A_Name"];
const name = fc.constantFrom("a", "web", "c-d", "a", "web", "c-d", ...names);
const version = fc.constantFrom(
  "v1",
  "v2",
  "V2",
  "1.4.2",
  "baseline",
  "reject",
  "2026-11-27",
  "no good!",
  "",
  "y".repeat(63),
);
const label = fc.constantFrom("version", "stage", "app.kubernetes.io/version", "no good!");
const host = fc.constantFrom(
  "*",
  "*",
  "*.example.com",
  "shop.example.com",
  "Shop.example.com",
  "a.example.com.",
  "web",
  "shop.example.com:80",
  "no good!",
);
const uri = fc.constantFrom(
  ...[{ exact: "/a" }, { prefix: "/b" }, { prefix: "/c/" }, { exact: "/d" }, { regex: "/a.*" }, { prefix: "/" }],
  ...[{ prefix: "/a?b" }, { prefix: "a" }, { exact: "" }, { regex: "(" }, undefined],
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const rarely = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, value);
const port = fc.record({
  name: fc.constantFrom("http", "http", "grpc-x", "tcp", "redis", "tcp-kafka", "", "thrift"),
  port: fc.constantFrom(80, 80, 8080, 8081, 9000, 6379, 9092, 15_672, 70_000),
});

const service = fc.record({
  name,
  ports: fc.array(port, { minLength: 1, maxLength: 3 }),
  /** Undefined: the pods of its own name. */
  app: optional(name),
  type: fc.constantFrom("ClusterIP", "NodePort"),
});
/** Under which hosts of Services are written: the usual domain, or one of a cluster's own. */
const domain = fc.constantFrom(
  "",
  "",
  "",
  "",
  ".default.svc.cluster.local",
  ".default.svc.prod.example",
  ".default.svc.no_good.",
);
const workload = fc.record({ domain, name, app: name, label, version, calls: fc.array(name, { maxLength: 3 }) });
const text = fc.constantFrom(
  { exact: "GET" },
  { exact: "get" },
  { prefix: "P" },
  { regex: "GET|HEAD" },
  { regex: "(" },
  {},
);
const match = fc.record({
  uri,
  method: optional(text),
  headers: optional(
    fc.dictionary(fc.constantFrom("x-a", "X-A", "x-lane", "x-lane-entry", "baggage", "cookie"), text, { maxKeys: 2 }),
  ),
  queryParams: optional(fc.dictionary(fc.constantFrom("q", "a&b", ""), text, { maxKeys: 1 })),
  authority: optional(fc.record({ exact: host })),
  withoutHeaders: optional(fc.constant({ x: { exact: "y" } })),
});
/** Undefined keys are not written. */
const rule = fc.record({
  to: name,
  domain,
  port: rarely(fc.constantFrom(80, 8080)),
  match: fc.oneof({ weight: 5, arbitrary: fc.tuple(fc.record({ uri })) }, fc.array(match, { maxLength: 2 })),
  timeout: rarely(fc.constantFrom("1s", "0s", "1h2m", "x", "0.5ms")),
  retries: rarely(
    fc.record({
      attempts: fc.constantFrom(0, 3, -1, 1000),
      perTryTimeout: optional(fc.constantFrom("2s", "500ms", "0s")),
      retryOn: optional(fc.constantFrom("5xx,reset", "5xx, reset", "")),
    }),
  ),
  mirror: rarely(fc.constantFrom({ host: "web", subset: "v1" }, { host: "web" }, { host: 1 }, "web", {})),
  mirrorPercentage: rarely(fc.constantFrom({ value: 10 }, { value: "x" }, {}, 5)),
  mirrors: rarely(fc.constantFrom([{ destination: { host: "a", subset: "v2" } }], [{}], "a", [{}, {}])),
  rewrite: rarely(fc.constantFrom({ uri: "/" }, { uri: "no" }, { uri: "/a?b" }, { authority: "a" })),
});
const route = fc.record({
  name,
  hosts: fc.array(host, { minLength: 1, maxLength: 2 }),
  http: fc.array(rule, { minLength: 2, maxLength: 8 }),
  gateways: fc.constantFrom(
    ["istio-system/gw"],
    ["istio-system/gw"],
    ["istio-system/gw", "mesh"],
    ["other"],
    undefined,
  ),
});

const manifests = fc
  .record({
    services: fc.uniqueArray(service, { selector: (each) => each.name, minLength: 3, maxLength: 5 }),
    workloads: fc.array(workload, { minLength: 6, maxLength: 12 }),
    routes: fc.array(route, { maxLength: 4 }),
  })
  .map(({ services, workloads, routes }) => [
    ...services.map(({ name, app, ports, type }) => ({
      ...{ apiVersion: "v1", kind: "Service", metadata: { name } },
      spec: { type, selector: { app: app ?? name }, ports },
    })),
    ...workloads.map(({ domain, name, app, label, version, calls }) => ({
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: `${name}-${version}` } },
      spec: {
        template: {
          metadata: { labels: { app, [label]: version } },
          spec: { containers: [{ name: "c", args: calls.map((callee) => `http://${callee}${domain}:80`) }] },
        },
      },
    })),
    ...routes.map(({ name, hosts, http, gateways }) => ({
      ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name } },
      spec: {
        hosts,
        ...(gateways && { gateways }),
        http: http.map(({ to, domain, port, match, ...rest }) => ({
          ...rest,
          ...(match.length > 0 && { match }),
          route: [{ destination: { host: `${to}${domain}`, ...(port !== undefined && { port: { number: port } }) } }],
        })),
      },
    })),
  ]);

describe("whatever the manifests", () => {
  it("the check of stack config takes what is proposed, or there is no proposal and a reason", () => {
    /** What the proposals had, and how many. */
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(manifests, (all) => {
        try {
          const values = stackValues(propose(all), { kubeconfig: "k", context: "c" }, []);
          const { laneGroups } = parseStackConfig(values);
          assert.equal(laneGroups.length, 1);
          const [group] = laneGroups;
          if (!group) return;
          const counted = {
            proposed: true,
            routes: group.entry.routes.length > 0,
            storesBesideHttp: group.services.some(({ ports = [] }) =>
              ports.some(({ protocol }) => protocol === "kafka"),
            ),
            domains: group.clusterDomain !== "cluster.local",
            policies: group.entry.policy !== undefined || group.services.some(({ policy }) => policy !== undefined),
            hosts: group.entry.routes.some(({ hosts }) => hosts.length > 0),
          };
          for (const [key, has] of Object.entries(counted)) seen.set(key, (seen.get(key) ?? 0) + (has ? 1 : 0));
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, /No service of what was read|cannot tell where requests come in/);
        }
      }),
      { numRuns: 600 },
    );
    assert.ok((seen.get("proposed") ?? 0) > 100);
    for (const [key, times] of seen) assert.ok(times > 0, `${key}: ${times}`);
  });
});
