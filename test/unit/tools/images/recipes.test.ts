import assert from "node:assert/strict";
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { appImage } from "../../../../tools/images/app-image";
import { fileLayer, type Layer } from "../../../../tools/images/layers";
import { appRecipes, meshRecipes, pauseRecipe, systemImageRefs } from "../../../../tools/images/recipes";
import { pins } from "../../../../tools/toolchain/pins";

async function filesOf(layer: Layer | undefined): Promise<Map<string, { mode?: number; text: string }>> {
  assert.ok(layer);
  const found = new Map<string, { mode?: number; text: string }>();
  const entries = extract();
  entries.on("entry", (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk) => chunks.push(Buffer.from(chunk as Uint8Array)));
    stream.on("end", () => {
      if (header.type === "file") found.set(header.name, { mode: header.mode, text: Buffer.concat(chunks).toString() });
      next();
    });
  });
  await pipeline(createReadStream(layer.path), entries);
  return found;
}

describe("image recipes", () => {
  let folder: string;
  let base: Layer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "recipes-"));
    base = await fileLayer([{ path: "etc/base", mode: 0o644, source: Buffer.from("") }], folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("make the mesh's images run as Istio's own user, with the bootstrap template where its agent looks", async () => {
    for (const name of ["pilot-discovery", "pilot-agent", "envoy", "bootstrap.json"]) {
      writeFileSync(join(folder, name), name);
    }
    const binaries = { binFolder: folder, envoyBootstrap: join(folder, "bootstrap.json") };
    const images = [pauseRecipe(base), ...(await meshRecipes(base, pins.istio, binaries, folder))];
    assert.deepEqual(
      images.map((image) => image.ref),
      systemImageRefs,
    );
    const [pause, pilot, proxy] = images;
    assert.deepEqual(pause?.config, { Entrypoint: ["/bin/sleep", "infinity"] });
    assert.deepEqual(pilot?.config, { User: "1337:1337", Entrypoint: ["/usr/local/bin/pilot-discovery"] });
    assert.deepEqual(proxy?.config, { User: "1337:1337", Entrypoint: ["/usr/local/bin/pilot-agent"] });
    const bootstrap = ["var/lib/istio/envoy/envoy_bootstrap_tmpl.json", { mode: 0o644, text: "bootstrap.json" }];
    assert.deepEqual(
      [...(await filesOf(pilot?.layers[1]))],
      [["usr/local/bin/pilot-discovery", { mode: 0o755, text: "pilot-discovery" }], bootstrap],
    );
    assert.deepEqual(
      [...(await filesOf(proxy?.layers[1]))],
      [
        ["usr/local/bin/envoy", { mode: 0o755, text: "envoy" }],
        ["usr/local/bin/pilot-agent", { mode: 0o755, text: "pilot-agent" }],
        bootstrap,
      ],
    );
  });

  it("make an app one file that runs by itself, under the name that was planned", async function () {
    this.timeout(60_000);
    for (const name of ["apps/tiny", "apps/shared"]) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, "package-lock.json"), "{}");
    writeFileSync(join(folder, "apps/Containerfile"), "");
    writeFileSync(join(folder, "apps/shared/word.ts"), "export const word: string = 'shared word';\n");
    writeFileSync(
      join(folder, "apps/tiny/main.ts"),
      "import { word } from '../shared/word';\nmodule.exports = word;\n",
    );
    const [image] = await appRecipes(base, ["tiny"], folder, folder);
    assert.equal(image?.ref, appImage("tiny", folder).ref);
    assert.deepEqual(image?.config.Entrypoint, ["/usr/local/bin/node", "/app/main.js"]);
    assert.equal(image?.config.User, "1000:1000");
    assert.equal(image?.layers.length, 3);
    const files = await filesOf(image?.layers[2]);
    assert.deepEqual([...files.keys()], ["app/main.js"]);
    const exported = { exports: {} };
    new Function("module", "exports", "require", files.get("app/main.js")?.text ?? "")(
      exported,
      exported.exports,
      () => {
        throw new Error("the bundle asks for a module");
      },
    );
    assert.equal(exported.exports, "shared word");
  });
});
