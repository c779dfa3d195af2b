import { createHash } from "node:crypto";
import { appendFile, cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { version as published } from "@pulumi/alicloud/package.json";
import { z } from "zod";
import { withLock } from "../../../tools/lock";
import { cacheFolder, workPaths } from "../../../tools/paths";
import type { Reporter } from "../../../tools/report/reporter";
import { sourcesHash } from "../../../tools/toolchain/cache-key";
import { checkBuildIsPossible, goEnvironment } from "../../../tools/toolchain/go";
import { compile, copyWritable, goCall, moduleFolder } from "../../../tools/toolchain/go-build";
import { LogFile } from "../../../tools/toolchain/log-file";
import { dataSourceTokens, resourceTokens } from "./tokens";

/** The provider's module, and the sum of its content as Go writes it. */
const upstream = {
  path: "github.com/aliyun/terraform-provider-alicloud",
  version: "v1.285.0",
  sum: "h1:fbhyq8ql5foAoTUd4Sf/2U2LHZKVbYtwRNz3JfMIWrM=",
} as const;
const ownModule = "mesh-lanes.test/alicloud-provider";
/** Go's caches grow by this when nothing of it is there. Measured. */
const buildSpace = 3e9;

/**
 * Folder with `pulumi-resource-alicloud`, for PATH: the code of terraform-provider-alicloud, cut to what this project uses and
 * compiled once per user. It is for tests: a user has the published provider.
 */
export async function providerFolder(reporter: Reporter, env = process.env): Promise<string> {
  const tokens = JSON.stringify({ resources: resourceTokens, dataSources: dataSourceTokens });
  const inputs = [upstream.sum, published, tokens, sourcesHash(__dirname, ["go"])];
  const key = createHash("sha256").update(inputs.join("\0")).digest("hex").slice(0, 16);
  const folder = join(cacheFolder(env), "alicloud-provider", key);
  const isThere = () =>
    stat(join(folder, "pulumi-resource-alicloud")).then(
      () => true,
      () => false,
    );
  if (await isThere()) return folder;
  await withLock(`${folder}.lock`, "building the provider of Alibaba Cloud", reporter, async () => {
    if (!(await isThere())) await build(folder, tokens, reporter, env);
  });
  return folder;
}

async function build(folder: string, tokens: string, reporter: Reporter, env: NodeJS.ProcessEnv): Promise<void> {
  await checkBuildIsPossible(env, buildSpace);
  await mkdir(dirname(folder), { recursive: true });
  const stage = await mkdtemp(`${folder}-`);
  const log = new LogFile(workPaths.logs, "alicloud-provider-build.log");
  try {
    const goEnv = goEnvironment(env);
    const go = goCall({ ...goEnv, GOFLAGS: `${goEnv.GOFLAGS} -p=2` }, log);
    const module = join(stage, "source");
    await cp(join(__dirname, "go"), module, { recursive: true });
    await writeFile(join(module, "cmd", "pulumi-resource-alicloud", "tokens.json"), tokens);
    const from = await upstreamFolder(go, stage);
    const names = [...Object.keys(resourceTokens), ...Object.keys(dataSourceTokens)];
    const args = ["-from", from, "-to", module, "-module", `${upstream.path}=${ownModule}`, ...names];
    reporter.note(
      `of the provider: ${(await go("Cutting the provider", ["run", "./cmd/shake", ...args], module)).trim()}`,
    );
    await withoutTestSupport(go, module);
    const bin = join(stage, "bin");
    await compile({
      what: "the provider of Alibaba Cloud",
      packages: ["./cmd/pulumi-resource-alicloud"],
      stamps: [["main.version", published]],
      ...{ module, bin, go, reporter },
    });
    await rm(folder, { recursive: true, force: true });
    await rename(bin, folder);
  } finally {
    await log.close();
    await rm(stage, { recursive: true, force: true });
  }
}

/** It is in no go.mod: that would bring the requirements of what is cut away, of which one is in no registry. */
async function upstreamFolder(go: ReturnType<typeof goCall>, cwd: string): Promise<string> {
  const { path, version, sum } = upstream;
  const text = await go("Getting the provider's module", ["mod", "download", "-json", `${path}@${version}`], cwd);
  const found = z.object({ Dir: z.string(), Sum: z.string() }).parse(JSON.parse(text));
  if (found.Sum !== sum) throw new Error(`${path} ${version} has the sum ${found.Sum}, not ${sum}`);
  return found.Dir;
}

const sdk = "github.com/hashicorp/terraform-plugin-sdk";

/**
 * Terraform's SDK has its support of tests in a package that providers use. It takes in a copy of Terraform itself, which does not
 * compile with the versions of other modules that Pulumi's bridge needs; no provider calls it.
 */
async function withoutTestSupport(go: ReturnType<typeof goCall>, module: string): Promise<void> {
  const copy = join(module, "sdk");
  await copyWritable(await moduleFolder(go, sdk, module), copy);
  const folder = join(copy, "helper", "resource");
  const names = (await readdir(folder)).filter((name) =>
    /^(testing.*|plugin|grpc_test_provider|.*_test)\.go$/.test(name),
  );
  for (const name of names) await rm(join(folder, name));
  await appendFile(join(module, "go.mod"), `\nreplace ${sdk} => ./sdk\n`);
}
