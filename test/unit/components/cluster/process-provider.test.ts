import assert from "node:assert/strict";
import { join } from "node:path";
import {
  createProcessProvider,
  type ProcessProviderSpec,
  processProviderText,
} from "../../../../components/cluster/process-provider";

type Json = Record<string, unknown>;

const node: ProcessProviderSpec = {
  noun: "node",
  inputs: ["kind", "name", "ports"],
  replaceOn: ["kind", "ports"],
  watched: true,
};
const images: ProcessProviderSpec = { noun: "images", inputs: ["name", "refs"], replaceOn: [], watched: false };
const inputs = { kind: "embedded", name: "mesh-lanes", ports: ["8080:31080"] };
const state = { ...inputs, kubeconfig: "secret", identity: "id-1", __provider: "text" };

function provider(spec: ProcessProviderSpec, answer: Json = {}) {
  const calls: [string, Json][] = [];
  const made = createProcessProvider(spec, async (verb, request) => {
    calls.push([verb, request]);
    return answer;
  });
  return { made, calls };
}

describe("a process-backed resource", () => {
  it("is created by apply, with its inputs only, and keeps what the process answers", async () => {
    const { made, calls } = provider(node, { kubeconfig: "k", identity: "id-1" });
    const created = await made.create({ ...inputs, __provider: "text" });
    assert.deepEqual(created, {
      id: "embedded/mesh-lanes",
      outs: { ...inputs, __provider: "text", kubeconfig: "k", identity: "id-1" },
    });
    assert.deepEqual(calls, [["node-apply", inputs]]);
  });

  it("is deleted on destroy where it is told to be, though nobody inspects it", async () => {
    const { made, calls } = provider({ ...images, removed: true });
    assert.deepEqual(await made.diff?.("id", { name: "a" }, { name: "a" }), {
      changes: false,
      replaces: [],
      deleteBeforeReplace: true,
    });
    await made.delete?.("id", { name: "a", refs: ["r"], secret: "s" });
    assert.deepEqual(calls, [["images-delete", { name: "a", refs: ["r"], identity: undefined }]]);
  });

  it("is repaired by apply", async () => {
    const { made, calls } = provider(node, { identity: "id-1" });
    assert.deepEqual(await made.update?.("id", state, inputs), { outs: { ...inputs, identity: "id-1" } });
    assert.deepEqual(calls, [["node-apply", inputs]]);
  });

  for (const [title, answer, expected] of [
    ["running: no change", { state: "running", identity: "id-1" }, { changes: false }],
    ["stopped: a repair in place", { state: "stopped", identity: "id-1" }, { changes: true }],
    ["broken: a repair in place", { state: "broken", identity: "id-1" }, { changes: true }],
    ["absent: an update", { state: "absent" }, { changes: true }],
    ["recreated by somebody: an update", { state: "running", identity: "id-2" }, { changes: true }],
  ] as const) {
    it(`diff of a node that is ${title}`, async () => {
      const { made, calls } = provider(node, answer);
      assert.deepEqual(await made.diff?.("id", state, inputs), expected);
      assert.deepEqual(calls, [["node-inspect", inputs]]);
    });
  }

  it("diff of a credential that was renewed is no change, but the next update has the new one", async () => {
    const spec: ProcessProviderSpec = { ...images, inputs: ["name", "refs", "kubeconfig"], renewed: ["kubeconfig"] };
    const { made, calls } = provider(spec);
    const olds = { name: "a", refs: [], kubeconfig: "old" };
    const news = { ...olds, kubeconfig: "new" };
    assert.deepEqual(await made.diff?.("id", olds, news), { changes: false, replaces: [], deleteBeforeReplace: true });
    await made.update?.("id", olds, news);
    assert.deepEqual(calls, [["images-apply", news]]);
  });

  it("diff of changed inputs asks no process, and replaces only for those that must", async () => {
    const { made, calls } = provider(node);
    const renamed = await made.diff?.("id", state, { ...inputs, name: "other" });
    assert.deepEqual(renamed, { changes: true, replaces: [], deleteBeforeReplace: true });
    const moved = await made.diff?.("id", state, { ...inputs, ports: ["8081:31080"] });
    assert.deepEqual(moved, { changes: true, replaces: ["ports"], deleteBeforeReplace: true });
    assert.deepEqual(calls, []);
  });

  it("diff of what is not watched compares inputs and asks no process", async () => {
    const { made, calls } = provider(images);
    const olds = { name: "n", refs: ["a:1"] };
    assert.equal((await made.diff?.("id", olds, { ...olds }))?.changes, false);
    assert.equal((await made.diff?.("id", olds, { name: "n", refs: ["a:2"] }))?.changes, true);
    assert.deepEqual(calls, []);
  });

  it("refresh keeps the state of an existing node, and drops one that is absent", async () => {
    assert.deepEqual(await provider(node, { state: "stopped" }).made.read?.("id", state), { id: "id", props: state });
    assert.deepEqual(await provider(node, { state: "absent" }).made.read?.("id", state), { id: "", props: {} });
  });

  it("delete names the identity, so that a newer node of that name is left alone, and passes no secret", async () => {
    const { made, calls } = provider(node);
    await made.delete?.("id", state);
    assert.deepEqual(calls, [["node-delete", { ...inputs, identity: "id-1" }]]);
  });

  it("delete of what is not watched runs no process", async () => {
    const { made, calls } = provider(images);
    await made.delete?.("id", state);
    assert.deepEqual(calls, []);
  });
});

describe("the text of a provider in the state", () => {
  const text = processProviderText(node);

  it("is small, names no absolute path, and is the same each time", () => {
    assert.ok(text.length < 6000, `${text.length} characters`);
    assert.ok(!text.includes(process.cwd()) && !/["'`]\/(home|root|work|tmp|usr)\b/.test(text));
    assert.equal(processProviderText(node), text);
  });

  it("names this package where the program is elsewhere", () => {
    const here = process.cwd();
    try {
      process.chdir("/");
      assert.ok(processProviderText(node).includes(JSON.stringify(join(here, "bin", "lanes.js"))));
    } finally {
      process.chdir(here);
    }
  });

  it("loads as a module by itself and gives a provider that works", async () => {
    const module = { exports: {} as { handler?: () => { diff(id: string, olds: Json, news: Json): Promise<Json> } } };
    new Function("exports", "require", text)(module.exports, () => assert.fail("nothing is loaded for this diff"));
    const diff = await module.exports.handler?.().diff("id", state, { ...inputs, kind: "kind" });
    assert.deepEqual(diff, { changes: true, replaces: ["kind"], deleteBeforeReplace: true });
  });
});
