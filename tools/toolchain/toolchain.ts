import { join } from "node:path";
import {
  bootstrapFile,
  chartsFolder,
  neededBundles,
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
  /** Envoy's bootstrap template; undefined when images are pulled. */
  readonly envoyBootstrap?: string;
  /** Whether the node pulls docker.io/istio images itself; if not, they are built from the tools here. */
  readonly canPullImages: boolean;
  /** The Istio that was asked for, where it is another one than the pinned; undefined: not asked for, or the cluster pulls it. */
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
  const olderIstio = needs.istio === optionalPins.istio && here("istio-older") ? olderIstioFiles(settings) : undefined;
  return {
    binFolder,
    path: (name) => join(settings.home, programFile(name)),
    charts: chartsOf(needs, olderIstio, here("istio-charts") ? join(settings.home, chartsFolder) : undefined),
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
function chartsOf(needs: ToolNeeds, older: IstioFiles | undefined, charts: string | undefined): string | undefined {
  if (older) return older.charts;
  return needs.istio === undefined || needs.istio === pins.istio ? charts : undefined;
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
