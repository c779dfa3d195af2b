import assert from "node:assert/strict";
import { createReadStream, mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { cachedLayer, fileLayer, type LayerFile, layerKey, storeLayer } from "../../../../tools/images/layers";

describe("layers", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "layers-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const files: LayerFile[] = [
    { path: "usr/bin/b", mode: 0o755, source: Buffer.from("bb") },
    { path: "usr/a", mode: 0o644, source: Buffer.from("a") },
  ];

  it("hold folders before files, sorted, owned by root, without a time", async () => {
    const layer = await fileLayer(files, folder);
    const seen: unknown[] = [];
    const entries = extract();
    entries.on("entry", ({ name, mode, uid, gid, mtime, type, size }, stream, next) => {
      seen.push([name, type, mode, uid, gid, mtime?.getTime(), size]);
      stream.on("end", next);
      stream.resume();
    });
    await pipeline(createReadStream(layer.path), entries);
    assert.deepEqual(seen, [
      ["usr/", "directory", 0o755, 0, 0, 0, 0],
      ["usr/bin/", "directory", 0o755, 0, 0, 0, 0],
      ["usr/a", "file", 0o644, 0, 0, 0, 1],
      ["usr/bin/b", "file", 0o755, 0, 0, 0, 2],
    ]);
  });

  it("are the same whatever the order of the files", async () => {
    const one = await fileLayer(files, folder);
    const two = await fileLayer([...files].reverse(), mkdtempSync(join(folder, "other-")));
    assert.equal(two.digest, one.digest);
  });

  it("are taken from the cache, and made again when the file is not whole", async () => {
    const layer = await fileLayer(files, folder);
    assert.deepEqual(cachedLayer(layerKey(files), folder), layer);
    truncateSync(layer.path, 100);
    assert.equal(cachedLayer(layerKey(files), folder), undefined);
    assert.deepEqual(await fileLayer(files, folder), layer);
    assert.deepEqual(cachedLayer(layerKey(files), folder), layer);
  });

  it("fail to be stored when the writing fails, and leave nothing behind", async () => {
    const failing = storeLayer("key", folder, async (output) => {
      output.write("half");
      output.end();
      throw new Error("no space");
    });
    await assert.rejects(failing, /no space/);
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(cachedLayer("key", folder), undefined);
  });

  it("have a key for each path, mode, content, size and time", () => {
    const binary = join(folder, "binary");
    writeFileSync(binary, "1234");
    const file: LayerFile = { path: "x", mode: 0o755, source: binary };
    const keys = [layerKey([file]), layerKey([{ ...file, path: "y" }]), layerKey([{ ...file, mode: 0o644 }])];
    utimesSync(binary, 1, 1);
    keys.push(layerKey([file]));
    writeFileSync(binary, "12345");
    keys.push(layerKey([file]), layerKey([{ ...file, source: Buffer.from("1234") }]));
    assert.equal(new Set(keys).size, 6);
  });
});
