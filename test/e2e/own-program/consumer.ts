import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunResult, run } from "../support";

/** Its dependencies come out of npm's cache, or from the registry; their scripts would look for more on the internet. */
const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** An empty folder in which somebody has installed this project's npm package. */
export class ConsumerFolder {
  private constructor(public readonly path: string) {}

  public static async make(): Promise<ConsumerFolder> {
    const folder = new ConsumerFolder(mkdtempSync(join(tmpdir(), "mesh-lanes-consumer-")));
    const packed = await run("npm", ["pack", "--pack-destination", folder.path, "--foreground-scripts=false"]);
    assert.equal(packed.exitCode, 0, packed.stdout + packed.stderr);
    const [archive = ""] = readdirSync(folder.path);
    folder.write("package.json", "{}");
    await folder.install(`./${archive}`);
    return folder;
  }

  public async install(...packages: string[]): Promise<void> {
    const { exitCode, stderr } = await this.run("npm", ["install", ...quiet, ...packages]);
    assert.equal(exitCode, 0, stderr);
  }

  public write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  public run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    return run(command, args, env, this.path);
  }

  public remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
