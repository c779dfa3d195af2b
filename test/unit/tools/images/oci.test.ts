import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { fileLayer } from "../../../../tools/images/layers";
import { type Image, ociArchitecture, writeArchive } from "../../../../tools/images/oci";

/** Every entry of a tar file, in order. */
async function readTar(path: string): Promise<{ name: string; content: Buffer; mtime: number }[]> {
  const found: { name: string; content: Buffer; mtime: number }[] = [];
  const entries = extract();
  entries.on("entry", (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk) => chunks.push(Buffer.from(chunk as Uint8Array)));
    stream.on("end", () => {
      found.push({ name: header.name, content: Buffer.concat(chunks), mtime: header.mtime?.getTime() ?? -1 });
      next();
    });
  });
  await pipeline(createReadStream(path), entries);
  return found;
}

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

describe("OCI archives", () => {
  let folder: string;
  let images: Image[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "oci-"));
    const base = await fileLayer([{ path: "etc/name", mode: 0o644, source: Buffer.from("base") }], folder);
    const own = await fileLayer([{ path: "app/main.js", mode: 0o644, source: Buffer.from("1") }], folder);
    images = [
      { ref: "registry.example:5000/a/one:1", layers: [base], config: { Entrypoint: ["/one"] } },
      { ref: "registry.example:5000/a/two:2", layers: [base, own], config: { Entrypoint: ["/two"], User: "1:1" } },
    ];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("hold every blob once, under the hash of its bytes", async () => {
    await writeArchive(images, createWriteStream(join(folder, "a.tar")));
    const entries = await readTar(join(folder, "a.tar"));
    const blobs = entries.filter((entry) => entry.name.startsWith("blobs/sha256/"));
    // Two layers, two configs, two manifests: the layer that both have is there once.
    assert.equal(blobs.length, 6);
    for (const { name, content } of blobs) assert.equal(name, `blobs/sha256/${sha256(content)}`);
    assert.deepEqual(
      entries.map((entry) => entry.name).filter((name) => !name.startsWith("blobs/")),
      ["oci-layout", "index.json"],
    );
  });

  it("lead from the index to what was put in", async () => {
    await writeArchive(images, createWriteStream(join(folder, "a.tar")));
    const entries = new Map((await readTar(join(folder, "a.tar"))).map(({ name, content }) => [name, content]));
    const read = (name: string) => JSON.parse(entries.get(name)?.toString() ?? "null");
    const blob = (digest: string) => read(`blobs/${digest.replace(":", "/")}`);
    assert.deepEqual(read("oci-layout"), { imageLayoutVersion: "1.0.0" });
    const [first, second] = read("index.json").manifests;
    assert.deepEqual(first.annotations, {
      "io.containerd.image.name": "registry.example:5000/a/one:1",
      "org.opencontainers.image.ref.name": "1",
    });
    const manifest = blob(second.digest);
    assert.deepEqual(
      manifest.layers,
      images[1]?.layers.map(({ digest, size }) => ({
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        digest,
        size,
      })),
    );
    assert.deepEqual(blob(manifest.config.digest), {
      architecture: ociArchitecture(),
      os: "linux",
      config: { Entrypoint: ["/two"], User: "1:1" },
      rootfs: { type: "layers", diff_ids: images[1]?.layers.map((layer) => layer.digest) },
    });
  });

  it("are the same bytes each time", async () => {
    await writeArchive(images, createWriteStream(join(folder, "a.tar")));
    await writeArchive(images, createWriteStream(join(folder, "b.tar")));
    assert.ok(readFileSync(join(folder, "a.tar")).equals(readFileSync(join(folder, "b.tar"))));
    assert.ok((await readTar(join(folder, "a.tar"))).every((entry) => entry.mtime === 0));
  });

  it("fail when a layer is gone", async () => {
    rmSync(images[0]?.layers[0]?.path ?? "");
    await assert.rejects(writeArchive(images, createWriteStream(join(folder, "a.tar"))), { code: "ENOENT" });
  });

  for (const [node, oci] of [
    ["x64", "amd64"],
    ["arm64", "arm64"],
  ] as const) {
    it(`call the processor ${node} ${oci}`, () => assert.equal(ociArchitecture(node), oci));
  }
});
