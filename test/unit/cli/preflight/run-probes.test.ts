import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { runProbes } from "../../../../cli/preflight/run-probes";
import type { Kubectl } from "../../../../cli/status/kubectl";
import { laneGroupSchema } from "../../../../components/lanes/spec";
import type { PodForward, PodTarget } from "../../../../tools/kubectl/port-forward";
import { UserError } from "../../../../tools/user-error";
import { s4Input } from "../../components/lanes/fixtures";

const group = laneGroupSchema.parse({
  ...s4Input,
  services: [
    { name: "mocka", port: 80, versions: ["v1"] },
    { name: "mockb", port: 80, versions: ["v1"] },
  ],
  lanes: [{ name: "v1" }],
});

describe("runProbes", () => {
  const servers: { close(): void }[] = [];
  let asked: { url: string | undefined; headers: IncomingHttpHeaders }[];
  let targets: PodTarget[];
  let closed: number;

  beforeEach(() => {
    asked = [];
    targets = [];
    closed = 0;
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A pod that answers 200 and notes what it was asked. */
  const forward: PodForward = async (target) => {
    targets.push(target);
    const server = createServer(({ url, headers }, response) => {
      asked.push({ url, headers });
      response.end("ok");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      close: async () => {
        closed += 1;
      },
    };
  };

  const service = (name: string) => ({
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: "web" }] },
  });
  const pod = (name: string, ready = "True") => ({
    kind: "Pod",
    metadata: { name: `${name}-v1`, namespace: "default", labels: { app: name, ASM_TRAFFIC_TAG: "v1" } },
    spec: { containers: [{ name: "app" }] },
    status: { phase: "Running", conditions: [{ type: "Ready", status: ready }] },
  });

  /** @param lines what the sidecar of a pod has in its log, once the probe was sent. */
  function fakeKubectl(items: readonly object[], lines: (pod: string) => readonly object[]): Kubectl {
    return {
      run: async ([verb, pod = ""]) => {
        if (verb === "get") return JSON.stringify({ items });
        return lines(pod)
          .map((line) => JSON.stringify(line))
          .join("\n");
      },
    };
  }
  const mark = () => asked[0]?.headers.baggage?.toString().replace("version=", "");
  const outbound = (lane: string | null | undefined) => ({
    upstream_cluster: "outbound|80|v1|mockb.default.svc.cluster.local",
    lane,
  });
  const all = [service("mocka"), service("mockb"), pod("mocka"), pod("mockb")];
  const common = { forward, paths: { mocka: "/mock?a=1" }, id: "0123abcd", patience: 0 };

  it("sends the mark past the sidecar and reads from its log that it went on", async () => {
    const kubectl = fakeKubectl(all, (name) => (name === "mocka-v1" ? [outbound(mark())] : []));
    assert.deepEqual(await runProbes(group, { ...common, kubectl }), [
      { from: "mocka", version: "v1", to: "mockb", outcome: "carried" },
    ]);
    assert.deepEqual(targets, [{ namespace: "default", pod: "mocka-v1", port: "web" }]);
    assert.deepEqual([asked[0]?.url, mark()], ["/mock?a=1", "preflight-0123abcd-0"]);
    assert.equal(closed, 1);
  });

  describe("of a service that speaks gRPC", () => {
    const named = (port: object) => ({ ...service("mocka"), spec: { selector: { app: "mocka" }, ports: [port] } });
    const came: Metadata[] = [];

    /** A pod with the method `/shop.Cart/Get`, which ends with this status. */
    const grpcForward = (code: status): PodForward => {
      return async () => {
        const server = new Server();
        servers.push({ close: () => server.forceShutdown() });
        const bytes = (value: Buffer) => value;
        const [types, method] = [
          { requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
          { path: "/shop.Cart/Get", requestStream: false, responseStream: false },
        ];
        const answer = ({ metadata }: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
          came.push(metadata);
          if (code === status.OK) done(null, Buffer.alloc(0));
          else done({ code, details: "not now" });
        };
        server.addService({ Get: { ...types, ...method } }, { Get: answer });
        const port = await new Promise<number>((resolve, reject) =>
          server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
          ),
        );
        return { url: `http://127.0.0.1:${port}`, close: async () => {} };
      };
    };
    const run = (port: object, code: status, path: string, lines: readonly object[]) => {
      came.length = 0;
      const items = [named(port), service("mockb"), pod("mocka"), pod("mockb")];
      const kubectl = fakeKubectl(items, (name) => (name === "mocka-v1" ? lines : []));
      return runProbes(group, { ...common, kubectl, forward: grpcForward(code), paths: { mocka: path } });
    };
    const none = [{ upstream_cluster: "inbound|80||", lane: null }];

    for (const port of [
      { port: 80, name: "grpc-api" },
      { port: 80, name: "api", appProtocol: "grpc" },
    ]) {
      it(`is a call with the mark as metadata: port ${JSON.stringify(port)}`, async () => {
        const [edge] = await run(port, status.OK, "/shop.Cart/Get", [outbound("preflight-0123abcd-0")]);
        assert.equal(edge?.outcome, "carried");
        assert.deepEqual(
          came.map((metadata) => metadata.get("baggage")),
          [["version=preflight-0123abcd-0"]],
        );
      });
    }

    it("names the method that makes no call, and what a call came to that nobody answered", async () => {
      const port = { port: 80, name: "grpc" };
      const [unknown] = await run(port, status.OK, "/", none);
      assert.deepEqual(
        [unknown?.outcome, unknown?.detail],
        ["not called", "the gRPC call of / answered UNIMPLEMENTED"],
      );
      const [down] = await run(port, status.UNAVAILABLE, "/shop.Cart/Get", none);
      assert.deepEqual([down?.outcome, down?.detail], ["no answer", "gRPC UNAVAILABLE: not now"]);
    });
  });

  it("waits for logs that come late", async () => {
    let reads = 0;
    const kubectl = fakeKubectl(all, () => {
      reads += 1;
      return reads > 2 ? [outbound(mark())] : [outbound(null)];
    });
    const [edge] = await runProbes(group, { ...common, kubectl, patience: 10_000 });
    assert.equal(edge?.outcome, "carried");
  });

  it("names a pod that calls on with the Host with which it was asked", async () => {
    const stray = () => ({ upstream_cluster: "PassthroughCluster", authority: asked[0]?.headers.host, lane: null });
    const kubectl = fakeKubectl(all, (name) => (name === "mocka-v1" ? [stray()] : []));
    const [edge] = await runProbes(group, { ...common, kubectl });
    assert.deepEqual([edge?.outcome, edge?.detail], ["kept host", asked[0]?.headers.host]);
  });

  it("names a call without the mark", async () => {
    const kubectl = fakeKubectl(all, (name) => (name === "mocka-v1" ? [outbound("v1")] : []));
    assert.equal((await runProbes(group, { ...common, kubectl }))[0]?.outcome, "lost");
  });

  it("takes a pod that is not ready for none", async () => {
    const items = [service("mocka"), service("mockb"), pod("mocka", "False"), pod("mockb")];
    const kubectl = fakeKubectl(items, () => [outbound(null)]);
    assert.deepEqual(await runProbes(group, { ...common, kubectl }), [
      { from: "mocka", version: "v1", to: "mockb", outcome: "no pod" },
    ]);
    assert.deepEqual(targets, []);
  });

  it("tells why a pod could not be reached", async () => {
    const refused: PodForward = async () => {
      throw new Error("forbidden");
    };
    const kubectl = fakeKubectl(all, () => [{ upstream_cluster: "inbound|80||", lane: null }]);
    const [edge] = await runProbes(group, { ...common, kubectl, forward: refused });
    assert.deepEqual([edge?.outcome, edge?.detail], ["no answer", "forbidden"]);
  });

  for (const [title, lines, got] of [
    ["without the field lane", [{ upstream_cluster: "inbound|80||" }], "lines without the field lane"],
    ["of another form", [{ message: "text" }], "no JSON line that names an upstream_cluster"],
  ] as const) {
    it(`fails for access logs ${title}`, async () => {
      const kubectl = fakeKubectl(all, () => lines);
      await assert.rejects(
        runProbes(group, { ...common, kubectl }),
        (error) => error instanceof UserError && error.problems[0]?.got === got,
      );
    });
  }
});
