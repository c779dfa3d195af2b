import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import execa from "execa";
import { coerce, satisfies } from "semver";
import { type Bundle, type BundleName, bundles } from "./bundles";
import type { PathFinding } from "./decide";
import { pins } from "./pins";

/**
 * A program on PATH, like `which`.
 *
 * @param notBelow a folder whose programs do not count: our own cache may be on PATH.
 * @param extra folders to look in after PATH.
 */
export function findOnPath(
  name: string,
  env: NodeJS.ProcessEnv,
  notBelow?: string,
  extra: readonly string[] = [],
): string | undefined {
  const folders = [...(env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""), ...extra];
  return folders
    .filter((folder) => notBelow === undefined || relative(notBelow, folder).startsWith(".."))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/** Runs a program for its version. @returns the first version in what it prints, or undefined when it does not run. */
export async function versionOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { stdout } = await execa(program, args, { env, extendEnv: false, timeout: 10_000, stdin: "ignore" });
    return coerce(stdout, { includePrerelease: true })?.version;
  } catch {
    return undefined;
  }
}

/** Looks for a bundle on PATH: all of its programs, in an accepted version. Bundles not taken from PATH are not looked at. */
export async function lookOnPath(name: BundleName, env: NodeJS.ProcessEnv, notBelow: string): Promise<PathFinding> {
  const bundle = bundles[name];
  if (!bundle.fromPath) return { state: "not looked at" };
  const found = pathPrograms(bundle, env, notBelow);
  const first = found.get(bundle.programs[0] ?? "");
  if (first === undefined) return { state: "absent" };
  const missing = bundle.programs.filter((program) => !found.has(program));
  if (missing.length > 0) return { state: "wrong", detail: `${first} comes without ${missing.join(", ")}` };
  const quiet = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const version = await versionOf(first, bundle.name === "pulumi" ? ["version"] : ["--version"], quiet);
  if (version === undefined) return { state: "wrong", detail: `${first} does not say its version` };
  const range = bundle.name === "pulumi" ? pins.pulumiRange : bundle.name === "kind" ? pins.kindRange : "*";
  if (!satisfies(version, range)) {
    return { state: "wrong", detail: `${first} is ${version}, not ${range}` };
  }
  return { state: "right", version, folder: dirname(first) };
}

/** Where each program of a bundle is on PATH; those that are not there are left out. */
export function pathPrograms(bundle: Bundle, env: NodeJS.ProcessEnv, notBelow: string): Map<string, string> {
  return new Map(
    bundle.programs.flatMap((program) => {
      const path = findOnPath(program, env, notBelow);
      return path === undefined ? [] : [[program, path] as const];
    }),
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
