import { createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { type LayerFile, writeTar } from "../images/layers";

/** Where the operator's init container copies from: https://github.com/open-telemetry/opentelemetry-operator, autoinstrumentation/nodejs */
const root = "autoinstrumentation";

/** What no program loads by `require`: it is copied into every pod, so it is left out. */
const left = [
  /\.(md|map|d\.ts|d\.mts|d\.cts|ts|flow)$/,
  /(^|\/)build\/(esm|esnext)\//,
  /(^|\/)\.(bin|package-lock\.json)/,
];

/**
 * Packs installed packages and the script that loads them as a layer.
 *
 * @param folder holds `autoinstrumentation.js` and `node_modules`.
 * @param file the tar file to write.
 */
export async function packNodejsLayer(folder: string, file: string): Promise<void> {
  const packages = await filesBelow(join(folder, "node_modules"));
  const kept = packages.filter((path) => !left.some((pattern) => pattern.test(relative(folder, path))));
  const files = [join(folder, "autoinstrumentation.js"), ...kept].map(
    (path): LayerFile => ({ path: `${root}/${relative(folder, path)}`, mode: 0o644, source: path }),
  );
  await writeTar(files, createWriteStream(file));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
