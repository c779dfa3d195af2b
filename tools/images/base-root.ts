import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import execa from "execa";
import { lock } from "proper-lockfile";
import { unmountBelow } from "../embedded/mounts";
import { identityOf } from "../embedded/proc";
import type { Reporter } from "../report/reporter";
import { type DebianSource, hostDebian, releaseName } from "./debian";
import { cachedLayer, imagesFolder, type Layer, storeLayer } from "./layers";

/** iptables: the sidecar's init container; libstdc++6: Node.js; ca-certificates: calls out of the mesh. */
const packages = ["ca-certificates", "iptables", "libstdc++6"];
/** A changed recipe makes a new root. */
const recipe = 1;
/** Nothing of these is read in a container. */
const left = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
  "var/cache",
  "var/lib/apt/lists",
  "var/log",
];

/**
 * The layer at the bottom of every image: a minimal root of this machine's own Debian or Ubuntu release, so that the
 * binaries of the machine run in it. Made once with debootstrap (about a minute), then cached.
 *
 * @throws UserError when this is neither Debian nor Ubuntu.
 */
export async function baseLayer(reporter: Reporter, folder = imagesFolder()): Promise<Layer> {
  const suite = releaseName(readFileSync("/etc/os-release", "utf8")) ?? "unknown";
  const key = baseKey(suite, process.arch);
  const present = cachedLayer(key, folder);
  if (present) return present;
  mkdirSync(folder, { recursive: true });
  const release = await lock(folder, { stale: 10_000, retries: { retries: 300, factor: 1, minTimeout: 1000 } });
  try {
    return cachedLayer(key, folder) ?? (await makeBase(key, folder, await hostDebian(), reporter));
  } finally {
    await release();
  }
}

function baseKey(suite: string, architecture: string): string {
  const hash = createHash("sha256").update(JSON.stringify([recipe, packages, left]));
  return `base-${suite}-${architecture}-${hash.digest("hex").slice(0, 12)}`;
}

async function makeBase(key: string, folder: string, source: DebianSource, reporter: Reporter): Promise<Layer> {
  await removePartials(folder);
  const root = join(folder, `root.${process.pid}.partial`);
  try {
    reporter.waiting(`debootstrap of ${source.suite}`);
    // In a mount namespace of its own: what debootstrap mounts goes with it, even when it is killed.
    const args = ["--mount", "--propagation", "private", "debootstrap", "--variant=minbase"];
    const child = execa("unshare", [...args, `--include=${packages.join(",")}`, source.suite, root, source.mirror], {
      env: source.proxy ? { http_proxy: source.proxy } : {},
      all: true,
    });
    let step = "";
    child.all?.on("data", (chunk: Buffer) => {
      const seen = /I: (?:(Retrieving|Unpacking|Configuring) )/.exec(chunk.toString())?.[1];
      if (seen === undefined || seen === step) return;
      step = seen;
      reporter.waiting(`debootstrap of ${source.suite}: ${step.toLowerCase()} packages`);
    });
    await child;
    reporter.waiting("packing the base layer");
    const layer = await storeLayer(key, folder, async (output) => {
      const excludes = left.map((path) => `--exclude=./${path}/*`);
      const order = ["--sort=name", "--mtime=@0", "--numeric-owner", "--format=gnu", "--exclude=./dev/*"];
      const tar = execa("tar", ["-C", root, ...excludes, ...order, "-cf", "-", "."], { buffer: false });
      if (!tar.stdout) throw new Error("tar has no output");
      await Promise.all([pipeline(tar.stdout, output), tar]);
    });
    reporter.note(`base layer: ${source.suite}, ${Math.round(layer.size / 1e6)} MB`);
    return layer;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What runs that were killed have left; their process is gone. */
async function removePartials(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const pid = /\.([0-9]+)\.partial$/.exec(name)?.[1];
    if (pid === undefined || identityOf(Number(pid))) continue;
    await unmountBelow([join(folder, name)]);
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
