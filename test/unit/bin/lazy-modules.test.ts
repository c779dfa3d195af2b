import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";

const lazyModules = join(projectRoot, "bin", "lazy-modules.js");
const typescript = join(projectRoot, "bin", "typescript.js");

/** What a script prints as JSON in a process of its own, with the stand-ins or without. */
async function answer(script: string, preload: readonly string[] = []): Promise<unknown> {
  const preloads = preload.flatMap((file) => ["--require", file]);
  const { stdout } = await execa(process.execPath, [...preloads, "-e", script], { cwd: projectRoot });
  return JSON.parse(stdout);
}

/** Of some files: which are loaded after the script. Each is the main file of a module that a stand-in stands for. */
function loadedAfter(script: string): string {
  return `(async () => {
    ${script};
    const files = {
      typescript: /node_modules.typescript.lib/,
      arborist: /npmcli.arborist/,
      normalize: /normalize-package-data/,
      traces: /opentelemetry.(exporter|sdk|resources|instrumentation)/,
      automation: /pulumi.automation.index/,
      yaml: /js-yaml.index/,
      locales: /zod.v4.locales.index/,
    };
    const loaded = Object.keys(files).filter((name) => Object.keys(require.cache).some((file) => files[name].test(file)));
    console.log(JSON.stringify(loaded));
  })()`;
}

const libraries = `require("@pulumi/pulumi/cmd/run/tracing").newSpan("x").end(); require("@pulumi/pulumi"); require("zod")`;

const readYamlManifest = `
  const fs = require("node:fs");
  const folder = fs.mkdtempSync(require("node:os").tmpdir() + "/manifest-");
  fs.writeFileSync(folder + "/package.yaml", "name: shop");
  const { data } = require("@pulumi/pulumi/runtime/manifest").readPackageManifest(folder);
  require("node:assert").deepEqual(data, { name: "shop" });
  fs.rmSync(folder, { recursive: true })`;

describe("lazy-modules", function () {
  this.timeout(60_000);

  it("leaves out what is not used", async () => {
    assert.deepEqual(await answer(loadedAfter(libraries), [lazyModules]), []);
    // All of them are asked for by these libraries: a name that changed would show here.
    const all = ["typescript", "arborist", "normalize", "traces", "automation", "yaml", "locales"];
    assert.deepEqual(await answer(loadedAfter(libraries)), all);
  });

  for (const [use, module] of [
    [`require("@pulumi/pulumi").automation.LocalWorkspace`, "automation"],
    [`require("zod").z.locales.de`, "locales"],
    [readYamlManifest, "yaml"],
    [`await require("@pulumi/pulumi").runtime.serializeFunction(() => 1)`, "typescript"],
  ] as const) {
    it(`loads ${module} at its first use`, async () => {
      assert.ok(((await answer(loadedAfter(use), [lazyModules])) as string[]).includes(module));
    });
  }

  it("gives what the module itself gives", async () => {
    const script = `(async () => {
      const pulumi = require("@pulumi/pulumi");
      const { z } = require("zod");
      const sum = (a, b) => a + b;
      const closure = await pulumi.runtime.serializeFunction(() => sum(1, 2));
      const paths = await pulumi.runtime.computeCodePaths({ extraIncludePackages: ["semver"] });
      const { automation } = pulumi;
      const tracing = require("@pulumi/pulumi/cmd/run/tracing");
      tracing.start("http://127.0.0.1:9/api/v2/spans");
      const span = tracing.newSpan("x");
      console.log(JSON.stringify({
        closure: closure.text,
        paths: [...paths.keys()].sort(),
        automation: Object.keys(automation).sort(),
        same: automation.LocalWorkspace === require("@pulumi/pulumi/automation").LocalWorkspace,
        has: ["fullyQualifiedStackName" in automation, "nothing" in automation],
        locales: Object.keys(z.locales),
        message: z.config(z.locales.de()) && z.string().safeParse(1).error.issues[0].message,
        recording: span.isRecording(),
      }));
      process.exit();
    })()`;
    const [plain, lazy] = await Promise.all([answer(script), answer(script, [lazyModules])]);
    assert.deepEqual(lazy, plain);
    assert.equal((plain as { recording: boolean }).recording, true);
    assert.equal((plain as { same: boolean }).same, true);
  });

  it("leaves YAML out of a program whose config includes no file", async () => {
    const loaded = (script: string) => `
      const { parseStackConfig } = require("./config/parse");
      const { readYaml } = require("./config/yaml");
      require("./stacks/stack");
      const read = ${script};
      const yaml = Object.keys(require.cache).some((file) => /node_modules.yaml.dist/.test(file));
      console.log(JSON.stringify({ yaml, read }));`;
    const ours = [lazyModules, typescript];
    assert.deepEqual(await answer(loaded(`parseStackConfig({}).mesh.kind`), ours), { yaml: false, read: "istio" });
    const document = { yaml: true, read: { document: { a: [1] }, problems: [] } };
    assert.deepEqual(await answer(loaded(`readYaml("a: [1]")`), ours), document);
  });

  it("leaves the same names to others: an own module of the name is loaded at once", async () => {
    assert.deepEqual(await answer(loadedAfter(`require("typescript")`), [lazyModules]), ["typescript"]);
  });

  it("gives the program the resources and outputs that it has with ts-node", async () => {
    const print = (preload: readonly string[]) => answer(`require("./test/unit/bin/print-resources")`, preload);
    const [plain, fast] = await Promise.all([
      print(["ts-node/register/transpile-only"]),
      print([lazyModules, typescript]),
    ]);
    assert.ok((plain as { resources: unknown[] }).resources.length > 40);
    assert.deepEqual(fast, plain);
  });
});
