import assert from "node:assert/strict";
import { gatewayServers } from "../../../../components/gateway/listeners";

describe("gatewayServers", () => {
  it("sends requests of an HTTP port on to HTTPS where it is asked to", () => {
    const port = { name: "http", port: 80, protocol: "HTTP", hosts: ["a.com"] } as const;
    const server = { port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["a.com"] };
    assert.deepEqual(gatewayServers([{ ...port, redirect: true }, { ...port, redirect: false }, port]), [
      { ...server, tls: { httpsRedirect: true } },
      server,
      server,
    ]);
  });
});
