import { join } from "node:path";
import { cacheFolder, projectRoot, workPaths } from "../paths";
import { cacheKey } from "./cache-key";
import { type Machine, platformOf, thisMachine } from "./machine";
import { type OfficialBases, officialBases, type Platform } from "./pins";

/** What may be replaced; everything has the default that a user gets. */
export interface ToolchainOptions {
  /** Default: `cacheFolder()`. */
  readonly cache?: string;
  /** Folder with `go/` and `language-host/`. Default: this project's tools folder. */
  readonly sources?: string;
  /** Where build logs go. Default: the checkout's log folder. */
  readonly logs?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly bases?: OfficialBases;
  readonly machine?: Machine;
  /** Longest wait for a publisher's host to answer, in milliseconds. Default 3000. */
  readonly probeTimeout?: number;
  /** Longest pause within a download, in milliseconds. Default 30000. */
  readonly stallTimeout?: number;
  /**
   * Work that needs the system packages and none of the tools: it runs while they are got, and not at all when they are
   * there already. It has failed for good only when whoever needs its result finds out, so its error is dropped.
   */
  readonly meanwhile?: () => Promise<unknown>;
  /** Bytes of disk that a build from the registries needs. Default: what it was measured to need, 12e9. */
  readonly buildSpace?: number;
}

/** Options with all defaults filled in. */
export interface Settings {
  readonly env: NodeJS.ProcessEnv;
  readonly sources: string;
  readonly logs: string;
  readonly bases: OfficialBases;
  readonly machine: Machine;
  readonly platform: Platform;
  readonly probeTimeout: number;
  readonly stallTimeout: number;
  readonly buildSpace: number;
  /** Do not ask any publisher's host (`MESH_LANES_OFFLINE=1`). */
  readonly offline: boolean;
  /** The cache folder of this project; PATH entries below it are our own and never count as the user's. */
  readonly cache: string;
  /** Folder shared by all pin sets: locks and stages. */
  readonly tools: string;
  /** Folder of this exact set of pins: bin/, charts/, manifest.json. */
  readonly home: string;
  readonly key: string;
}

/** @throws UserError when no tools exist for this machine. */
export function settingsOf(options: ToolchainOptions = {}): Settings {
  const env = options.env ?? process.env;
  const machine = options.machine ?? thisMachine();
  const platform = platformOf(machine);
  const sources = options.sources ?? join(projectRoot, "tools");
  const cache = options.cache ?? cacheFolder(env);
  const key = cacheKey(sources, platform);
  const tools = join(cache, "tools");
  return {
    env,
    sources,
    logs: options.logs ?? workPaths.logs,
    bases: options.bases ?? officialBases,
    machine,
    platform,
    probeTimeout: options.probeTimeout ?? 3000,
    stallTimeout: options.stallTimeout ?? 30_000,
    // The module cache (5 GB) and the build cache (7 GB) grow to this when all tools are built. Measured.
    buildSpace: options.buildSpace ?? 12e9,
    offline: env.MESH_LANES_OFFLINE === "1",
    cache,
    tools,
    home: join(tools, key),
    key,
  };
}
