import assert from "node:assert/strict";
import { fetchOutside, proxySettings } from "../../../../tools/http/outside";
import { FakePublisher } from "../toolchain/fake-publisher";
import { FakeProxy } from "./fake-proxy";

describe("fetchOutside", () => {
  const publisher = new FakePublisher({ "/file": { body: "content" } });
  let proxy: FakeProxy;

  before(() => publisher.start());
  after(() => publisher.stop());
  beforeEach(async () => {
    proxy = new FakeProxy();
    await proxy.start(Number(new URL(publisher.base).port));
  });
  afterEach(() => proxy.stop());

  const fetchWith = async (url: string, env: NodeJS.ProcessEnv) => (await fetchOutside(url, {}, env)).text();

  it("goes through the proxy that the environment names, to a host that this machine cannot find", async () => {
    for (const http_proxy of [proxy.url, proxy.url.replace("http://", "")]) {
      assert.equal(await fetchWith("http://tools.invalid/file", { http_proxy }), "content");
    }
    assert.deepEqual(proxy.asked, ["tools.invalid:80", "tools.invalid:80"]);
  });

  it("asks the proxy of HTTPS_PROXY for a tunnel to an https host", async () => {
    // What answers at the other end speaks no TLS, so that is as far as it gets.
    await assert.rejects(fetchWith("https://tools.invalid/file", { HTTPS_PROXY: proxy.url }));
    assert.deepEqual(proxy.asked, ["tools.invalid:443"]);
  });

  it("goes past the proxy to the hosts of NO_PROXY, their subdomains too", async () => {
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: "example.com, 127.0.0.1" };
    assert.equal(await fetchWith(`${publisher.base}/file`, env), "content");
    await assert.rejects(fetchWith("http://nowhere.invalid/file", { ...env, NO_PROXY: ".invalid" }));
    assert.deepEqual(proxy.asked, []);
  });

  it("asks nobody where no proxy is named", async () => {
    assert.equal(await fetchWith(`${publisher.base}/file`, {}), "content");
    assert.deepEqual(proxy.asked, []);
  });

  it("takes lower case before upper case, as curl and Go do", () => {
    const env = { https_proxy: "http://one:1", HTTPS_PROXY: "http://two:2", NO_PROXY: "a,b" };
    assert.deepEqual(proxySettings(env), { httpProxy: "", httpsProxy: "http://one:1", noProxy: "a,b" });
  });
});
