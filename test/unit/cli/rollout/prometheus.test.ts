import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { whyNot } from "../../../../cli/rollout/prometheus";

const sample = { metric: { lane: "v2" }, value: [1_790_000_000.1, "0"] };
const vector = (...result: readonly unknown[]) => ({ status: "success", data: { resultType: "vector", result } });

describe("a condition that Prometheus is asked for", () => {
  let server: Server;
  let url: string;
  let answer: (query: string | null) => { readonly status?: number; readonly body: unknown };
  const heard: { path: string | undefined; query: string | null; authorization: string | undefined }[] = [];

  beforeEach(async () => {
    heard.length = 0;
    server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      const query = new URLSearchParams(body).get("query");
      heard.push({ path: request.url, query, authorization: request.headers.authorization });
      const { status = 200, body: answered } = answer(query);
      response.writeHead(status).end(typeof answered === "string" ? answered : JSON.stringify(answered));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = (query: string, more: { readonly token?: string; readonly path?: string } = {}) => {
    const { path = "", ...rest } = more;
    return whyNot({ url: `${url}${path}`, ...rest }, query, new AbortController().signal);
  };

  it("holds where a series fits the comparison, also one whose value is 0", async () => {
    answer = () => ({ body: vector(sample) });
    assert.equal(await ask('sum(rate(failed{lane="v2"}[1m])) < 1 & more'), undefined);
    assert.deepEqual(heard, [
      { path: "/api/v1/query", query: 'sum(rate(failed{lane="v2"}[1m])) < 1 & more', authorization: undefined },
    ]);
  });

  it("is asked behind a path, with a token", async () => {
    answer = () => ({ body: vector(sample) });
    assert.equal(await ask("up > 0", { path: "/prometheus/", token: "secret" }), undefined);
    assert.deepEqual(heard, [{ path: "/prometheus/api/v1/query", query: "up > 0", authorization: "Bearer secret" }]);
  });

  it("does not hold where no series fits, which is no data as well", async () => {
    answer = () => ({ body: vector() });
    assert.equal(await ask("up > 1"), "it does not hold, or has no data");
  });

  it("is no condition where its result is always there", async () => {
    answer = () => ({ body: { status: "success", data: { resultType: "scalar", result: [1_790_000_000, "1"] } } });
    assert.match((await ask("1 < bool 2")) ?? "", /^its result is a scalar/);
  });

  it("says what Prometheus says", async () => {
    const error = 'invalid parameter "query": 1:4: parse error: unexpected end of input\nmore';
    answer = () => ({ status: 400, body: { status: "error", errorType: "bad_data", error } });
    assert.equal(await ask("up >"), 'bad_data: invalid parameter "query": 1:4: parse error: unexpected end of input');
  });

  it("says when it is not Prometheus that answers, or nobody", async () => {
    answer = () => ({ status: 404, body: "<html>not here</html>" });
    assert.equal(await ask("up"), "answered 404, and not as Prometheus does");
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.match((await ask("up")) ?? "", /ECONNREFUSED|fetch failed/);
  });
});
