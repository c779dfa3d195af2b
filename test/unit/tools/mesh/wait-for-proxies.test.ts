import assert from "node:assert/strict";
import { waitForProxies } from "../../../../tools/mesh/wait-for-proxies";
import type { Reporter } from "../../../../tools/report/reporter";
import { silentReporter } from "../../../../tools/report/reporter";

describe("waitForProxies", () => {
  it("asks nobody without a kubeconfig, as on a managed mesh, and says nothing of it", async () => {
    const reporter: Reporter = { ...silentReporter, note: (text) => assert.fail(text) };
    const wait = { group: "shop", namespace: "istio-system", blindSeconds: 0 };
    assert.deepEqual(await waitForProxies(wait, reporter), { result: "blind" });
  });
});
