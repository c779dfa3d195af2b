import execa from "execa";
import { type BundleName, neededBundles, type ToolNeeds } from "./bundles";
import { isPathOnly, type Way } from "./decide";
import { userToolProblem } from "./ensure";
import { findPipPython } from "./envoy";
import { goProblem } from "./go";
import { machineProblems, platformOf, thisMachine } from "./machine";
import { intactEntry, readManifest } from "./manifest";
import { isOfficialBundle } from "./official";
import { findOnPath, lookOnPath, versionOf } from "./path-tools";
import { pins } from "./pins";
import { type Settings, settingsOf, type ToolchainOptions } from "./settings";
import { installCommand, missingPackages, pipPackage, systemPackages } from "./system-packages";

/** One line of the doctor's table. */
export interface ToolState {
  readonly tool: string;
  /** The version found; undefined when none is, or when it has none. */
  readonly version: string | undefined;
  /** The version that is wanted. */
  readonly wanted: string;
  /** Where it comes from, in words. */
  readonly source: string;
  /**
   * `ready`: nothing to do. `will be got`: the next start gets it without help. `missing`: the user has to act.
   * `optional`: only needed if downloads fail.
   */
  readonly state: "ready" | "will be got" | "missing" | "optional";
  /** What fixes it: a command or one imperative sentence; undefined when nothing is to be done. */
  readonly fix: string | undefined;
}

/**
 * Looks at every tool that a cluster kind needs and changes nothing: no download, no installation, no network.
 *
 * @throws UserError only for an operating system that has no tools at all.
 */
export async function inspectTools(needs: ToolNeeds, options: ToolchainOptions = {}): Promise<ToolState[]> {
  const machine = options.machine ?? thisMachine();
  platformOf(machine);
  const settings = settingsOf(options);
  const obstacles = machineProblems(needs, machine).map(
    (problem): ToolState => ({
      tool: problem.path,
      version: problem.got,
      wanted: problem.expected,
      source: "this machine",
      state: "missing",
      fix: problem.fix,
    }),
  );
  const bundles = await bundleStates(needs, settings);
  const toBuild = bundles.some((state) => state.state === "will be got");
  return [
    ...obstacles,
    nodeState(),
    ...bundles,
    ...(needs.cluster === "embedded" ? await packageStates(settings) : []),
    ...(needs.cluster === "kind" ? await dockerState(settings) : []),
    ...(toBuild ? await builderStates(needs, settings) : []),
  ];
}

function nodeState(): ToolState {
  return {
    tool: "node",
    version: process.versions.node,
    wanted: pins.nodeRange,
    source: process.execPath,
    state: "ready",
    fix: undefined,
  };
}

async function bundleStates(needs: ToolNeeds, settings: Settings): Promise<ToolState[]> {
  const manifest = await readManifest(settings.home);
  return Promise.all(
    neededBundles(needs, settings.sources).map(async (bundle): Promise<ToolState> => {
      const entry = await intactEntry(settings.home, manifest, bundle);
      const common = { tool: bundle.name, wanted: bundle.version };
      if (entry) {
        return { ...common, version: entry.version, source: sourceOf(entry.way), state: "ready", fix: undefined };
      }
      const onPath = await lookOnPath(bundle.name, settings.env, settings.cache);
      if (onPath.state === "right") {
        return {
          ...common,
          version: onPath.version,
          source: `PATH: ${onPath.folder}`,
          state: "ready",
          fix: undefined,
        };
      }
      if (isPathOnly(bundle)) {
        const { got, fix } = userToolProblem(bundle, onPath);
        return { ...common, version: undefined, source: got, state: "missing", fix };
      }
      const spoilt = manifest.entries[bundle.name] ? "in the cache, but changed since" : "not there";
      const source = onPath.state === "wrong" ? onPath.detail : spoilt;
      return {
        ...common,
        version: undefined,
        source: `${source}; ${plan(bundle.name)}`,
        state: "will be got",
        fix: "npm start",
      };
    }),
  );
}

/** What the next start will do for a bundle. */
function plan(name: BundleName): string {
  if (isOfficialBundle(name)) return "will be downloaded, or built without internet";
  if (name === "opentelemetry-operator") return "will be got from the package registries of Go and Node.js";
  return "left to the cluster, or got from the package registries without internet";
}

function sourceOf(way: Exclude<Way, "cache">): string {
  switch (way) {
    case "path":
      return "PATH";
    case "official":
      return "cache, downloaded from its publisher";
    case "registry":
      return "cache, from the package registries";
    case "remote":
      return "fetched by the cluster itself";
    default: {
      const never: never = way;
      return never;
    }
  }
}

async function packageStates(settings: Settings): Promise<ToolState[]> {
  const missing = await missingPackages(settings.env);
  const { root, debianLike } = settings.machine;
  const automatic = root && debianLike;
  return systemPackages.map((entry): ToolState => {
    const gone = missing.includes(entry);
    return {
      tool: entry.name,
      version: undefined,
      wanted: "any",
      source: gone ? "not installed" : "system package",
      state: gone ? (automatic ? "will be got" : "missing") : "ready",
      fix: gone ? (automatic ? "npm start" : installCommand(missing)) : undefined,
    };
  });
}

/** Whether the Docker engine answers: its client alone is of no use. */
async function dockerState(settings: Settings): Promise<ToolState[]> {
  const docker = findOnPath("docker", settings.env, settings.cache);
  if (docker === undefined) return [];
  const { stdout, failed } = await execa(docker, ["version", "--format", "{{.Server.Version}}"], {
    env: settings.env,
    extendEnv: false,
    reject: false,
    timeout: 10_000,
  });
  const there = !failed && stdout.trim() !== "";
  return [
    {
      tool: "docker engine",
      version: there ? stdout.trim() : undefined,
      wanted: "any",
      source: there ? "answers" : "does not answer",
      state: there ? "ready" : "missing",
      fix: there ? undefined : "start Docker (`sudo systemctl start docker`), or use the embedded cluster",
    },
  ];
}

/** What a build from the registries would need; only a hint, since downloads may do. */
async function builderStates(needs: ToolNeeds, settings: Settings): Promise<ToolState[]> {
  const go = findOnPath("go", settings.env);
  const problem = await goProblem(settings.env);
  const states: ToolState[] = [
    {
      tool: "go",
      version: go === undefined ? undefined : await versionOf(go, ["version"], settings.env),
      wanted: pins.goRange,
      source: problem ? problem.got : (go ?? ""),
      state: problem ? "optional" : "ready",
      fix: problem?.fix,
    },
  ];
  if (needs.cluster === "embedded") {
    const python = await findPipPython(settings.env);
    states.push({
      tool: "pip",
      version: undefined,
      wanted: "any",
      source: python ?? "not on PATH",
      state: python === undefined ? "optional" : "ready",
      fix: python === undefined ? installCommand([pipPackage]) : undefined,
    });
  }
  return states;
}
