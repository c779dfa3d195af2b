import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { z } from "zod";
import { readIfPresent, writeAtomically } from "../embedded/files";
import { cacheFolder } from "../paths";
import { fromJson } from "../values";

/** A layer of an image: an uncompressed tar file, named by its content. */
export interface Layer {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** The tar file. */
  readonly path: string;
}

/** A file of a layer. */
export interface LayerFile {
  /** Path in the image, without a leading slash. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** A file of this machine, or the content itself. */
  readonly source: string | Buffer;
}

const layerRecord = z.object({ digest: z.string(), size: z.number() });

/** Where layers are kept, shared by all checkouts of a user. Safe to delete at any time. */
export function imagesFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), "images");
}

/** The layer that was made for this key; undefined when it is not there or not whole. */
export function cachedLayer(key: string, folder = imagesFolder()): Layer | undefined {
  const text = readIfPresent(join(folder, `${key}.json`));
  if (text === undefined) return undefined;
  const parsed = layerRecord.safeParse(fromJson(text));
  if (!parsed.success) return undefined;
  const path = layerPath(folder, parsed.data.digest);
  if (statSync(path, { throwIfNoEntry: false })?.size !== parsed.data.size) return undefined;
  return { ...parsed.data, path };
}

/** A layer of these files, from the cache when it was made before. The same files always give the same bytes. */
export async function fileLayer(files: readonly LayerFile[], folder = imagesFolder()): Promise<Layer> {
  const key = layerKey(files);
  return cachedLayer(key, folder) ?? storeLayer(key, folder, (output) => writeTar(files, output));
}

/** Stores what `write` writes as the layer of that key. Nothing is seen of it before it is whole. */
export async function storeLayer(
  key: string,
  folder: string,
  write: (output: NodeJS.WritableStream) => Promise<void>,
): Promise<Layer> {
  mkdirSync(folder, { recursive: true });
  const partial = join(folder, `${key}.${process.pid}.partial`);
  try {
    const hash = createHash("sha256");
    let size = 0;
    const through = new PassThrough();
    through.on("data", (chunk: Buffer) => {
      hash.update(chunk);
      size += chunk.length;
    });
    const stored = pipeline(through, createWriteStream(partial));
    await Promise.all([stored, write(through)]).catch(async (error) => {
      through.destroy();
      await stored.catch(() => {});
      throw error;
    });
    const digest = `sha256:${hash.digest("hex")}`;
    const path = layerPath(folder, digest);
    renameSync(partial, path);
    writeAtomically(join(folder, `${key}.json`), `${JSON.stringify({ digest, size })}\n`);
    return { digest, size, path };
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Large binaries count by path, size and time of change: to read them again would take longer than all the rest. */
export function layerKey(files: readonly LayerFile[]): string {
  const hash = createHash("sha256");
  for (const file of sorted(files)) {
    const content =
      typeof file.source === "string"
        ? sourceState(file.source)
        : createHash("sha256").update(file.source).digest("hex");
    hash.update(JSON.stringify([file.path, file.mode, content]));
  }
  return `layer-${hash.digest("hex").slice(0, 24)}`;
}

function sourceState(path: string): (string | number)[] {
  const { size, mtimeMs } = statSync(path);
  return [path, size, mtimeMs];
}

/** Writes files as a tar archive; the same files give the same bytes. */
export async function writeTar(files: readonly LayerFile[], output: NodeJS.WritableStream): Promise<void> {
  const archive = pack();
  await Promise.all([pipeline(archive, output), writeEntries(archive, files)]);
}

async function writeEntries(archive: Pack, files: readonly LayerFile[]): Promise<void> {
  const fixed = { mtime: new Date(0), uid: 0, gid: 0 };
  for (const folder of foldersOf(files))
    archive.entry({ ...fixed, name: `${folder}/`, type: "directory", mode: 0o755 });
  for (const { path, mode, source } of sorted(files)) {
    if (typeof source !== "string") archive.entry({ ...fixed, name: path, mode }, source);
    else {
      const entry = archive.entry({ ...fixed, name: path, mode, size: statSync(source).size });
      await pipeline(createReadStream(source, { highWaterMark: 1 << 20 }), entry);
    }
  }
  archive.finalize();
}

/** Every folder on the way to the files, parents first. */
function foldersOf(files: readonly LayerFile[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth += 1) folders.add(parts.slice(0, depth).join("/"));
  }
  return [...folders].sort();
}

function sorted(files: readonly LayerFile[]): LayerFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function layerPath(folder: string, digest: string): string {
  return join(folder, `${digest.replace("sha256:", "")}.tar`);
}
