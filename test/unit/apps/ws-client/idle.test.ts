import assert from "node:assert/strict";
import { startIdle } from "../../../../apps/ws-client/idle";
import { get, localhost, Started, testServerConfig, urlOf } from "../app-test";

describe("apps/ws-client/idle", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  const cases = [
    { path: "/readyz", status: 200, body: "ready\n" },
    { path: "/healthz", status: 200, body: "ok\n" },
    { path: "/", status: 404, body: '{"error":"not found: this is a client"}' },
  ];
  for (const { path, status, body } of cases) {
    it(`answers ${path} with ${status}, so that Kubernetes sees that the pod is there`, async () => {
      const app = await started.app(startIdle({ ...testServerConfig, service: "ws-client" }, started.write, localhost));
      const answer = await get(urlOf(app, path));
      assert.deepEqual({ status: answer.status, body: answer.body.trimEnd() }, { status, body: body.trimEnd() });
    });
  }
});
