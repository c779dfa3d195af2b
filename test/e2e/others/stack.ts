import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { pulumiEnvironment } from "../../../cli/pulumi/environment";
import { filesBelow } from "../../../tools/files-below";
import { projectRoot } from "../../../tools/paths";
import { preparePulumiHome } from "../../../tools/toolchain/pulumi-home";
import type { Toolchain } from "../../../tools/toolchain/toolchain";
import { type RunResult, run } from "../support";

/** The environment of a user with a backend of his own in a folder, who has nothing else. */
export async function userEnvironment(toolchain: Toolchain, folder: string): Promise<NodeJS.ProcessEnv> {
  const home = join(folder, "home");
  await preparePulumiHome(toolchain, home);
  return {
    ...pulumiEnvironment(toolchain, "user", { ...process.env, PULUMI_BACKEND_URL: `file://${folder}?metadata=skip` }),
    PULUMI_HOME: home,
    PULUMI_CONFIG_PASSPHRASE: "of the user",
  };
}

/** A stack of this project on an API server that somebody else runs, with its state in a temporary folder. */
export class OthersStack {
  private constructor(
    public readonly name: string,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly kubeconfig: string,
  ) {}

  public static async make(name: string, toolchain: Toolchain, kubeconfig: string): Promise<OthersStack> {
    const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-others-"));
    const env = await userEnvironment(toolchain, folder);
    const stack = new OthersStack(`e2e-${name}`, folder, env, kubeconfig);
    stack.write({});
    await stack.pulumi("stack", "init", stack.name);
    return stack;
  }

  /** @param config sections besides the cluster. The API server is that of an ASM mesh, too. */
  public write({ mesh, ...config }: { readonly mesh?: object; readonly [section: string]: unknown }): void {
    const { kubeconfig } = this;
    // Only an ASM mesh knows clusters by an id.
    const cluster = { kind: "existing", kubeconfig, context: "others", ...(mesh && { id: "c1" }) };
    const sections = { cluster, ...(mesh && { mesh: { ...mesh, kubeconfig } }), ...config };
    const keys = Object.entries(sections).map(([key, value]) => [`mesh-lanes:${key}`, value]);
    writeFileSync(this.file, stringify({ config: Object.fromEntries(keys) }));
  }

  public preview(): Promise<RunResult> {
    return this.pulumi("preview", "--stack", this.name);
  }

  /** Without a preview before it, as `lanes up` does it. */
  public up(): Promise<RunResult> {
    return this.pulumi("up", "--yes", "--skip-preview", "--stack", this.name);
  }

  public destroy(): Promise<RunResult> {
    return this.pulumi("destroy", "--yes", "--skip-preview", "--stack", this.name);
  }

  /** The whole state, as text. */
  public async state(): Promise<string> {
    return (await this.pulumi("stack", "export", "--stack", this.name)).stdout;
  }

  public pulumi(...args: readonly string[]): Promise<RunResult> {
    return run("pulumi", [...args, "--non-interactive"], this.env);
  }

  /** `lanes` of this checkout, as the user of the backend runs it. */
  public lanes(command: string, ...args: readonly string[]): Promise<RunResult> {
    return this.lanesWith({}, command, ...args);
  }

  /** The same in an environment of which something differs. */
  public lanesWith(env: NodeJS.ProcessEnv, command: string, ...args: readonly string[]): Promise<RunResult> {
    const script = join(projectRoot, "bin", "lanes.js");
    return run(process.execPath, [script, command, "--stack", this.name, ...args], { ...this.env, ...env });
  }

  /** Everything that the backend keeps: state, history, backups. */
  public kept(): string {
    const files = filesBelow(join(this.folder, ".pulumi"));
    return files.map((file) => readFileSync(file, "latin1")).join("\n");
  }

  public remove(): void {
    rmSync(this.file, { force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get file(): string {
    return join(projectRoot, `Pulumi.${this.name}.yaml`);
  }
}
