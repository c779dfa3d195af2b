import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLogLine } from "../../../../cli/diff/requests/access-log";
import { readRequests } from "../../../../cli/diff/requests/read";
import { replayLines } from "../../../../cli/diff/requests/replay";
import type { LoggedRequest } from "../../../../components/lanes/diff/replay/replay";
import { accessLogFields } from "../../../../components/mesh/access-log";
import { UserError } from "../../../../tools/user-error";

/** A line as Envoy writes it with the fields of our telemetry config. */
function line(values: Record<string, unknown>): string {
  const none = Object.fromEntries(Object.keys(accessLogFields).map((field) => [field, null]));
  return JSON.stringify({ ...none, ...values });
}

const request = { method: "GET", path: "/mock?lane=v2", authority: "shop.example.com", route_name: "shop/entry" };

describe("requests of a log", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-requests-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const read = async (file: string) => {
    const found: (LoggedRequest | undefined)[] = [];
    for await (const one of readRequests(file)) found.push(one);
    return found;
  };

  it("are read from the fields that our access log has", () => {
    for (const field of ["method", "path", "authority", "route_name", "response_code", "user_agent"]) {
      assert.ok(field in accessLogFields, field);
    }
    assert.deepEqual(readLogLine(line({ ...request, response_code: 101, user_agent: "curl/8" })), {
      request: { host: "shop.example.com", path: "/mock?lane=v2", method: "GET", headers: { "user-agent": "curl/8" } },
      ...{ whole: false, route: "shop/entry", socket: true },
    });
    const bare = readLogLine(`2026-01-01T00:00:00Z stdout F ${line({ ...request, route_name: "-" })}`);
    assert.equal(bare?.route, undefined);
  });

  it("are none where a line is cut, is no JSON, or is of a connection without a request", () => {
    const lines = [
      "",
      "Envoy starts",
      line(request).slice(0, -5),
      line({}),
      line({ ...request, path: "-" }),
      "{}",
      "[1]",
    ];
    for (const text of lines) assert.equal(readLogLine(text), undefined, text);
  });

  it("come line by line, whatever the line ends are and wherever a chunk ends", async () => {
    const long = "x".repeat(3 * 1024 * 1024);
    const text = [
      line(request),
      `{"a":"${long}`,
      "",
      "no request",
      `${line({ ...request, path: "/ü" })}\r`,
      line(request),
    ];
    const found = await read(write("access.log", text.join("\n")));
    assert.deepEqual(
      found.map((one) => one?.request.path),
      ["/mock?lane=v2", undefined, undefined, "/ü", "/mock?lane=v2"],
    );
  });

  it("come from a HAR with all their headers", async () => {
    const entries = [
      {
        request: {
          ...{ method: "GET", url: "https://shop.example.com/mock?a=1", cookies: [{ name: "lane", value: "v2" }] },
          headers: [
            { name: ":authority", value: "shop.example.com" },
            { name: "X-User", value: "qa" },
          ],
        },
        response: { status: 200 },
      },
      { request: { method: "GET", url: "wss://shop.example.com/ws", headers: [] } },
      { request: { method: "GET", url: "data:text/plain,a", headers: [] } },
    ];
    const found = await read(write("a.har", JSON.stringify({ log: { entries } })));
    assert.deepEqual(found[0], {
      request: {
        ...{ host: "shop.example.com", path: "/mock?a=1", method: "GET" },
        headers: { "x-user": ["qa"], cookie: ["lane=v2"] },
      },
      ...{ whole: true, socket: false },
    });
    assert.deepEqual([found[1]?.socket, found[2]], [true, undefined]);
  });

  it("come from a HAR that begins with a byte order mark, and has null where there is nothing", async () => {
    const bare = { method: "GET", url: "https://shop.example.com/", headers: [] };
    const entries = [
      { request: { ...bare, cookies: null } },
      { request: bare, response: null },
      { request: bare, response: { status: null } },
    ];
    const found = await read(write("bom.har", `\uFEFF${JSON.stringify({ log: { entries } })}`));
    assert.deepEqual(
      found.map((one) => [one?.request.host, one?.socket]),
      entries.map(() => ["shop.example.com", false]),
    );
  });

  it("are refused with the file's name where it is none", async () => {
    for (const [file, expected] of [
      [join(folder, "none.log"), /--requests .*none\.log: ENOENT/],
      [write("b.har", "no"), /b\.har: no JSON/],
      [write("c.har", "{}"), /c\.har: JSON without log\.entries/],
    ] as const) {
      const problem = await read(file).catch((error: unknown) => error);
      assert.ok(problem instanceof UserError, String(problem));
      assert.match(problem.message, expected);
    }
  });

  it("are told in few lines", () => {
    const entry = { before: "shop/entry", after: "shop/entry" };
    const regions = [
      { ...entry, least: 30, most: 30, requests: 100_000 },
      { ...entry, after: null, least: 0, most: 30, requests: 28_000 },
    ];
    const counts = { requests: 1_200_000, unreadable: 1, others: 5, unknown: 7, sockets: 300, drained: 214 };
    assert.deepEqual(replayLines({ files: ["a"], ...counts, moved: { least: 30_000, most: 38_400 }, regions }), [
      "2.5 % to 3.2 % (30,000 to 38,400) of 1,200,000 requests move",
      "  100,000 shop/entry -> shop/entry, 30 % of them",
      "  28,000 shop/entry -> 404, 0 to 30 % of them",
      "300 were WebSockets; 214 of them would drain",
      "of 7 the log has too little to tell: rules look at headers or cookies that it lacks",
      "5 are no lane group's",
      "1 line is no request",
    ]);
  });

  it("are told as less than one, and not as none, where only a share of a few moves", () => {
    const none = { unreadable: 0, others: 0, unknown: 0, sockets: 0, drained: 0 };
    const first = (requests: number, ...shares: (readonly [requests: number, least: number, most: number])[]) => {
      const regions = shares.map(([count, least, most]) => {
        return { before: "shop/entry", after: "shop/entry", least, most, requests: count };
      });
      const sum = (of: "least" | "most") => regions.reduce((all, one) => all + (one.requests * one[of]) / 100, 0);
      const moved = { least: Math.round(sum("least")), most: Math.round(sum("most")) };
      return replayLines({ files: ["a"], requests, ...none, moved, regions })[0];
    };
    assert.equal(first(2, [1, 30, 30]), "15 % (under 1) of 2 requests move");
    assert.equal(first(2, [1, 0, 30]), "0 % to 15 % (0 to under 1) of 2 requests move");
    assert.equal(first(2, [2, 20, 30]), "20 % to 30 % (under 1) of 2 requests move");
    assert.equal(first(50_000_000, [1, 30, 30]), "under 0.01 % (under 1) of 50,000,000 requests move");
    assert.equal(first(2), "0 % (0) of 2 requests move");
  });
});
