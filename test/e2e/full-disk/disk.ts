import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { atEnd } from "../../at-end";

/** A disk of its own, in memory: full when the test says so. */
export class SmallDisk {
  private filling: NodeJS.Timeout | undefined;

  private constructor(
    public readonly folder: string,
    private readonly callOff: () => void,
  ) {}

  /** @param folder where it is mounted; made when it is absent. @param megabytes its size. */
  public static async mount(folder: string, megabytes: number): Promise<SmallDisk> {
    mkdirSync(folder, { recursive: true });
    await execa("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "mesh-lanes-test", folder]);
    const unmount = (): void => void execa.sync("umount", ["--lazy", folder], { reject: false });
    return new SmallDisk(folder, atEnd(unmount));
  }

  /** Takes all room there is, and what others leave, until `free`. */
  public fill(): void {
    this.take();
    this.filling ??= setInterval(() => this.take(), 5);
  }

  public free(): void {
    clearInterval(this.filling);
    this.filling = undefined;
    rmSync(this.filler, { force: true });
  }

  public async unmount(): Promise<void> {
    this.free();
    this.callOff();
    await execa("umount", ["--lazy", this.folder]);
  }

  private get filler(): string {
    return join(this.folder, "somebody-elses-file");
  }

  private take(): void {
    const file = openSync(this.filler, "a");
    try {
      for (const size of [1 << 20, 1 << 12]) while (writeSync(file, Buffer.alloc(size)) === size);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  }
}
