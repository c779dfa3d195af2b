import { lstat, mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type BundleName,
  bootstrapFile,
  bundles,
  chartsFolder,
  nodejsLayerFile,
  olderIstioFolder,
  operatorChartFolder,
  programFile,
} from "./bundles";
import { describeFiles, type ManifestEntry } from "./manifest";
import { pathPrograms } from "./path-tools";
import type { Settings } from "./settings";

/**
 * Moves a finished bundle from its stage into the tool folder, file by file, each in one step.
 *
 * @returns the files, measured, for the manifest.
 */
export async function installFiles(name: BundleName, stage: string, home: string): Promise<ManifestEntry["files"]> {
  const programs = bundles[name].programs.map((program) => [join("bin", program), programFile(program)] as const);
  const others = [...(await multiCall(name, stage)), ...extras(name)].map((path) => [path, path] as const);
  const moves = [...others, ...programs];
  for (const [from, path] of moves) {
    const target = join(home, path);
    await mkdir(dirname(target), { recursive: true });
    // rename replaces a file or link in one step, but not a folder.
    const old = await lstat(target).catch(() => undefined);
    if (old?.isDirectory()) await rm(target, { recursive: true, force: true });
    await rename(join(stage, from), target);
  }
  const files = await Promise.all(moves.map(([, path]) => filesBelow(home, path)));
  return describeFiles(home, files.flat());
}

/** Links the programs of a bundle that was found on PATH into the bin folder, so that all tools are in one place. */
export async function linkPathPrograms(name: BundleName, settings: Settings): Promise<ManifestEntry["files"]> {
  const bin = join(settings.home, "bin");
  await mkdir(bin, { recursive: true });
  const found = pathPrograms(bundles[name], settings.env, settings.cache);
  for (const [program, path] of found) {
    const fresh = join(bin, `.${program}.${process.pid}`);
    await rm(fresh, { force: true });
    await symlink(path, fresh);
    await rename(fresh, join(bin, program));
  }
  return describeFiles(
    settings.home,
    [...found.keys()].map((program) => join("bin", program)),
  );
}

/** The built Kubernetes programs are links to one binary, which has to be there before them. */
async function multiCall(name: BundleName, stage: string): Promise<string[]> {
  if (name !== "kubernetes") return [];
  const kube = join("bin", "kube");
  return (await lstat(join(stage, kube)).catch(() => undefined)) ? [kube] : [];
}

function extras(name: BundleName): string[] {
  if (name === "istio") return [bootstrapFile];
  if (name === "istio-older") return [olderIstioFolder];
  if (name === "opentelemetry-operator") return [operatorChartFolder, nodejsLayerFile];
  return name === "istio-charts" ? [chartsFolder] : [];
}

async function filesBelow(home: string, path: string): Promise<string[]> {
  if (!(await lstat(join(home, path))).isDirectory()) return [path];
  const names = await readdir(join(home, path));
  return (await Promise.all(names.sort().map((name) => filesBelow(home, join(path, name))))).flat();
}
