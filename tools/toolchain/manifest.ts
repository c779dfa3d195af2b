import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { writeFile } from "../disk/write-file";
import { type Bundle, type BundleName, programFile } from "./bundles";

const fileSchema = z.strictObject({
  /** Below the tool folder. */
  path: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  sha256: z.string(),
});

const entrySchema = z.strictObject({
  version: z.string(),
  way: z.enum(["path", "official", "registry", "remote"]),
  reason: z.string(),
  /** ISO time at which it was put here. */
  at: z.string(),
  files: z.array(fileSchema),
});

const manifestSchema = z.strictObject({ entries: z.record(z.string(), entrySchema) });

/** What a tool folder holds. A file that is not in here, or differs, is never used. */
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestEntry = z.infer<typeof entrySchema>;

const manifestName = "manifest.json";

/** An absent or unreadable manifest is an empty one: everything is then got again. */
export async function readManifest(home: string): Promise<Manifest> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(home, manifestName), "utf8")));
  } catch {
    return { entries: {} };
  }
}

/** Adds an entry. The file is replaced in one step, so a reader sees the old or the new one. */
export async function addEntry(home: string, name: BundleName, entry: ManifestEntry): Promise<void> {
  const { entries } = await readManifest(home);
  await mkdir(home, { recursive: true });
  writeFile(join(home, manifestName), `${JSON.stringify({ entries: { ...entries, [name]: entry } }, undefined, 2)}\n`);
}

/** The entry of a bundle, if it was made from the same sources, lists all its programs, and all its files are there with the size and time they had when they were checked. */
export async function intactEntry(
  home: string,
  manifest: Manifest,
  bundle: Bundle,
): Promise<ManifestEntry | undefined> {
  const entry = manifest.entries[bundle.name];
  if (!entry || (bundle.sources && entry.version !== bundle.version)) return undefined;
  const listed = new Set(entry.files.map((file) => file.path));
  if (entry.way !== "remote" && !bundle.programs.every((program) => listed.has(programFile(program)))) return undefined;
  const same = await Promise.all(
    entry.files.map(async (file) => {
      try {
        const found = await stat(join(home, file.path));
        return found.size === file.size && found.mtimeMs === file.mtimeMs;
      } catch {
        return false;
      }
    }),
  );
  return same.every(Boolean) ? entry : undefined;
}

/** Measures files for an entry. */
export async function describeFiles(home: string, paths: readonly string[]): Promise<ManifestEntry["files"]> {
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(join(home, path));
      return { path, size, mtimeMs, sha256: await sha256Of(join(home, path)) };
    }),
  );
}

/** @returns lower-case hex. */
async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
