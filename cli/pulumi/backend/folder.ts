import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * The folder of a file backend of this machine, by its URL; undefined for any other backend.
 *
 * @param workDir where relative paths begin: the folder with Pulumi.yaml.
 */
export function backendFolder(url: string | undefined, workDir: string): string | undefined {
  const [, path] = /^file:\/\/([^?]*)/.exec(url ?? "") ?? [];
  if (path === undefined || path === "") return undefined;
  return resolve(workDir, path.replace(/^~(?=\/|$)/, homedir()));
}

/** Where a file backend keeps what it knows of a stack: pkg/backend/diy of Pulumi. */
export interface StackPaths {
  readonly state: string;
  /** What the state was before it was saved last. */
  readonly saved: string;
  /** States at the ends of updates. */
  readonly backups: string;
  /** Two files for each update: what it was, and the state at its end. */
  readonly history: string;
  readonly locks: string;
}

export function stackPaths(folder: string, project: string, stack: string): StackPaths {
  const below = (...parts: string[]) => join(folder, ".pulumi", ...parts);
  const state = below("stacks", project, `${stack}.json`);
  return {
    state,
    saved: `${state}.bak`,
    backups: below("backups", project, stack),
    history: below("history", project, stack),
    locks: below("locks", "organization", project, stack),
  };
}
