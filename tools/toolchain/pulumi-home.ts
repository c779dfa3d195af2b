import { copyFile, link, mkdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import execa from "execa";
import { z } from "zod";
import { diskFull } from "../disk/full";
import { pins } from "./pins";
import type { Toolchain } from "./toolchain";

const program = "pulumi-resource-kubernetes";

/** Ways to put the provider's 160 MB into the plugin folder, the cheapest first. */
const placements: readonly ((from: string, to: string) => Promise<void>)[] = [
  (from, to) => symlink(from, to),
  (from, to) => link(from, to),
  (from, to) => copyFile(from, to),
];

/**
 * Lays out the Kubernetes provider as an installed plugin of a PULUMI_HOME, so that the engine neither downloads one
 * nor warns that it took one from PATH. Cheap when it is done already: no process is started.
 *
 * The language host and the script for dynamic providers need no place here: the engine finds them beside itself.
 *
 * @param home the PULUMI_HOME folder; made when it is absent.
 * @throws Error when the engine sees the plugin in none of the ways.
 */
export async function preparePulumiHome(toolchain: Pick<Toolchain, "path">, home: string): Promise<void> {
  const folder = join(home, "plugins", `resource-kubernetes-v${pins.kubernetesProvider}`);
  const from = toolchain.path(program);
  const to = join(folder, program);
  const done = join(folder, ".from");
  if (await isInPlace(from, to, done)) return;
  // The engine takes a lock file beside a plugin folder for an installation that was cut off.
  await rm(`${folder}.lock`, { force: true });
  await mkdir(folder, { recursive: true });
  for (const place of placements) {
    const fresh = `${to}.${process.pid}`;
    await rm(fresh, { force: true });
    try {
      await place(from, fresh);
    } catch (error) {
      const full = diskFull(error, folder);
      if (!full) continue;
      await rm(fresh, { force: true });
      throw full;
    }
    await rename(fresh, to);
    if (await engineSeesPlugin(toolchain.path("pulumi"), home)) {
      await writeFile(done, `${await fingerprint(from)}\n`);
      return;
    }
  }
  throw new Error(`${toolchain.path("pulumi")} does not see the Kubernetes provider in ${folder}`);
}

async function isInPlace(from: string, to: string, done: string): Promise<boolean> {
  try {
    const seen = (await readFile(done, "utf8")).trim();
    const target = await readlink(to).catch(() => undefined);
    return seen === (await fingerprint(from)) && (target ?? from) === from && (await stat(to)).isFile();
  } catch {
    return false;
  }
}

/** Tells one provider binary from another without reading it. */
async function fingerprint(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${file} ${size} ${mtimeMs}`;
}

const pluginList = z.array(z.object({ name: z.string(), kind: z.string(), version: z.string().optional() }));

async function engineSeesPlugin(pulumi: string, home: string): Promise<boolean> {
  const { stdout } = await execa(pulumi, ["plugin", "ls", "--json"], {
    env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return pluginList
    .parse(JSON.parse(stdout))
    .some(
      ({ name, kind, version }) => name === "kubernetes" && kind === "resource" && version === pins.kubernetesProvider,
    );
}
