import assert from "node:assert/strict";
import { type Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { mockService, type Reply } from "../../../../apps/mock/grpc/contract";
import { mockName } from "../../../../apps/mock/grpc/names";
import { GatewayClient } from "../../../../cli/verify/gateway-client";
import { grpcCalls } from "../../../../cli/verify/grpc-calls";
import { differences } from "../../../../cli/verify/report";
import { type LaneResult, lanePassed, verifyGroup } from "../../../../cli/verify/verify-group";
import { strictGroup } from "./fixtures";

describe("verifyGroup over gRPC", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.forceShutdown();
  });

  /** A gateway and the mesh behind it. @param answer by lane; undefined: there is no endpoint. */
  async function verified(
    answer: (lane: string) => string | undefined,
    entry: object = {},
    seen: Metadata[] = [],
  ): Promise<LaneResult[]> {
    const server = new Server();
    servers.push(server);
    server.addService(mockService, {
      Call: ({ metadata }: { metadata: Metadata }, done: (error: object | null, reply?: Reply) => void) => {
        seen.push(metadata);
        const text = answer(String(metadata.get("x-lane")));
        if (text === undefined) done({ code: status.UNAVAILABLE, details: "no healthy upstream" });
        else done(null, { text, hops: [] });
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const url = `http://127.0.0.1:${port}`;
    const plain = new GatewayClient(url);
    const calls = await grpcCalls(url);
    const group = strictGroup({ entry: { service: "mocka", gateway: "a/b", header: "x-lane", ...entry } });
    try {
      return await verifyGroup(
        group,
        plain,
        20,
        () => {},
        (service) => (service === "mocka" ? calls : undefined),
      );
    } finally {
      plain.close();
      calls.close();
    }
  }

  const chain = (version: string) =>
    `-> mocka(version: ${version}, ip: 1.1.1.1)-> mockb(version: ${version}, ip: 1.1.1.1)`;
  const right = (lane: string) => chain(lane === "s1" ? "v1" : "v2");

  for (const path of [undefined, { prefix: "/" }, { prefix: `/${mockName}/` }, { regex: "/mesh_lanes[.].*" }]) {
    it(`calls the mock's method, where the entry's path is ${JSON.stringify(path)}`, async () => {
      const results = await verified(right, path && { path });
      assert.deepEqual(differences(results), []);
      assert.deepEqual(
        results.map((result) => [result.lane, lanePassed(result), result.requests]),
        [
          ["s1", true, 20],
          ["s2", true, 20],
        ],
      );
    });
  }

  it("tells a wrong hop, and gRPC's status of a call that failed", async () => {
    const results = await verified((lane) => (lane === "s1" ? chain("v2") : undefined));
    assert.deepEqual(differences(results), [
      "group shop, lane s1, hop mocka: expected v1, seen v2 x 20",
      "group shop, lane s1, hop mockb: expected v1, seen v2 x 20",
      "group shop, lane s2: 20 of 20 requests failed: UNAVAILABLE no healthy upstream",
      "group shop, lane s2, hop mocka: expected v2, seen nothing",
      "group shop, lane s2, hop mockb: expected v2, seen nothing",
    ]);
  });

  it("sends nothing where the entry takes no call of the mock, and says so", async () => {
    const seen: Metadata[] = [];
    const results = await verified(right, { path: "/mock" }, seen);
    assert.deepEqual([seen.length, results.some(lanePassed)], [0, false]);
    assert.match(
      differences(results)[0] ?? "",
      /lane s1: not verified: the entry does not lead a gRPC call .* into this lane/,
    );
  });
});
