import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { diskFull } from "../disk/full";
import { withLock } from "../lock";
import type { Reporter } from "../report/reporter";
import { type Problem, UserError } from "../user-error";
import { type Bundle, neededBundles, type ToolNeeds } from "./bundles";
import { decide, type OfficialFinding, type PathFinding, type ToolChoice } from "./decide";
import { fetchOfficial } from "./download";
import { installFiles, linkPathPrograms } from "./install";
import { machineProblems } from "./machine";
import { addEntry, intactEntry, readManifest } from "./manifest";
import { isOfficialBundle, officialDownloads } from "./official";
import { lookOnPath } from "./path-tools";
import { optionalPins, pins } from "./pins";
import { Reachability } from "./reachability";
import { buildFromRegistries } from "./registry-build";
import { type Settings, settingsOf, type ToolchainOptions } from "./settings";
import { ensureSystemPackages, missingPackages } from "./system-packages";
import { cachedToolchain, type Toolchain, toolchainOf } from "./toolchain";

/**
 * Gets every tool that a cluster kind needs: from PATH, the cache, its publisher, or the package registries. When all
 * is installed already it returns at once, without a network call and without starting a process.
 *
 * @throws UserError with every problem that the user can fix: wrong machine, missing packages, Docker, kind, Go, disk.
 */
export async function ensureTools(
  needs: ToolNeeds,
  reporter: Reporter,
  options: ToolchainOptions = {},
): Promise<Toolchain> {
  const settings = settingsOf(options);
  const problems = machineProblems(needs, settings.machine);
  if (problems.length > 0) throw new UserError("This machine cannot run that kind of cluster.", problems);
  const packagesMissing = needs.cluster === "embedded" && (await missingPackages(settings.env)).length > 0;
  const ready = await cachedToolchain(needs, settings);
  if (ready && !packagesMissing) return withIstio(needs, ready);
  // Two package managers at once would be one error.
  const lockFile = join(settings.tools, "lock");
  if (packagesMissing) {
    await withLock(lockFile, "installing system packages", reporter, () => ensureSystemPackages(settings, reporter));
  }
  if (ready) return withIstio(needs, ready);
  const meanwhile = options.meanwhile?.().catch(() => {});
  const toolchain = await withLock(lockFile, "getting the tools", reporter, () => getTools(needs, settings, reporter));
  await meanwhile;
  return withIstio(needs, toolchain);
}

function withIstio(needs: ToolNeeds, toolchain: Toolchain): Toolchain {
  const problems = istioProblems(needs, toolchain);
  if (problems.length > 0) throw new UserError("There are no images of that Istio.", problems);
  return toolchain;
}

/** @returns a problem for each Istio that is needed and whose images the node can neither pull nor be given. */
export function istioProblems(
  { cluster, istio, previousIstio }: ToolNeeds,
  { canPullImages, olderIstio }: Pick<Toolchain, "canPullImages" | "olderIstio">,
): Problem[] {
  if (cluster !== "embedded" || canPullImages) return [];
  const asked = Object.entries({ "mesh.version": istio, "mesh.previous.version": previousIstio });
  return asked.flatMap(([path, version = pins.istio]): Problem[] => {
    if (version === pins.istio || version === olderIstio?.version) return [];
    return [
      {
        path,
        got: version,
        expected: `${pins.istio} or ${optionalPins.istio}, which are built here where no image registry answers`,
        fix: "Take one of the two, or give this machine access to the internet.",
      },
    ];
  });
}

async function getTools(needs: ToolNeeds, settings: Settings, reporter: Reporter): Promise<Toolchain> {
  await removeOldStages(settings.tools);
  const choices = await chooseAll(neededBundles(needs, settings.sources), settings, reporter);
  for (const choice of choices)
    reporter.note(`${choice.tool} ${choice.version}: ${wayInWords(choice)}; ${choice.reason}`);

  const stage = await mkdtemp(join(settings.tools, ".stage-"));
  try {
    const toBuild: ToolChoice[] = [];
    for (const choice of choices) {
      switch (choice.way) {
        case "cache":
          break;
        case "path":
          await record(settings, choice, await linkPathPrograms(choice.tool, settings));
          break;
        case "remote":
          await record(settings, choice, []);
          break;
        case "official": {
          const failed = await tryOfficial(choice, stage, settings, reporter);
          if (failed) toBuild.push(failed);
          break;
        }
        case "registry":
          toBuild.push(choice);
          break;
        default: {
          const never: never = choice.way;
          return never;
        }
      }
    }
    if (toBuild.length > 0) {
      const built = join(stage, "built");
      await buildFromRegistries(
        toBuild.map((choice) => choice.tool),
        built,
        settings,
        reporter,
      );
      for (const choice of toBuild)
        await record(settings, choice, await installFiles(choice.tool, built, settings.home));
    }
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  return toolchainOf(needs, settings, choices);
}

/** Finds out what is where, and chooses; all problems of tools that only the user can bring are thrown at once. */
async function chooseAll(needed: readonly Bundle[], settings: Settings, reporter: Reporter): Promise<ToolChoice[]> {
  const manifest = await readManifest(settings.home);
  const hosts = new Reachability(settings);
  reporter.waiting("looking for tools");
  const found = await Promise.all(
    needed.map(async (bundle) => {
      const entry = await intactEntry(settings.home, manifest, bundle);
      if (entry) {
        const choice = decide({ bundle, onPath: { state: "not looked at" }, cached: entry.version, official: none });
        return { bundle, onPath: notLookedAt, choice };
      }
      const onPath = await lookOnPath(bundle.name, settings.env, settings.cache);
      const official = onPath.state === "right" ? none : await hosts.official(bundle.name);
      return { bundle, onPath, choice: decide({ bundle, onPath, cached: undefined, official }) };
    }),
  );
  const problems = found.flatMap(({ bundle, onPath, choice }) => (choice ? [] : [userToolProblem(bundle, onPath)]));
  if (problems.length > 0) throw new UserError("Tools are missing that only you can install.", problems);
  return found.flatMap(({ choice }) => (choice ? [choice] : []));
}

const none: OfficialFinding = { state: "none", detail: "not asked" };
const notLookedAt: PathFinding = { state: "not looked at" };

/** What is wrong with a tool that this project never brings, and what fixes it. */
export function userToolProblem(bundle: Bundle, onPath: PathFinding): Problem {
  return {
    path: bundle.name,
    got: onPath.state === "wrong" ? onPath.detail : "not on PATH",
    expected: bundle.version === "any" ? "on PATH" : `${bundle.version} on PATH`,
    fix:
      bundle.name === "kind"
        ? "install it (`go install sigs.k8s.io/kind@latest`, or your package manager), or use the embedded cluster"
        : "install Docker and start it, or use the embedded cluster (root on Linux)",
  };
}

/** @returns undefined when it worked, else the choice that comes after it. */
async function tryOfficial(
  choice: ToolChoice,
  stage: string,
  settings: Settings,
  reporter: Reporter,
): Promise<ToolChoice | undefined> {
  if (!isOfficialBundle(choice.tool)) throw new Error(`${choice.tool} has no official file`);
  const folder = join(stage, `official-${choice.tool}`);
  try {
    for (const download of officialDownloads(choice.tool, settings.platform, settings.bases)) {
      reporter.waiting(`downloading ${download.fileName}`);
      let tenth = 0;
      await fetchOfficial(download, join(folder, "bin"), {
        stallTimeout: settings.stallTimeout,
        env: settings.env,
        progress: (got, all) => {
          if (all === undefined || Math.floor((got / all) * 10) <= tenth) return;
          tenth = Math.floor((got / all) * 10);
          reporter.waiting(`downloading ${download.fileName}: ${megabytes(got)} of ${megabytes(all)} MB`);
        },
      });
    }
    await record(settings, choice, await installFiles(choice.tool, folder, settings.home));
    return undefined;
  } catch (error) {
    // A build would need more room than the download.
    const full = diskFull(error, settings.tools);
    if (full) throw full;
    const detail = error instanceof Error ? error.message : String(error);
    reporter.note(`${choice.tool}: the official download failed, so it is built instead: ${detail}`);
    return { ...choice, way: "registry", reason: `the official download failed: ${detail}` };
  }
}

async function record(settings: Settings, choice: ToolChoice, files: Awaited<ReturnType<typeof installFiles>>) {
  const { tool, version, way, reason } = choice;
  if (way === "cache") return;
  await addEntry(settings.home, tool, { version, way, reason, at: new Date().toISOString(), files });
}

/** Stages of runs that were killed. The lock is held, so none of them is in use. */
async function removeOldStages(tools: string): Promise<void> {
  await mkdir(tools, { recursive: true });
  const stages = (await readdir(tools)).filter((name) => name.startsWith(".stage-"));
  await Promise.all(stages.map((name) => rm(join(tools, name), { recursive: true, force: true })));
}

function wayInWords(choice: ToolChoice): string {
  switch (choice.way) {
    case "path":
      return "taken from PATH";
    case "cache":
      return "already there";
    case "official":
      return "downloaded from its publisher";
    case "registry":
      return choice.tool === "envoy" ? "from its Python wheel" : "from its Go module";
    case "remote":
      return "nothing to get";
    default: {
      const never: never = choice.way;
      return never;
    }
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
