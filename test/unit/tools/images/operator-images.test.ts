import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileLayer } from "../../../../tools/images/layers";
import {
  imageRef,
  isOperatorImage,
  operatorImageNames,
  operatorRecipes,
} from "../../../../tools/images/operator-images";

describe("images of the operator", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "operator-images-"));
    for (const folder of ["tools/otel-operator", "tools/otel-nodejs", "apps/mock"]) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    writeFileSync(join(root, "apps/Containerfile"), "");
    writeFileSync(join(root, "apps/mock/main.ts"), "");
    writeFileSync(join(root, "package-lock.json"), "{}");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("are named by their sources", () => {
    const [before, mock] = [imageRef("opentelemetry-nodejs", root), imageRef("mock", root)];
    assert.match(before.ref, /^docker\.io\/mesh-lanes\/opentelemetry-nodejs:[0-9a-f]{12}$/);
    assert.equal(before.ref, `docker.io/mesh-lanes/opentelemetry-nodejs:${before.hash}`);
    writeFileSync(join(root, "tools/otel-nodejs/package-lock.json"), "changed");
    assert.notEqual(imageRef("opentelemetry-nodejs", root).ref, before.ref);
    assert.equal(imageRef("mock", root).ref, mock.ref);
    assert.equal(isOperatorImage("mock"), false);
    assert.throws(() => imageRef("nothing", root), { name: "UserError" });
  });

  it("run the manager, and hold what its init container copies, both as nobody", async () => {
    const folder = join(root, "layers");
    const base = await fileLayer([{ path: "etc/base", mode: 0o644, source: Buffer.from("") }], folder);
    writeFileSync(join(root, "manager"), "program");
    writeFileSync(join(root, "layer.tar"), "a layer");
    const files = { chart: "", binary: join(root, "manager"), nodejsLayer: join(root, "layer.tar") };
    const images = await operatorRecipes(base, operatorImageNames, files, root, folder);
    assert.deepEqual(
      images.map(({ ref, config }) => [ref, config]),
      [
        [imageRef("opentelemetry-operator", root).ref, { User: "65532:65532", Entrypoint: ["/manager"] }],
        [imageRef("opentelemetry-nodejs", root).ref, { User: "65532:65532", Entrypoint: ["/bin/true"] }],
      ],
    );
    for (const { layers } of images) assert.deepEqual([layers.length, layers[0]], [2, base]);
    const again = await operatorRecipes(base, operatorImageNames, files, root, folder);
    assert.deepEqual(again, images);
  });
});
