import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import type { Layer } from "./layers";

/** How a container of an image is started; names as in the OCI image config. */
export interface RunConfig {
  readonly Entrypoint: readonly string[];
  /** `uid:gid`. @default root */
  readonly User?: string;
  /** `NAME=value`. */
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
}

export interface Image {
  /** Full reference, e.g. `docker.io/istio/pilot:1.29.1`. */
  readonly ref: string;
  /** From the bottom up. */
  readonly layers: readonly Layer[];
  readonly config: RunConfig;
}

interface Blob {
  readonly digest: string;
  readonly content: Buffer;
}

const mediaTypes = {
  layer: "application/vnd.oci.image.layer.v1.tar",
  config: "application/vnd.oci.image.config.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
} as const;

/**
 * Writes images as one OCI archive, the form that `ctr images import` and `docker load` read. Layers that images share
 * are in it once. The same images give the same bytes.
 */
export async function writeArchive(images: readonly Image[], output: NodeJS.WritableStream): Promise<void> {
  const archive = pack();
  await Promise.all([pipeline(archive, output), writeEntries(archive, images)]);
}

/** The config and the manifest of an image, by the OCI image specification. */
function describeImage(image: Image, architecture = ociArchitecture()): { config: Blob; manifest: Blob } {
  const config = blob({
    architecture,
    os: "linux",
    config: image.config,
    // The layers are not compressed, so a layer's diff ID is its digest.
    rootfs: { type: "layers", diff_ids: image.layers.map((layer) => layer.digest) },
  });
  const manifest = blob({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: config.digest, size: config.content.length },
    layers: image.layers.map(({ digest, size }) => ({ mediaType: mediaTypes.layer, digest, size })),
  });
  return { config, manifest };
}

async function writeEntries(archive: Pack, images: readonly Image[]): Promise<void> {
  const described = images.map((image) => ({ image, ...describeImage(image) }));
  const header = (name: string, size: number) => ({ name, size, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 });
  const add = (name: string, content: Buffer) => archive.entry(header(name, content.length), content);
  add("oci-layout", json({ imageLayoutVersion: "1.0.0" }));
  for (const layer of unique(images.flatMap((image) => image.layers))) {
    const entry = archive.entry(header(blobPath(layer.digest), layer.size));
    await pipeline(createReadStream(layer.path, { highWaterMark: 1 << 20 }), entry);
  }
  for (const { digest, content } of unique(described.flatMap(({ config, manifest }) => [config, manifest]))) {
    add(blobPath(digest), content);
  }
  const manifests = described.map(({ image, manifest }) => ({
    mediaType: mediaTypes.manifest,
    digest: manifest.digest,
    size: manifest.content.length,
    // containerd names the image by the first, Docker by the second.
    annotations: { "io.containerd.image.name": image.ref, "org.opencontainers.image.ref.name": tagOf(image.ref) },
  }));
  add("index.json", json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }));
  archive.finalize();
}

/** The name by which image tools call the processor. */
export function ociArchitecture(architecture: string = process.arch): string {
  return architecture === "x64" ? "amd64" : architecture;
}

function tagOf(ref: string): string {
  return ref.slice(ref.lastIndexOf(":") + 1);
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function blob(value: object): Blob {
  const content = json(value);
  return { digest: `sha256:${createHash("sha256").update(content).digest("hex")}`, content };
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function unique<T extends { readonly digest: string }>(blobs: readonly T[]): T[] {
  return [...new Map(blobs.map((entry) => [entry.digest, entry])).values()];
}
