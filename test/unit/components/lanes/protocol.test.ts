import assert from "node:assert/strict";
import { type DeclaredPort, istioProtocol } from "../../../../components/lanes/protocol";

const cases: readonly (readonly [Partial<DeclaredPort>, string])[] = [
  [{ name: "http-web" }, "http TCP HTTP"],
  [{ name: "HTTP2" }, "http TCP HTTP/2"],
  [{ name: "grpc-web-ui" }, "http TCP gRPC-Web"],
  [{ name: "http_proxy" }, "http TCP HTTP"],
  [{ name: "http", appProtocol: "mongo" }, "opaque TCP MongoDB"],
  [{ appProtocol: "kubernetes.io/ws" }, "http TCP HTTP"],
  [{ appProtocol: "kubernetes.io/wss" }, "opaque TLS WebSocket over TLS of the app's own"],
  [{ name: "https-api" }, "opaque TLS HTTPS of the app's own"],
  [{ name: "http", transport: "UDP" }, "opaque UDP UDP"],
  [{ name: "http", transport: "SCTP" }, "opaque SCTP SCTP"],
  [{ name: "httpx" }, "detected TCP"],
  [{}, "detected TCP"],
  // Without a word Istio takes these for TCP; a word counts more.
  ...[25, 53, 3306, 27017].map((port) => [{ port, name: "db" }, "opaque TCP"] as const),
  [{ port: 3306, name: "http" }, "http TCP HTTP"],
];

describe("istioProtocol", () => {
  for (const [port, expected] of cases) {
    it(`${JSON.stringify(port)}: ${expected}`, () => {
      const { kind, layer, name } = istioProtocol({ port: 8000, ...port });
      assert.equal([kind, layer, name].filter(Boolean).join(" "), expected);
    });
  }
});
