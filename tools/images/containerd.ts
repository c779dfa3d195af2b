import execa from "execa";
import type { NodeConfig } from "../embedded/config";
import { nodePaths } from "../embedded/config";
import { type Image, writeArchive } from "./oci";

/** The images of an embedded node, by way of `ctr`. The node must run. */
export class NodeImages {
  private readonly ctr: readonly string[];

  public constructor(config: NodeConfig) {
    this.ctr = ["--address", nodePaths(config).containerdSocket, "--namespace", "k8s.io", "images"];
  }

  /** References of the images that are complete. */
  public async list(): Promise<Set<string>> {
    const { stdout } = await execa("ctr", [...this.ctr, "list", "--quiet"]);
    return new Set(stdout.split("\n").filter((line) => line !== ""));
  }

  /** Loads images that are not there yet, in one go: what they share is read once. Returns the references loaded. */
  public async load(images: readonly Image[]): Promise<string[]> {
    const present = await this.list();
    const wanted = images.filter((image) => !present.has(image.ref));
    if (wanted.length === 0) return [];
    const child = execa("ctr", [...this.ctr, "import", "-"]);
    if (!child.stdin) throw new Error("ctr has no input");
    const [written, imported] = await Promise.allSettled([writeArchive(wanted, child.stdin), child]);
    // When ctr ends early its own message tells more than the broken pipe does; else the broken layer does.
    if (written.status === "rejected" && !isBrokenPipe(written.reason)) throw written.reason;
    if (imported.status === "rejected") throw imported.reason;
    return wanted.map((image) => image.ref);
  }

  /** Pulls an image. `ctr` fetches it itself, in the machine's own network. */
  public async pull(ref: string): Promise<void> {
    await execa("ctr", [...this.ctr, "pull", ref]);
  }

  public async remove(refs: readonly string[]): Promise<void> {
    if (refs.length > 0) await execa("ctr", [...this.ctr, "remove", "--sync", ...refs]);
  }
}

function isBrokenPipe(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET";
}
