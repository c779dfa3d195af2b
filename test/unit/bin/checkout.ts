import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../../../tools/paths";

/** A folder that has this checkout's start scripts, some of its packages, and files of its own. */
export class Checkout {
  public readonly root = mkdtempSync(join(tmpdir(), "mesh lanes "));

  public constructor(packages: readonly string[]) {
    const scripts = [
      "compile-cache.js",
      "lazy-modules.js",
      "typescript.js",
      "source-maps.js",
      "unread-stacks.js",
      "unused-work.js",
      "run-program.js",
    ];
    for (const script of scripts) {
      mkdirSync(join(this.root, "bin"), { recursive: true });
      copyFileSync(join(projectRoot, "bin", script), join(this.root, "bin", script));
    }
    this.link(...packages);
  }

  /** Has more of this checkout's packages. */
  public link(...packages: readonly string[]): void {
    for (const name of packages) {
      const link = join(this.root, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(projectRoot, "node_modules", name), link);
    }
  }

  public write(path: string, text: string): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  public remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
