import { join } from "node:path";
import {
  bootstrapFile,
  chartsFolder,
  neededBundles,
  needsOlderIstio,
  nodejsLayerFile,
  olderIstioFolder,
  operatorChartFolder,
  programFile,
  type ToolNeeds,
} from "./bundles";
import type { ToolChoice } from "./decide";
import { intactEntry, readManifest } from "./manifest";
import { optionalPins, pins } from "./pins";
import type { Settings } from "./settings";

export interface OperatorFiles {
  /** Folder of a chart with the operator's own manifests. */
  readonly chart: string;
  readonly binary: string;
  /** A tar file with the folder `autoinstrumentation`. */
  readonly nodejsLayer: string;
}

/** One version of Istio. */
export interface IstioFiles {
  readonly version: string;
  /** Holds pilot-discovery, pilot-agent and envoy. */
  readonly binFolder: string;
  /** Folder with the charts base, istio-discovery and gateway. */
  readonly charts: string;
  readonly envoyBootstrap: string;
}

/** The tools of this machine, ready to run. */
export interface Toolchain {
  /** Folder with the programs under their usual names (not the provider: see `preparePulumiHome`); put it first on PATH for the programs started from it. */
  readonly binFolder: string;
  /** Absolute path of a program, e.g. `kube-apiserver`. Programs that this cluster kind does not need may be absent. */
  path(name: string): string;
  /** Folder with the charts base, istio-discovery and gateway of the Istio that was asked for; undefined: take them from their repository. */
  readonly charts?: string;
  /** The same for the control plane of before, where one was asked for. */
  readonly previousCharts?: string;
  /** Envoy's bootstrap template; undefined when images are pulled. */
  readonly envoyBootstrap?: string;
  /** Whether the node pulls docker.io/istio images itself; if not, they are built from the tools here. */
  readonly canPullImages: boolean;
  /** The oldest tested Istio, where it was asked for; undefined: it was not, or the cluster pulls it. */
  readonly olderIstio?: IstioFiles;
  /** The OpenTelemetry operator and what it injects; undefined: it is not needed, or the cluster pulls it. */
  readonly operator?: OperatorFiles;
  readonly choices: readonly ToolChoice[];
}

/** The tool chain, if the cache has all of it, whole; else undefined. Reads files only. */
export async function cachedToolchain(needs: ToolNeeds, settings: Settings): Promise<Toolchain | undefined> {
  const manifest = await readManifest(settings.home);
  const choices: ToolChoice[] = [];
  for (const bundle of neededBundles(needs, settings.sources)) {
    const entry = await intactEntry(settings.home, manifest, bundle);
    if (!entry) return undefined;
    const reason = `put there ${entry.at}: ${entry.reason}`;
    choices.push({ tool: bundle.name, version: entry.version, way: "cache", reason });
  }
  return toolchainOf(needs, settings, choices);
}

/** Describes what the tool folder now holds. */
export async function toolchainOf(
  needs: ToolNeeds,
  settings: Settings,
  choices: readonly ToolChoice[],
): Promise<Toolchain> {
  const { entries } = await readManifest(settings.home);
  const here = (name: string) => (entries[name]?.files.length ?? 0) > 0;
  const binFolder = join(settings.home, "bin");
  const embedded = needs.cluster === "embedded";
  const olderIstio = needsOlderIstio(needs) && here("istio-older") ? olderIstioFiles(settings) : undefined;
  const folders = {
    older: olderIstio?.charts,
    pinned: here("istio-charts") ? join(settings.home, chartsFolder) : undefined,
  };
  return {
    binFolder,
    path: (name) => join(settings.home, programFile(name)),
    charts: chartsOf(needs.istio ?? pins.istio, folders),
    ...(needs.previousIstio !== undefined && { previousCharts: chartsOf(needs.previousIstio, folders) }),
    envoyBootstrap: embedded && here("istio") ? join(settings.home, bootstrapFile) : undefined,
    canPullImages: !embedded || !here("istio") || !here("envoy"),
    ...(olderIstio && { olderIstio }),
    ...(embedded &&
      needs.telemetry &&
      here("opentelemetry-operator") && {
        operator: {
          chart: join(settings.home, operatorChartFolder),
          binary: join(binFolder, "opentelemetry-operator"),
          nodejsLayer: join(settings.home, nodejsLayerFile),
        },
      }),
    choices,
  };
}

/** Charts of one version never install another: a version without files here is taken from the repository. */
function chartsOf(
  istio: string,
  { older, pinned }: Readonly<Record<"older" | "pinned", string | undefined>>,
): string | undefined {
  if (istio === optionalPins.istio) return older;
  return istio === pins.istio ? pinned : undefined;
}

function olderIstioFiles(settings: Settings): IstioFiles {
  const folder = join(settings.home, olderIstioFolder);
  return {
    version: optionalPins.istio,
    binFolder: join(folder, "bin"),
    charts: join(folder, chartsFolder),
    envoyBootstrap: join(folder, bootstrapFile),
  };
}
