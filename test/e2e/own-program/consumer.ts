import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../tools/paths";
import { type RunResult, run } from "../support";

/** Its dependencies come out of npm's cache, or from the registry; their scripts would look for more on the internet. */
const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

const { devDependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));

/** Pulumi's SDKs, which every Pulumi program on Kubernetes has, in the versions that this project is tested with. */
export const sdks = ["@pulumi/pulumi", "@pulumi/kubernetes"].map((name) => `${name}@${devDependencies[name]}`);

/** Path of the package, which takes a minute to make: once for all folders of a run. */
let packed: Promise<string> | undefined;

async function pack(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-packed-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const { exitCode, stdout, stderr } = await run("npm", [
    "pack",
    "--pack-destination",
    folder,
    "--foreground-scripts=false",
  ]);
  assert.equal(exitCode, 0, stdout + stderr);
  const [archive = ""] = readdirSync(folder);
  return join(folder, archive);
}

/** An empty folder in which somebody has installed this project's npm package. */
export class ConsumerFolder {
  private constructor(public readonly path: string) {}

  public static async make(): Promise<ConsumerFolder> {
    const folder = new ConsumerFolder(mkdtempSync(join(tmpdir(), "mesh-lanes-consumer-")));
    packed ??= pack();
    copyFileSync(await packed, join(folder.path, "mesh-lanes.tgz"));
    folder.write("package.json", "{}");
    // The SDKs are the consumer's own; newer ones of the range want plugins that this suite has not.
    await folder.install("./mesh-lanes.tgz", ...sdks);
    return folder;
  }

  /** An empty folder with these packages and nothing else. */
  public static async with(...packages: string[]): Promise<ConsumerFolder> {
    const folder = new ConsumerFolder(mkdtempSync(join(tmpdir(), "mesh-lanes-consumer-")));
    folder.write("package.json", "{}");
    if (packages.length > 0) await folder.install(...packages);
    return folder;
  }

  public async install(...packages: string[]): Promise<void> {
    const { exitCode, stderr } = await this.run("npm", ["install", ...quiet, ...packages]);
    assert.equal(exitCode, 0, stderr);
  }

  public write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  public read(name: string): string {
    return readFileSync(join(this.path, name), "utf8");
  }

  public run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    return run(command, args, env, this.path);
  }

  /** Runs a command that must not fail. */
  public async must(command: string, ...args: readonly string[]): Promise<void> {
    const { exitCode, stdout, stderr } = await this.run(command, args);
    assert.equal(exitCode, 0, stdout + stderr);
  }

  public remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
