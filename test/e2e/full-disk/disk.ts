import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import execa from "execa";
import { atEnd } from "../../at-end";

/** A disk of its own, in memory: full when the test says so. */
export class SmallDisk {
  private filling: NodeJS.Timeout | undefined;
  /** The file that fills it: open from the beginning, so that it is on this disk whatever comes to be at its path. */
  private readonly filler: number;

  private constructor(
    public readonly folder: string,
    private readonly megabytes: number,
    private readonly callOff: () => void,
  ) {
    this.filler = openSync(join(folder, "somebody-elses-file"), "wx");
  }

  /** @param folder where it is mounted; made when it is absent. @param megabytes its size. */
  public static async mount(folder: string, megabytes: number): Promise<SmallDisk> {
    mkdirSync(folder, { recursive: true });
    await execa("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "mesh-lanes-test", folder]);
    if (statSync(folder).dev === statSync(dirname(folder)).dev) throw new Error(`no disk was mounted at ${folder}`);
    const unmount = (): void => {
      disk.free();
      execa.sync("umount", ["--lazy", folder], { reject: false });
    };
    const disk: SmallDisk = new SmallDisk(folder, megabytes, atEnd(unmount));
    return disk;
  }

  /** Takes all room there is, and what others leave, until `free`. */
  public fill(): void {
    this.take();
    this.filling ??= setInterval(() => this.take(), 5);
  }

  public free(): void {
    clearInterval(this.filling);
    this.filling = undefined;
    ftruncateSync(this.filler, 0);
  }

  public async unmount(): Promise<void> {
    this.free();
    closeSync(this.filler);
    this.callOff();
    await execa("umount", ["--lazy", this.folder]);
  }

  private take(): void {
    const { size } = fstatSync(this.filler);
    // Never more than the disk holds: a filler that is elsewhere would fill the machine's.
    const most = this.megabytes * 2 ** 20 - size;
    let at = size;
    try {
      for (const piece of [2 ** 20, 2 ** 12]) {
        while (at - size + piece <= most) at += writeSync(this.filler, Buffer.alloc(piece), 0, piece, at);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}
