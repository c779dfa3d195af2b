import assert from "node:assert/strict";
import { LabCluster } from "../../../conformance/lab/cluster";
import { labNamespace, labPods } from "../../../conformance/lab/pods";
import { appImage } from "../../../tools/images/app-image";
import { workPaths } from "../../../tools/paths";
import { pins } from "../../../tools/toolchain/pins";
import { endStack } from "../suite-stack";
import { chatNamespace, UpgradedMesh } from "./mesh";

const isChat = ({ pod }: { readonly pod: string }) => pod.startsWith(`${chatNamespace}/`);

/** Istio is changed by config: another revision, to which one namespace moves later than the rest, and back in one update. */
describe("another control plane, under load", () => {
  let mesh: UpgradedMesh;

  before(async () => {
    mesh = await UpgradedMesh.bringUp();
  });

  after(endStack);

  it("comes as a revision beside the one that there is; pods move to it, but for those of a namespace that stays", async () => {
    const staying = (await mesh.proxies()).filter(isChat);
    assert.deepEqual(
      staying.map(({ plane }) => plane),
      ["istiod"],
    );
    const previous = { version: pins.istio, namespaces: [chatNamespace] };
    const { exitCode, stdout } = await mesh.upUnderLoad({ revision: "next", previous });
    assert.equal(exitCode, 0, stdout);
    assert.deepEqual(await mesh.planes(), ["istiod", "istiod-next"]);
    const proxies = await mesh.proxies();
    // The very pod: it was not made again.
    assert.deepEqual(proxies.filter(isChat), staying);
    const moved = proxies.filter((proxy) => !isChat(proxy));
    assert.deepEqual([...new Set(moved.map(({ plane }) => plane))], ["istiod-next"]);
    // 9 pods of the dev stack, the gateway.
    assert.equal(moved.length, 10);
    assert.match(await mesh.status(), /^control planes: default with 1 proxy, next with 10 proxies$/m);
    await mesh.changesNothingMore();
  });

  it("is moved to by the last namespace, then the one of before goes", async () => {
    const { exitCode, stdout } = await mesh.upUnderLoad({ revision: "next" });
    assert.equal(exitCode, 0, stdout);
    assert.deepEqual(await mesh.planes(), ["istiod-next"]);
    const proxies = await mesh.proxies();
    assert.deepEqual([...new Set(proxies.map(({ plane }) => plane))], ["istiod-next"]);
    assert.equal(proxies.length, 11);
    await mesh.changesNothingMore();
  });

  it("leaves the one of before where a pod of others uses it, names the pod, and goes on once it is gone", async () => {
    const name = "theirs";
    const theirs = new LabCluster({ kubeconfig: workPaths.kubeconfig }, name);
    const app = { image: appImage("mock").ref, versions: ["v1"], forwardHeaders: [], echoHeaders: [] };
    const namespace = labNamespace(name, { "istio.io/rev": "next" });
    await theirs.apply([namespace, ...labPods({ namespace: name, name: "pods", ...app })]);
    await theirs.ready(name);
    const kept = await mesh.upUnderLoad({});
    assert.equal(kept.exitCode, 1);
    assert.match(kept.stderr, /istiod of revision next in istio-system: 1 pod with a proxy of it: theirs\/pods-v1-/);
    assert.deepEqual(await mesh.planes(), ["istiod", "istiod-next"]);
    const left = (await mesh.proxies()).filter(({ plane }) => plane === "istiod-next");
    assert.deepEqual(
      left.map(({ pod }) => pod.split("/")[0]),
      [name],
    );
    await theirs.clean([]);
    const { exitCode, stdout } = await mesh.up({});
    assert.equal(exitCode, 0, stdout);
    assert.deepEqual(await mesh.planes(), ["istiod"]);
    await mesh.changesNothingMore();
  });
});
