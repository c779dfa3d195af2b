import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { pauseImage } from "../embedded/config-files";
import { projectRoot } from "../paths";
import { pins } from "../toolchain/pins";
import { appImage } from "./app-image";
import { fileLayer, imagesFolder, type Layer, type LayerFile } from "./layers";
import { libraryFolder, missingLibraries } from "./libraries";
import type { Image } from "./oci";

/** What the images of the mesh are made from. */
export interface MeshBinaries {
  /** Holds pilot-discovery, pilot-agent and envoy. */
  readonly binFolder: string;
  /** Envoy's bootstrap template of the same Istio version. */
  readonly envoyBootstrap: string;
}

/** The names that Istio's charts ask for, so that a program is the same with images that were pulled. */
function meshImageRefs(version: string): { readonly pilot: string; readonly proxy: string } {
  return { pilot: `docker.io/istio/pilot:${version}`, proxy: `docker.io/istio/proxyv2:${version}` };
}

/** Every image that a node needs before any app runs on it. */
export const systemImageRefs: readonly string[] = [pauseImage, ...Object.values(meshImageRefs(pins.istio))];

export function pauseRecipe(base: Layer): Image {
  return { ref: pauseImage, layers: [base], config: { Entrypoint: ["/bin/sleep", "infinity"] } };
}

/** The two images of a version of Istio. Both run as 1337: Istio's own user, whose traffic the sidecar does not capture. */
export async function meshRecipes(
  base: Layer,
  version: string,
  binaries: MeshBinaries,
  folder = imagesFolder(),
): Promise<Image[]> {
  const refs = meshImageRefs(version);
  const program = (name: string): LayerFile => ({
    path: `usr/local/bin/${name}`,
    mode: 0o755,
    source: realpathSync(join(binaries.binFolder, name)),
  });
  const bootstrap: LayerFile = {
    path: "var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
    mode: 0o644,
    source: realpathSync(binaries.envoyBootstrap),
  };
  const [pilot, proxy] = await Promise.all([
    fileLayer([program("pilot-discovery"), bootstrap], folder),
    fileLayer([program("pilot-agent"), program("envoy"), bootstrap], folder),
  ]);
  return [
    {
      ref: refs.pilot,
      layers: [base, pilot],
      config: { User: "1337:1337", Entrypoint: ["/usr/local/bin/pilot-discovery"] },
    },
    {
      ref: refs.proxy,
      layers: [base, proxy],
      config: { User: "1337:1337", Entrypoint: ["/usr/local/bin/pilot-agent"] },
    },
  ];
}

/** The images of apps: this machine's own Node.js, and each app as one bundled file. */
export async function appRecipes(
  base: Layer,
  apps: readonly string[],
  root = projectRoot,
  folder = imagesFolder(),
): Promise<Image[]> {
  const node = realpathSync(process.execPath);
  const runtime = await fileLayer(
    [{ path: "usr/local/bin/node", mode: 0o755, source: node }, ...(await missingLibraries(node, base))],
    folder,
  );
  return Promise.all(
    apps.map(async (app) => ({
      ref: appImage(app, root).ref,
      layers: [base, runtime, await fileLayer(await bundle(app, root), folder)],
      config: {
        User: "1000:1000",
        Env: [`LD_LIBRARY_PATH=/${libraryFolder}`, "NODE_ENV=production"],
        WorkingDir: "/app",
        Entrypoint: ["/usr/local/bin/node", "/app/main.js"],
      },
    })),
  );
}

async function bundle(app: string, root: string): Promise<LayerFile[]> {
  const entry = join(root, "apps", app, "main.ts");
  if (!existsSync(entry)) throw new Error(`${entry} does not exist`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    write: false,
    logLevel: "silent",
    absWorkingDir: root,
  });
  return outputFiles.map((file) => ({ path: "app/main.js", mode: 0o644, source: Buffer.from(file.contents) }));
}
