import { cp } from "node:fs/promises";
import { join } from "node:path";
import { checkBuildIsPossible, goEnvironment } from "./go";
import { type GoCall, goCall } from "./go-build";
import type { LogFile } from "./log-file";
import type { Settings } from "./settings";

/**
 * Copies a Go module that is built apart from the other tools to where that is done: the checkout stays as it is.
 *
 * @param name folder below `settings.sources`.
 * @param space how much Go's caches grow when nothing else is built, in bytes.
 * @returns the copy's folder.
 * @throws UserError when there is no Go, or no such space.
 */
export async function copyOwnModule(
  name: string,
  space: number,
  stage: string,
  settings: Settings,
  log: LogFile,
): Promise<{ readonly module: string; readonly go: GoCall }> {
  await checkBuildIsPossible(settings.env, Math.min(space, settings.buildSpace));
  const module = join(stage, "source", name);
  await cp(join(settings.sources, name), module, { recursive: true });
  return { module, go: goCall(goEnvironment(settings.env), log) };
}
