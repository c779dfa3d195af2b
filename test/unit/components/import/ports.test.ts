import assert from "node:assert/strict";
import type { ServicePort } from "../../../../components/import/inventory";
import { judgePort } from "../../../../components/import/ports";

const verdict = (port: Partial<ServicePort>, schemes: readonly string[] = [], given?: string) => {
  const { lanes, protocol } = judgePort({ name: "", port: 8000, transport: "TCP", ...port }, schemes, given);
  return `${lanes} ${protocol}`;
};

describe("the protocol of a port", () => {
  it("is what Istio takes it for", () => {
    const cases: readonly (readonly [Partial<ServicePort>, string])[] = [
      [{ name: "http" }, "yes HTTP"],
      [{ name: "http-web" }, "yes HTTP"],
      [{ name: "http2-x" }, "yes HTTP/2"],
      [{ name: "grpc" }, "yes gRPC"],
      [{ name: "grpc-web-ui" }, "yes gRPC-Web"],
      [{ name: "httpx" }, "detected HTTP, if Istio finds it"],
      [{ name: "tcp-web" }, "no TCP"],
      [{ name: "https" }, "no HTTPS of the app's own"],
      [{ name: "tls-x" }, "no TLS"],
      [{ name: "mongo" }, "no MongoDB"],
      [{ name: "http", transport: "UDP" }, "no UDP"],
      // appProtocol counts, whatever the name says.
      [{ name: "tcp", appProtocol: "grpc" }, "yes gRPC"],
      [{ name: "http", appProtocol: "tcp" }, "no TCP"],
      [{ name: "x", appProtocol: "kubernetes.io/h2c" }, "yes HTTP/2"],
      [{ name: "x", appProtocol: "kubernetes.io/wss" }, "no WebSocket over TLS of the app's own"],
      [{ name: "" }, "detected HTTP, if Istio finds it"],
    ];
    for (const [port, expected] of cases) assert.equal(verdict(port), expected, JSON.stringify(port));
  });

  it("is a store's or broker's by its number or name, where Istio would look at the bytes", () => {
    assert.equal(verdict({ port: 9092 }), "no Kafka");
    assert.equal(verdict({ port: 6379 }), "no Redis");
    assert.equal(verdict({ port: 9090, name: "thrift" }), "no Thrift");
    assert.equal(verdict({ port: 9090, name: "user-thrift-api" }), "no Thrift");
    // The owner says that it is HTTP.
    assert.equal(verdict({ port: 9092, name: "http" }), "yes HTTP");
  });

  it("is told by the URLs of callers, where nothing else tells it", () => {
    assert.equal(verdict({}, ["http"]), "detected HTTP, if Istio finds it");
    for (const scheme of ["thrift", "https", "tcp", "proxy"]) assert.equal(verdict({}, [scheme]), `no ${scheme}`);
    assert.equal(verdict({ name: "http" }, ["proxy"]), "yes HTTP");
  });

  it("is what whoever imports says", () => {
    assert.equal(verdict({ name: "tcp-x" }, [], "grpc"), "yes gRPC");
    assert.equal(verdict({ name: "http" }, [], "tcp"), "no TCP");
  });
});
