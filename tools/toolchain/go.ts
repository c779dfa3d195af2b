import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import execa from "execa";
import { satisfies } from "semver";
import { type Problem, UserError } from "../user-error";
import { findOnPath, versionOf } from "./path-tools";
import { pins } from "./pins";

/** The environment of every Go call: lock files are never changed, no other Go is fetched, pure Go binaries. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    // -buildvcs=false: the build folder is in no repository, but the user's home may be.
    GOFLAGS: "-mod=readonly -buildvcs=false",
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    CGO_ENABLED: "0",
    // Fewer collections: a fifth less time for a compiler that lives for seconds. None at all costs more again, in pages.
    GOGC: "400",
  };
}

/** @returns what is wrong with Go on this machine, or undefined. */
export async function goProblem(env: NodeJS.ProcessEnv): Promise<Problem | undefined> {
  const expected = `go ${pins.goRange}, to build tools that cannot be downloaded`;
  const go = findOnPath("go", env);
  const fix = "install Go 1.26 or newer and put its bin folder on PATH, or give this machine access to the internet";
  if (go === undefined) return { path: "go", got: "not on PATH", expected, fix };
  const version = await versionOf(go, ["version"], { ...goEnvironment(env), PWD: tmpdir() });
  if (version === undefined) return { path: "go", got: `${go} does not say its version`, expected, fix };
  if (!satisfies(version, pins.goRange)) return { path: "go", got: `${go} is ${version}`, expected, fix };
  return undefined;
}

/**
 * Sees to it that a build does not end half-way for want of Go or of disk space.
 *
 * @param buildSpace bytes that Go's caches need from nothing; what lies in them already is taken off.
 * @throws UserError with both problems.
 */
export async function checkBuildIsPossible(env: NodeJS.ProcessEnv, buildSpace: number): Promise<void> {
  const problem = await goProblem(env);
  if (problem) throw new UserError("The tools cannot be built.", [problem]);
  const { stdout } = await execa("go", ["env", "GOMODCACHE", "GOCACHE"], { env: goEnvironment(env), extendEnv: false });
  const folders = stdout.split("\n").map((line) => line.trim());
  const free = await freeBytes(folders[1] ?? tmpdir());
  if (free >= buildSpace) return;
  // Only now are the caches measured, which takes seconds: what lies in them already need not fit again.
  const used = await usedBytes(
    folders.filter((folder) => existsSync(folder)),
    env,
  );
  const wanted = Math.max(2e9, buildSpace - used);
  if (free >= wanted) return;
  throw new UserError("The tools cannot be built.", [
    {
      path: "disk space",
      got: `${gigabytes(free)} GB free for ${folders.join(" and ")}`,
      expected: `${gigabytes(wanted)} GB for Go's caches`,
      fix: "free some space, or point GOMODCACHE and GOCACHE at a larger disk",
    },
  ]);
}

async function freeBytes(folder: string): Promise<number> {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

async function usedBytes(folders: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (folders.length === 0) return 0;
  const { stdout } = await execa("du", ["-sk", ...folders], { env, extendEnv: false, reject: false });
  return stdout.split("\n").reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0) * 1024, 0);
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
