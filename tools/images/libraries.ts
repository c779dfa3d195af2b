import { createReadStream, realpathSync } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import execa from "execa";
import { extract } from "tar-stream";
import type { Layer, LayerFile } from "./layers";

/** Where libraries go that the base root does not have: see `libraryFolder` in an image's LD_LIBRARY_PATH. */
export const libraryFolder = "usr/local/lib/mesh-lanes";

/** The shared libraries of a program that the base layer lacks, as files of a layer. */
export async function missingLibraries(program: string, base: Layer): Promise<LayerFile[]> {
  const { stdout } = await execa("ldd", [program], { reject: false });
  const wanted = parseLdd(stdout);
  if (wanted.length === 0) return [];
  const present = await fileNames(base);
  return wanted
    .filter((path) => !present.has(basename(path)))
    .map((path) => ({ path: `${libraryFolder}/${basename(path)}`, mode: 0o755, source: realpathSync(path) }));
}

/** Absolute paths of the libraries that `ldd` found; the kernel's own and the loader are not among them. */
export function parseLdd(text: string): string[] {
  return [...text.matchAll(/=> (\/\S+) \(0x/g)].map((match) => match[1] ?? "");
}

/** Names, without folders, of everything in a layer. */
async function fileNames(layer: Layer): Promise<Set<string>> {
  const names = new Set<string>();
  const entries = extract();
  entries.on("entry", (header, stream, next) => {
    names.add(basename(header.name));
    stream.on("end", next);
    stream.resume();
  });
  await pipeline(createReadStream(layer.path, { highWaterMark: 1 << 20 }), entries);
  return names;
}
