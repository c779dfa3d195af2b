import type { NodeConfig } from "../embedded/config";
import type { Reporter } from "../report/reporter";
import { pins } from "../toolchain/pins";
import type { IstioFiles, OperatorFiles } from "../toolchain/toolchain";
import { baseLayer } from "./base-root";
import { NodeImages } from "./containerd";
import { imageRef, isOperatorImage, operatorRecipes } from "./operator-images";
import { appRecipes, type MeshBinaries, meshRecipes, pauseRecipe, systemImageRefs } from "./recipes";

/** Where the images of the mesh come from: pulled when their registry can be reached, else built. */
export type MeshImageSource = { readonly way: "pull" } | ({ readonly way: "build" } & MeshBinaries);

/**
 * Brings the images that every node needs onto a running node: pause, istiod, sidecar. Those that it has stay.
 * An image whose pull fails is built when `fallback` says from what.
 */
export async function ensureSystemImages(
  config: NodeConfig,
  source: MeshImageSource,
  reporter: Reporter,
  fallback?: MeshBinaries,
): Promise<void> {
  const node = new NodeImages(config);
  const missing = async () => {
    const present = await node.list();
    return systemImageRefs.filter((ref) => !present.has(ref));
  };
  if ((await missing()).length === 0) return;
  if (source.way === "pull") await pullAll(node, await missing(), reporter, fallback !== undefined);
  const rest = await missing();
  if (rest.length === 0) return;
  const binaries = source.way === "build" ? source : fallback;
  if (binaries === undefined) return;
  reporter.waiting("images of the mesh");
  const base = await baseLayer(reporter);
  const images = [pauseRecipe(base), ...(await meshRecipes(base, pins.istio, binaries))];
  const loaded = await node.load(images.filter((image) => rest.includes(image.ref)));
  reporter.note(`images built: ${loaded.join(", ")}`);
}

/** Brings the images of another version of Istio onto a running node, beside those of the pinned one. Returns what was loaded. */
export async function ensureOlderIstioImages(
  config: NodeConfig,
  { version, ...binaries }: IstioFiles,
  reporter: Reporter,
): Promise<readonly string[]> {
  const base = await baseLayer(reporter);
  reporter.waiting(`images of Istio ${version}`);
  const loaded = await new NodeImages(config).load(await meshRecipes(base, version, binaries));
  if (loaded.length > 0) reporter.note(`images built: ${loaded.join(", ")}`);
  return loaded;
}

/**
 * Brings the images of apps onto a running node. Returns their references, in the order of `apps`.
 *
 * @param operator what the operator's images are made from, when they are among the apps.
 */
export async function ensureAppImages(
  config: NodeConfig,
  apps: readonly string[],
  reporter: Reporter,
  operator?: OperatorFiles,
): Promise<string[]> {
  const base = await baseLayer(reporter);
  reporter.waiting("images of the apps");
  const own = apps.filter((app) => !isOperatorImage(app));
  const images = [
    ...(await appRecipes(base, own)),
    ...(operator ? await operatorRecipes(base, apps.filter(isOperatorImage), operator) : []),
  ];
  const loaded = await new NodeImages(config).load(images);
  if (loaded.length > 0) reporter.note(`images built: ${loaded.join(", ")}`);
  return apps.map((app) => imageRef(app).ref);
}

async function pullAll(node: NodeImages, refs: readonly string[], reporter: Reporter, mayFail: boolean): Promise<void> {
  await Promise.all(
    refs.map(async (ref) => {
      reporter.waiting(`pulling ${ref}`);
      try {
        await node.pull(ref);
        reporter.note(`pulled ${ref}`);
      } catch (error) {
        if (!mayFail) throw error;
        reporter.note(`${ref} could not be pulled, so it is built`);
      }
    }),
  );
}
