import { createWriteStream } from "node:fs";
import { join, relative } from "node:path";
import { filesBelow } from "../files-below";
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
  const packages = filesBelow(join(folder, "node_modules"));
  const kept = packages.filter((path) => !left.some((pattern) => pattern.test(relative(folder, path))));
  const files = [join(folder, "autoinstrumentation.js"), ...kept].map(
    (path): LayerFile => ({ path: `${root}/${relative(folder, path)}`, mode: 0o644, source: path }),
  );
  await writeTar(files, createWriteStream(file));
}
