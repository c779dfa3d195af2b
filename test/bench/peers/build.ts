import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../../tools/paths";
import { LineReporter } from "../../../tools/report/reporter";
import { sourcesHash } from "../../../tools/toolchain/cache-key";
import { checkBuildIsPossible, goEnvironment } from "../../../tools/toolchain/go";
import { compile, goCall, moduleFolder } from "../../../tools/toolchain/go-build";
import { LogFile } from "../../../tools/toolchain/log-file";
import { settingsOf } from "../../../tools/toolchain/settings";

/** Folders with a go.mod each: the two need different versions of the same packages. */
const sources = join(projectRoot, "test", "bench", "peers");

/** Go's caches grow by this when nothing but the two controllers is built. */
const buildSpace = 4e9;

/** A controller of somebody else, by its Go module. */
interface Module {
  /** Folder below {@link sources}. */
  readonly name: "argo-rollouts" | "flagger";
  readonly path: string;
  readonly program: string;
  /** Variable that tells its version, where its sources do not. */
  readonly versionVariable?: string;
  /** Of its custom resource definitions, in its sources. */
  readonly definitions: readonly string[];
}

const modules: readonly Module[] = [
  {
    name: "argo-rollouts",
    path: "github.com/argoproj/argo-rollouts",
    program: "rollouts-controller",
    versionVariable: "github.com/argoproj/argo-rollouts/utils/version.version",
    definitions: ["rollout", "experiment", "analysis-run", "analysis-template", "cluster-analysis-template"].map(
      (kind) => `manifests/crds/${kind}-crd.yaml`,
    ),
  },
  {
    name: "flagger",
    path: "github.com/fluxcd/flagger",
    program: "flagger",
    definitions: ["artifacts/flagger/crd.yaml"],
  },
];

/** A controller that is ready to run. */
export interface Peer {
  /** As its go.mod names it. @example "1.44.0" */
  readonly version: string;
  /** Absolute path. */
  readonly program: string;
  /** Absolute paths of its custom resource definitions, as it ships them. */
  readonly definitions: readonly string[];
}

export type Peers = Readonly<Record<Module["name"], Peer>>;

/**
 * Builds the controllers from their Go modules, each by a go.mod and go.sum of its own, unless the cache has them.
 *
 * @throws UserError when there is no Go, no space, or a build fails.
 */
export async function buildPeers(): Promise<Peers> {
  const settings = settingsOf({});
  const folder = join(
    settings.cache,
    "peers",
    sourcesHash(
      sources,
      modules.map(({ name }) => name),
    ).slice(0, 16),
  );
  const env = goEnvironment(settings.env);
  const log = new LogFile(settings.logs, "peers-build.log");
  const reporter = new LineReporter(1);
  try {
    const go = goCall(env, log);
    const built = [];
    for (const { name, path, program, versionVariable, definitions } of modules) {
      const module = join(sources, name);
      const version = versionOf(module, path);
      const file = join(folder, program);
      if (!existsSync(file)) {
        await checkBuildIsPossible(settings.env, buildSpace);
        const stage = join(folder, `.stage-${process.pid}`);
        await mkdir(stage, { recursive: true });
        const stamps = versionVariable === undefined ? [] : ([[versionVariable, `v${version}`]] as const);
        await compile({ what: `${name} ${version}`, stamps, module, bin: stage, go, reporter });
        await rename(join(stage, program), file);
        await rm(stage, { recursive: true });
      }
      const shipped = await moduleFolder(go, path, module);
      built.push([name, { version, program: file, definitions: definitions.map((each) => join(shipped, each)) }]);
    }
    return Object.fromEntries(built);
  } finally {
    reporter.done();
    await log.close();
  }
}

function versionOf(module: string, path: string): string {
  const text = readFileSync(join(module, "go.mod"), "utf8");
  const version = text.split(/\s+/).at(text.split(/\s+/).indexOf(path) + 1);
  if (!version?.startsWith("v")) throw new Error(`${module}/go.mod names no version of ${path}`);
  return version.slice(1);
}
