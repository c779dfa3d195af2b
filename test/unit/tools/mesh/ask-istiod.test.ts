import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Kubectl } from "../../../../tools/kubectl/kubectl";
import { type AskIstiod, askingIstiod } from "../../../../tools/mesh/ask-istiod";

describe("askingIstiod", () => {
  let server: Server;
  let url: string;
  let status = 200;

  before(async () => {
    server = createServer((request, response) => response.writeHead(status).end(`page ${request.url}`));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    status = 200;
  });
  after(() => server.close());

  /** What was run, opened and closed. */
  function tried() {
    const log: string[] = [];
    const kubectl: Kubectl = async (...args) => {
      log.push(args.filter((arg) => /^pod|debug/.test(arg)).join(" "));
      return "page of kubectl";
    };
    const forward = async ({ pod, port }: { pod: string; port: number | string }) => {
      log.push(`open ${pod}:${port}`);
      return { url, close: async () => void log.push(`close ${pod}`) };
    };
    return { log, kubectl, forward };
  }

  const twice = async (ask: AskIstiod) => [
    await ask("istiod-1", "/debug/syncz"),
    await ask("istiod-1", "/debug/configz"),
  ];

  it("asks through one port, and closes it", async () => {
    const { log, kubectl, forward } = tried();
    assert.deepEqual(await askingIstiod("istio-system", kubectl, forward, twice), [
      "page /debug/syncz",
      "page /debug/configz",
    ]);
    assert.deepEqual(log, ["open istiod-1:15014", "close istiod-1"]);
  });

  it("closes the port when the work fails", async () => {
    const { log, kubectl, forward } = tried();
    const work = async (ask: AskIstiod) => {
      await ask("istiod-1", "/debug/syncz");
      throw new Error("no more");
    };
    await assert.rejects(askingIstiod("istio-system", kubectl, forward, work), /no more/);
    assert.deepEqual(log, ["open istiod-1:15014", "close istiod-1"]);
  });

  it("asks by a process in the pod where no port can be opened", async () => {
    const { log, kubectl } = tried();
    const none = async () => assert.fail("forbidden");
    assert.deepEqual(await askingIstiod("istio-system", kubectl, none, twice), ["page of kubectl", "page of kubectl"]);
    assert.deepEqual(log, ["pod/istiod-1 /debug/syncz", "pod/istiod-1 /debug/configz"]);
  });

  it("asks by a process in the pod where istiod refuses to answer on the port", async () => {
    const { log, kubectl, forward } = tried();
    status = 401;
    assert.deepEqual(await askingIstiod("istio-system", kubectl, forward, twice), [
      "page of kubectl",
      "page of kubectl",
    ]);
    assert.equal(log.filter((line) => line.startsWith("pod/")).length, 2);
  });
});
