import assert from "node:assert/strict";
import type { Kubectl } from "../../../../tools/kubectl/kubectl";
import { istiodRequest } from "../../../../tools/mesh/istiod";
import { type MeshQuestions, pollProxies, waitForProxies } from "../../../../tools/mesh/wait-for-proxies";
import { type Reporter, silentReporter } from "../../../../tools/report/reporter";

const wait = { groups: ["shop"], namespace: "istio-system" };
const rule = (resourceVersion: string) => ({
  kind: "DestinationRule",
  metadata: { name: "shop.v1.mocka", namespace: "default", resourceVersion },
});

describe("waitForProxies", () => {
  it("asks nobody without a kubeconfig, as on a managed mesh, and says nothing of it", async () => {
    const reporter: Reporter = { ...silentReporter, note: (text) => assert.fail(text) };
    const wait = { groups: ["shop"], namespace: "istio-system", blindSeconds: 0 };
    assert.deepEqual(await waitForProxies(wait, reporter), { result: "blind" });
  });
});

describe("pollProxies", () => {
  const pace = { patience: 1000, detached: 20, firstPause: 1, longestPause: 2 };
  const notes: string[] = [];
  const reporter = { ...silentReporter, note: (text: string) => void notes.push(text) };

  beforeEach(() => {
    notes.length = 0;
  });

  /** The answers of kubectl, one after the other for each path of istiod; the last one stays. */
  function fake(answers: { configz: object[]; syncz: object[]; pods?: string; sidecars?: string }): {
    kubectl: Kubectl;
    asked: string[];
  } {
    const asked: string[] = [];
    const kubectl: Kubectl = async (...args) => {
      if (args[1] === "pods" && args.includes("--all-namespaces")) return answers.sidecars ?? "a.default\n";
      if (args[1] === "pods") return answers.pods ?? "istiod-1\n";
      if (args[0] === "get") return JSON.stringify({ items: [rule("2")] });
      const path = args.at(-1) === "/debug/configz" ? "configz" : "syncz";
      const earlier = asked.filter((each) => each === path).length;
      asked.push(path);
      return JSON.stringify(answers[path][Math.min(earlier, answers[path].length - 1)]);
    };
    return { kubectl, asked };
  }

  const questions = (kubectl: Kubectl): MeshQuestions => ({
    kubectl,
    ask: (pod, path) => kubectl(...istiodRequest(wait.namespace, pod, path)),
  });

  const synced = [{ proxy: "a.default", route_sent: "2", route_acked: "2" }];
  const open = [{ proxy: "a.default", route_sent: "2", route_acked: "1" }];

  it("asks until istiod has read the objects, and then until the proxies have acknowledged", async () => {
    const { kubectl, asked } = fake({ configz: [[rule("1")], [rule("2")]], syncz: [open, open, synced] });
    assert.deepEqual(await pollProxies(wait, questions(kubectl), reporter, pace), { result: "acknowledged" });
    assert.deepEqual(asked, [...Array(3).fill("configz"), ...Array(3).fill("syncz")]);
    assert.deepEqual(notes, []);
  });

  it("asks until istiod has read that an object is gone", async () => {
    const gone = {
      kind: "VirtualService",
      metadata: { name: "shop.mocka", namespace: "default", labels: { "mesh-lanes/group": "shop" } },
    };
    const { kubectl, asked } = fake({
      configz: [[rule("2"), gone], [rule("2"), gone], [rule("2")]],
      syncz: [synced],
    });
    assert.deepEqual(await pollProxies(wait, questions(kubectl), reporter, pace), { result: "acknowledged" });
    assert.deepEqual(asked, [...Array(4).fill("configz"), ...Array(2).fill("syncz")]);
  });

  it("does not wait for an object to go that was written meanwhile", async () => {
    const labels = { "mesh-lanes/group": "shop" };
    const later = { kind: "VirtualService", metadata: { name: "shop.mocka", namespace: "default", labels } };
    const { kubectl } = fake({ configz: [[rule("2"), later]], syncz: [synced] });
    let lists = 0;
    const writing: Kubectl = async (...args) => {
      if (args[0] !== "get" || args[1] === "pods") return kubectl(...args);
      lists += 1;
      return JSON.stringify({ items: lists === 1 ? [rule("2")] : [rule("2"), later] });
    };
    assert.deepEqual(await pollProxies(wait, questions(writing), reporter, pace), { result: "acknowledged" });
    assert.equal(lists, 2);
  });

  it("does not take a push that other changes delay for one that was acknowledged", async () => {
    const other = { ...rule("9"), metadata: { ...rule("9").metadata, name: "other" } };
    const later = [{ proxy: "a.default", route_sent: "3", route_acked: "3" }];
    const { kubectl, asked } = fake({ configz: [[rule("2")], [rule("2"), other]], syncz: [synced, open, later] });
    assert.deepEqual(await pollProxies(wait, questions(kubectl), reporter, pace), { result: "acknowledged" });
    assert.deepEqual(asked, [...Array(3).fill("configz"), ...Array(4).fill("syncz")]);
  });

  it("asks every istiod", async () => {
    const { kubectl, asked } = fake({ configz: [[rule("2")]], syncz: [synced], pods: "istiod-1\nistiod-2\n" });
    assert.deepEqual(await pollProxies(wait, questions(kubectl), reporter, pace), { result: "acknowledged" });
    assert.deepEqual(asked, [...Array(4).fill("configz"), ...Array(4).fill("syncz")]);
  });

  it("warns when patience ends, and names what is missing and why", async () => {
    const resources = {
      "type.googleapis.com/envoy.config.route.v3.RouteConfiguration": { sent: "2", lastError: "bad" },
    };
    const { kubectl } = fake({ configz: [[rule("1")]], syncz: [[{ proxy: "a.default", resources }]] });
    const { result } = await pollProxies(wait, questions(kubectl), reporter, { ...pace, patience: 10 });
    assert.equal(result, "late");
    const [note = ""] = notes;
    assert.match(note, /^warning: lane group shop: not every proxy has acknowledged the change after \d+ s/);
    assert.match(note, /- DestinationRule\/default\/shop.v1.mocka: not read by istiod/);
    assert.match(note, /- a.default: routes \(rejected: bad\)/);
  });

  it("is not done while a pod with a sidecar is connected to no istiod, and names it", async () => {
    const { kubectl } = fake({ configz: [[rule("2")]], syncz: [synced], sidecars: "a.default\nb.default\n" });
    const missing = ["b.default: connected to no control plane, so it hears of no change"];
    assert.deepEqual(await pollProxies(wait, questions(kubectl), reporter, pace), { result: "late", missing });
    assert.match(notes[0] ?? "", /^warning: .*- b\.default: connected to no control plane/);
  });

  it("waits for a proxy that finds its istiod again", async () => {
    const both = [...synced, { proxy: "b.default", route_sent: "2", route_acked: "2" }];
    const { kubectl } = fake({
      configz: [[rule("2")]],
      syncz: [synced, synced, both],
      sidecars: "a.default\nb.default\n",
    });
    assert.deepEqual(await pollProxies(wait, questions(kubectl), reporter, { ...pace, detached: 1000 }), {
      result: "acknowledged",
    });
  });

  it("counts the proxies of every istiod as connected", async () => {
    const { kubectl } = fake({
      configz: [[rule("2")]],
      syncz: [synced],
      pods: "istiod-1\nistiod-2\n",
    });
    const byPod: Kubectl = async (...args) =>
      args.at(-1) === "/debug/syncz" && args.includes("istiod-2") ? "[]" : kubectl(...args);
    assert.deepEqual(await pollProxies(wait, questions(byPod), reporter, pace), { result: "acknowledged" });
  });

  it("fails where there is no istiod", async () => {
    const { kubectl } = fake({ configz: [], syncz: [], pods: "" });
    await assert.rejects(pollProxies(wait, questions(kubectl), reporter, pace), /no istiod in istio-system/);
  });
});
