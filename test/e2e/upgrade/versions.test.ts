import assert from "node:assert/strict";
import { nodeConfig } from "../../../tools/embedded/config";
import { provideOlderIstio } from "../../../tools/images/older-istio";
import { silentReporter } from "../../../tools/report/reporter";
import { optionalPins, pins } from "../../../tools/toolchain/pins";
import { endStack } from "../suite-stack";
import { chatNamespace, UpgradedMesh } from "./mesh";

/** Between the two ends of the tested range. The older Istio is built first where it is not in the cache. */
describe("a control plane of another version, under load", () => {
  let mesh: UpgradedMesh;

  before(async () => {
    mesh = await UpgradedMesh.bringUp();
  });

  after(endStack);

  it("is the oldest tested one by revision, and then the newest in place", async () => {
    const older = await provideOlderIstio(nodeConfig(), silentReporter);
    const charts = older && { charts: older.charts };
    for (const section of [{ version: optionalPins.istio, ...charts }, { version: pins.istio }]) {
      const { exitCode, stdout } = await mesh.upUnderLoad({ ...section, revision: "old" });
      assert.equal(exitCode, 0, stdout);
      assert.deepEqual(await mesh.planes(), ["istiod-old"]);
      const proxies = await mesh.proxies();
      assert.deepEqual(
        [...new Set(proxies.map(({ plane, version }) => `${plane} ${version}`))],
        [`istiod-old ${section.version}`],
      );
    }
    await mesh.changesNothingMore();
  });

  it("goes back to the oldest but for one namespace, each with the proxies of its own version", async () => {
    const older = await provideOlderIstio(nodeConfig(), silentReporter);
    const previous = { version: pins.istio, revision: "old", namespaces: [chatNamespace] };
    const section = { version: optionalPins.istio, ...(older && { charts: older.charts }), revision: "back" };
    const { exitCode, stdout } = await mesh.upUnderLoad({ ...section, previous });
    assert.equal(exitCode, 0, stdout);
    const proxies = (await mesh.proxies()).map(({ pod, plane, version }) =>
      [pod.split("/")[0], plane, version].join(" "),
    );
    assert.deepEqual([...new Set(proxies)].sort(), [
      `default istiod-back ${optionalPins.istio}`,
      `istio-system istiod-back ${optionalPins.istio}`,
      `${chatNamespace} istiod-old ${pins.istio}`,
    ]);
    await mesh.changesNothingMore();
  });
});
