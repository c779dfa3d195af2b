import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { render, renderStack } from "../../../../cli/render";
import { toStream, writeFiles } from "../../../../cli/render/files";
import { looking } from "../../../../components/live/watch";
import { loadStackConfig } from "../../../../config/read";
import { createStack } from "../../../../stacks/stack";
import { UserError } from "../../../../tools/user-error";
import { planted } from "../../alibaba-answers";
import { makeCertificate } from "../../components/gateway/certificates";
import { startPulumiMocks } from "../../pulumi-mocks";
import { answers, environment, programs } from "../../stacks/programs";
import { runProgram } from "../../stacks/run-stack";

const configOf = (values: Record<string, unknown>) => loadStackConfig({ values, encrypted: new Set() });

/** Labels and annotations that are none are left out of a manifest. */
function plain(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { metadata, ...rest } = JSON.parse(JSON.stringify(inputs));
  const kept = Object.entries(metadata).filter(([, value]) => JSON.stringify(value) !== "{}");
  return { ...rest, metadata: Object.fromEntries(kept) };
}

const idOf = (object: Record<string, unknown>) => {
  const { name, namespace } = object.metadata as { name: string; namespace?: string };
  return `${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
};
const byId = (a: Record<string, unknown>, b: Record<string, unknown>) =>
  JSON.stringify([idOf(a), a]) < JSON.stringify([idOf(b), b]) ? -1 : 1;

describe("lanes render", function () {
  this.timeout(300_000);

  // A shell with the variables of `lanes env` has charts of its own.
  const { MESH_LANES_CHARTS: charts } = process.env;
  before(() => {
    delete process.env.MESH_LANES_CHARTS;
  });
  after(() => {
    if (charts !== undefined) process.env.MESH_LANES_CHARTS = charts;
  });

  for (const [title, values] of Object.entries(programs)) {
    it(`gives the objects that the program of ${title} makes, and tells of the rest`, async () => {
      const config = configOf(values);
      const rendered = await renderStack("test", config, environment);
      const mocks = await startPulumiMocks(answers);
      looking.kubectl = () => undefined;
      await runProgram(() => createStack(config, environment));
      // What a program only reads is no part of it.
      const made = mocks.resources.filter(({ custom, type, read }) => custom && !read && !type.startsWith("pulumi:"));
      const objects = made.filter(({ type }) => type.startsWith("kubernetes:") && !type.includes(":helm.sh/"));
      assert.ok(objects.length > 20);
      const left = new Set(rendered.left.map(({ what }) => what.split(":")[0]));
      const expected = objects.map(({ inputs }) => plain(inputs)).filter((object) => !left.has(idOf(object)));
      assert.deepEqual(rendered.manifests.map(({ object }) => ({ ...object })).sort(byId), expected.sort(byId));
      assert.equal(rendered.manifests.length + rendered.left.length, made.length);
    });
  }

  const [dev = {}, asm = {}] = [programs["dev on the embedded node"], programs.prod];

  it("fails once, with the program's own problem", async () => {
    const unseen: unknown[] = [];
    const keep = (error: unknown) => void unseen.push(error);
    const others = process.rawListeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", keep);
    const appImage = () => {
      throw new UserError("no apps here");
    };
    try {
      await assert.rejects(
        renderStack("test", configOf(dev), { ...environment, appImage }),
        /^UserError: no apps here/,
      );
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", keep);
      for (const other of others) process.on("unhandledRejection", other as NodeJS.UnhandledRejectionListener);
    }
    assert.deepEqual(unseen, []);
  });

  it("gives the same bytes each time, on stdout and in files, and reads the same in YAML 1.1 and 1.2", async () => {
    const { text } = await render({ stack: "dev" }, configOf(dev));
    assert.equal((await render({ stack: "dev" }, configOf(dev))).text, text);
    const read = (version: "1.1" | "1.2") => parseAllDocuments(text, { version }).map((document) => document.toJS());
    const objects = read("1.1");
    assert.deepEqual(objects, read("1.2"));
    assert.equal(objects[0].kind, "Namespace");
    assert.equal(objects.at(-1).kind, "VirtualService");
  });

  it("quotes texts that kubectl would read as something else", () => {
    const object = { kind: "ConfigMap", data: { a: "yes", b: "on", c: "1:30", d: "012", e: "2001-01-01", f: "1e3" } };
    const text = toStream([{ api: "cluster", apiVersion: "v1", kind: "ConfigMap", namespace: "", name: "a", object }]);
    for (const version of ["1.1", "1.2"] as const) assert.deepEqual(parse(text, { version }), object);
  });

  it("tells what is not rendered, and why, and has no secret anywhere", async () => {
    const { text, note } = await render({ stack: "dev" }, configOf(programs["dev with all scenarios"] ?? {}));
    for (const line of [
      /^not rendered: Helm charts: install each by Helm or by your GitOps tool\n {2}chart base [\d.]+, as release istio-system\/istio-base\n/m,
      /^ {2}LocalNode cluster-node$/m,
      /^not rendered: secret values, .*\n {2}Secret istio-system\/myexample-credential: data$/m,
    ]) {
      assert.match(note, line);
    }
    assert.doesNotMatch(text + note, new RegExp(planted));
    assert.doesNotMatch(text, /kind: Secret/);
    assert.doesNotMatch(text, /04da6b54|4dabf181/);
  });

  it("leaves a key out that stands in the config", async () => {
    const { certificate, key } = await makeCertificate({ names: ["a.example.com"] });
    const port = { name: "https", port: 443, protocol: "HTTPS", hosts: ["a.example.com"], credentialName: "cred" };
    const tls = [{ secret: "cred", hosts: ["a.example.com"], source: { kind: "pem", certificate } }];
    const values = { ...dev, gateway: { ports: [port] }, tls, "tlsKey.cred": key };
    const config = loadStackConfig({ values, encrypted: new Set(["tlsKey.cred"]) });
    const { text, note } = await render({ stack: "dev" }, config);
    assert.match(note, /^ {2}Secret istio-system\/cred: data$/m);
    const [line = ""] = key.split("\n").slice(1);
    for (const form of [line, Buffer.from(key).toString("base64")]) assert.ok(!(text + note).includes(form));
  });

  it("needs no key that is encrypted in the config", async () => {
    const { certificate } = await makeCertificate({ names: ["a.example.com"] });
    const port = { name: "https", port: 443, protocol: "HTTPS", hosts: ["a.example.com"], credentialName: "cred" };
    const tls = [{ secret: "cred", hosts: ["a.example.com"], source: { kind: "pem", certificate } }];
    const config = loadStackConfig({
      values: { ...dev, gateway: { ports: [port] }, tls },
      encrypted: new Set(["tlsKey.cred"]),
    });
    const { note } = await render({ stack: "dev" }, config);
    assert.match(note, /^ {2}Secret istio-system\/cred: data$/m);
  });

  it("keeps two API servers apart", async () => {
    const problem = await render({ stack: "prod" }, configOf(asm)).catch((error: unknown) => error);
    assert.ok(problem instanceof UserError, String(problem));
    assert.match(problem.message, /--api: objects for 2 API servers, cluster and mesh, in one stream\n/);
    const mesh = await render({ stack: "prod", api: "mesh" }, configOf(asm));
    assert.match(mesh.text, /kind: VirtualService/);
    assert.doesNotMatch(mesh.text, /kind: Deployment/);
    assert.match(mesh.note, /^ {2}IstioGateway istio-system\/ingressgateway: spec\.clusterIds\[0\]/m);
    const other = await render({ stack: "prod", api: "asm" }, configOf(asm)).catch((error: unknown) => error);
    assert.match(String(other), /got "asm"/);
  });

  describe("into a folder", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "mesh-lanes-render-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const write = (values: Record<string, unknown>, stack = "dev") =>
      render({ stack, output: folder }, configOf(values));
    const route = "cluster/80-virtualservice.default.test.mocka.yaml";

    it("writes one file for each object, and again only what changes", async () => {
      const { text, note } = await write(dev);
      assert.equal(text, "");
      assert.match(note, /(\d+) objects in .*: \d+ files written, 0 removed\n$/);
      assert.match(
        readFileSync(join(folder, route), "utf8"),
        /^# Made by lanes render from stack dev\. Do not edit\.\napiVersion: networking/,
      );
      assert.match(readFileSync(join(folder, "not-rendered.txt"), "utf8"), /^ {2}LocalNode cluster-node$/m);
      assert.match((await write(dev)).note, /: 0 files written, 0 removed\n$/);
    });

    it("removes what it made and makes no more, and nothing else", async () => {
      await write(dev);
      writeFileSync(join(folder, "cluster", "mine.yaml"), "a: 1\n");
      const { laneGroups: _groups, ...rest } = dev;
      assert.match((await write(rest)).note, / [1-9]\d* removed\n$/);
      assert.ok(!existsSync(join(folder, route)));
      assert.equal(readFileSync(join(folder, "cluster", "mine.yaml"), "utf8"), "a: 1\n");
    });

    it("writes nothing where a file of somebody else, or of another stack, is in the way", async () => {
      mkdirSync(join(folder, "cluster"));
      writeFileSync(join(folder, route), "a: 1\n");
      const problem = await write(dev).catch((error: unknown) => error);
      assert.ok(problem instanceof UserError, String(problem));
      assert.match(
        problem.message,
        /80-virtualservice\.default\.test\.mocka\.yaml: a file that `lanes render` of this stack did not write/,
      );
      assert.deepEqual(readdirSync(join(folder, "cluster")), ["80-virtualservice.default.test.mocka.yaml"]);
      rmSync(join(folder, route));
      await write(dev, "other");
      assert.ok((await write(dev).catch((error: unknown) => error)) instanceof UserError);
    });

    it("says what is wrong with a folder that it cannot write to, before it writes anything", () => {
      const file = join(folder, "file");
      writeFileSync(file, "mine\n");
      writeFileSync(join(folder, "cluster"), "mine\n");
      const id = { apiVersion: "v1", kind: "Service", namespace: "shop", name: "a" };
      const rendered = { manifests: [{ api: "cluster", ...id, object: id }], left: [] };
      const into = (output: string) => {
        try {
          writeFiles(rendered, "dev", output);
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
          return error.message;
        }
        return assert.fail("nothing was thrown");
      };
      assert.match(into(file), /\n {2}--output \S+file: a file\n {4}expected: a folder.*\n {4}fix: /);
      assert.match(into(join(file, "below")), /\n {2}--output \S+below: ENOTDIR: \S+\/file is no folder/);
      assert.match(into(folder), /\n {2}\S+cluster: a file\n {4}expected: a folder/);
      assert.deepEqual(readdirSync(folder).sort(), ["cluster", "file"]);
      // Of Linux: it takes no folder, and Node.js goes on trying for ever.
      if (existsSync("/proc/self")) assert.match(into("/proc/mesh-lanes"), /--output \/proc\/mesh-lanes: ENOENT/);
    });
  });
});
