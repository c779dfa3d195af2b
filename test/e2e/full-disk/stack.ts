import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { orderEnvironment } from "../../../config/order/refusal";
import { waitFor } from "../../../tools/poll";
import { config } from "../others/rounds";
import { anotherCheckout, environmentAfter, type RunResult, run } from "../support";
import { SmallDisk } from "./disk";

/** Lanes and their versions: a lane gets another version, some go, some come; s1 stays as it is. */
export const configs: readonly Readonly<Record<string, string>>[] = [
  { s1: "v1", s2: "v2", s3: "v3" },
  { s1: "v1", s2: "v3", s5: "v2" },
  { s1: "v1", s4: "v2" },
];

const namespace = "shop";
const services = ["web", "cart"];

/** A stack on a cluster of the user, in a checkout of its own whose work folder is on a small disk: state, Pulumi's home, logs. */
export class DiskStack {
  private constructor(
    public readonly name: string,
    public readonly disk: SmallDisk,
    private readonly checkout: string,
    private readonly kubeconfig: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  public static async make(kubeconfig: string): Promise<DiskStack> {
    const checkout = anotherCheckout();
    const disk = await SmallDisk.mount(join(checkout, ".lanes"), 16);
    const temporary = join(disk.folder, "tmp");
    mkdirSync(temporary);
    const { PULUMI_BACKEND_URL: _backend, ...own } = process.env;
    const env = { ...own, PULUMI_CONFIG_PASSPHRASE: "of the user", ...orderEnvironment(true) };
    return new DiskStack("e2e-full-disk", disk, checkout, kubeconfig, env);
  }

  /** @param lanes a place in `configs`. @param versions of the workloads: other ones are a change outside of lanes. */
  public write(lanes: number, versions: readonly string[]): void {
    const all = ["v1", "v2", "v3"];
    const { laneGroups, workloads, ...rest } = config(namespace, services, all);
    const cluster = { kind: "existing", kubeconfig: this.kubeconfig, context: "others", id: "c1" };
    const mesh = { ...rest.mesh, kubeconfig: this.kubeconfig };
    const wanted = Object.entries(configs[lanes] ?? {}).map(([name, version]) => ({
      ...{ name, version },
      ...(name !== "s1" && { match: { headers: { "x-lane": name } } }),
    }));
    const sections = {
      ...{ ...rest, cluster, mesh },
      workloads: workloads.map((workload) => ({ ...workload, versions: [...all, ...versions] })),
      laneGroups: laneGroups.map((group) => ({ ...group, baseline: "s1", lanes: wanted })),
    };
    const keys = Object.entries(sections).map(([key, value]) => [`mesh-lanes:${key}`, value]);
    const salt = /^encryptionsalt: .*$/m.exec(this.file())?.[0] ?? "";
    writeFileSync(this.path, `${salt}\n${stringify({ config: Object.fromEntries(keys) })}`);
  }

  /** Text of the stack's config file. */
  public file(): string {
    return readdirSync(this.checkout).includes(`Pulumi.${this.name}.yaml`) ? readFileSync(this.path, "utf8") : "";
  }

  /** @param env what differs: the folder of temporary files, say. */
  public lanes(command: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    const script = join(this.checkout, "bin", "lanes.js");
    return run(
      process.execPath,
      [script, command, "--stack", this.name, ...args],
      { ...this.env, ...env },
      this.checkout,
    );
  }

  public up(env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    return this.lanes("up", ["--no-verify"], env);
  }

  /** Plain `pulumi`, as in a shell that has read `lanes env`. */
  public async pulumi(...args: readonly string[]): Promise<RunResult> {
    const { stdout: lines } = await this.lanes("env");
    const env = await environmentAfter(lines, { cwd: this.checkout, env: this.env });
    return run("pulumi", [...args, "--stack", this.name, "--non-interactive"], env, this.checkout);
  }

  public plainUp(): Promise<RunResult> {
    return this.pulumi("up", "--yes", "--skip-preview");
  }

  /** An environment whose temporary files are on the disk too. */
  public get temporaryThere(): NodeJS.ProcessEnv {
    return { TMPDIR: join(this.disk.folder, "tmp") };
  }

  /** Fills the disk at a moment of what is under way, until that is over. @throws when the moment did not come. */
  public async fillingWhen<T>(moment: () => boolean, running: Promise<T>): Promise<T> {
    let over = false;
    const result = running.finally(() => {
      over = true;
    });
    try {
      await waitFor("the moment at which the disk gets full", () => over || moment(), {
        withinMs: 600_000,
        everyMs: 5,
      });
      if (over) throw new Error(`it was over before that moment came: ${JSON.stringify(await result)}`);
      this.disk.fill();
      return await result;
    } finally {
      this.disk.free();
    }
  }

  /** Whether the update has changed something in the cluster by now. */
  public readonly hasChangedSomething = (): boolean =>
    / (created|updated|deleted|replaced) /.test(read(join(this.disk.folder, "log", "pulumi-update.log")));

  /** Whether the engine is writing its state at this moment. */
  public readonly isSaving = (): boolean => readdirSync(this.stateFolder).some((name) => name.endsWith(".tmp"));

  /** The state's file as it is. */
  public stateText(): string {
    return read(join(this.stateFolder, `${this.name}.json`));
  }

  /** Makes the moments of an earlier update forgotten. */
  public forgetLog(): void {
    rmSync(join(this.disk.folder, "log", "pulumi-update.log"), { force: true });
  }

  public async remove(): Promise<void> {
    await this.disk.unmount();
    rmSync(this.checkout, { recursive: true, force: true });
  }

  private get path(): string {
    return join(this.checkout, `Pulumi.${this.name}.yaml`);
  }

  private get stateFolder(): string {
    return join(this.disk.folder, "state", ".pulumi", "stacks", "mesh-lanes");
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
