import assert from "node:assert/strict";
import fc from "fast-check";
import { stackValues } from "../../../../cli/import/stack-values";
import { parseStackConfig } from "../../../../config/parse";
import { UserError } from "../../../../tools/user-error";
import { propose } from "../../../systems/imported";

const names = ["a", "web", "c-d", "x".repeat(63), "Not_A_Name"];
const name = fc.constantFrom(...names);
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
  "*.example.com",
  "Shop.example.com",
  "a.example.com.",
  "web",
  "shop.example.com:80",
  "no good!",
);
const uri = fc.constantFrom(
  ...[
    { exact: "/a" },
    { prefix: "/" },
    { prefix: "/a?b" },
    { prefix: "a" },
    { exact: "" },
    { regex: "/a.*" },
    { regex: "(" },
    undefined,
  ],
);
const port = fc.record({
  name: fc.constantFrom("http", "grpc-x", "tcp", "redis", "", "thrift"),
  port: fc.constantFrom(80, 8080, 8081, 9000, 6379, 70_000),
});

const service = fc.record({
  name,
  ports: fc.array(port, { maxLength: 2 }),
  app: name,
  type: fc.constantFrom("ClusterIP", "NodePort"),
});
const workload = fc.record({ name, app: name, label, version, calls: fc.array(name, { maxLength: 3 }) });
const route = fc.record({
  name,
  to: name,
  hosts: fc.array(host, { minLength: 1, maxLength: 3 }),
  uri,
  gateway: fc.boolean(),
});

const manifests = fc
  .record({
    services: fc.uniqueArray(service, { selector: (each) => each.name, minLength: 2, maxLength: 5 }),
    workloads: fc.array(workload, { minLength: 4, maxLength: 10 }),
    routes: fc.array(route, { maxLength: 3 }),
  })
  .map(({ services, workloads, routes }) => [
    ...services.map(({ name, app, ports, type }) => ({
      ...{ apiVersion: "v1", kind: "Service", metadata: { name } },
      spec: { type, selector: { app }, ports },
    })),
    ...workloads.map(({ name, app, label, version, calls }) => ({
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: `${name}-${version}` } },
      spec: {
        template: {
          metadata: { labels: { app, [label]: version } },
          spec: { containers: [{ name: "c", args: calls.map((callee) => `http://${callee}:80`) }] },
        },
      },
    })),
    ...routes.map(({ name, to, hosts, uri, gateway }) => ({
      ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name } },
      spec: {
        hosts,
        ...(gateway && { gateways: ["istio-system/gw"] }),
        http: [{ ...(uri && { match: [{ uri }] }), route: [{ destination: { host: to } }] }],
      },
    })),
  ]);

describe("whatever the manifests", () => {
  it("the check of stack config takes what is proposed, or there is no proposal and a reason", () => {
    let proposed = 0;
    fc.assert(
      fc.property(manifests, (all) => {
        try {
          const values = stackValues(propose(all), { kubeconfig: "k", context: "c" }, []);
          const { laneGroups } = parseStackConfig(values);
          assert.equal(laneGroups.length, 1);
          proposed += 1;
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, /No service of what was read|cannot tell where requests come in/);
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(proposed > 100, String(proposed));
  });
});
