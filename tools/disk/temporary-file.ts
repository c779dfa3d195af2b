import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskFull } from "./full";

/**
 * Work with a text that has to be in a file: readable by its owner only, for as long as the work takes.
 *
 * @throws UserError where it does not fit on the disk; else what the work throws.
 */
export async function withTemporaryFile<T>(name: string, text: string, work: (file: string) => Promise<T>): Promise<T> {
  const folder = full(() => mkdtempSync(join(tmpdir(), "mesh-lanes-")));
  try {
    const file = join(folder, name);
    full(() => writeFileSync(file, text, { mode: 0o600 }));
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function full<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw diskFull(error, tmpdir()) ?? error;
  }
}
