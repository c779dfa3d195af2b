import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { filesBelow } from "../../tools/files-below";
import { ConsumerFolder, sdks } from "../e2e/own-program/consumer";
import { summary } from "./timing";

/** What is loaded, in a process of its own, and what its program has loaded before. */
interface Load {
  readonly module: string;
  readonly after?: string;
}

const loads: readonly Load[] = [
  { module: "@pulumi/pulumi" },
  { module: "@pulumi/kubernetes" },
  { module: "mesh-lanes" },
  { module: "mesh-lanes", after: "@pulumi/kubernetes" },
  { module: "mesh-lanes/core" },
];
const rounds = 9;

/** What the npm package costs a program that has Pulumi's SDKs anyway: room on disk, and time to load. */
export async function benchPackage(): Promise<void> {
  const [own, alone] = [await ConsumerFolder.make(), await ConsumerFolder.with(...sdks)];
  try {
    process.stdout.write(`\nthe npm package in an empty folder, beside ${sdks.join(" and ")}\n`);
    const [sizeWith, sizeWithout] = [own, alone].map(sizeOf);
    if (!sizeWith || !sizeWithout) throw new Error("nothing was installed");
    row("SDKs alone", `${megabytes(sizeWithout.bytes)}, ${sizeWithout.packages} packages`);
    row("with mesh-lanes", `${megabytes(sizeWith.bytes)}, ${sizeWith.packages} packages`);
    row("times the SDKs alone (goal: 1.3)", (sizeWith.bytes / sizeWithout.bytes).toFixed(2));
    for (const { name, bytes } of sizeWith.largest) row(`  ${name}`, megabytes(bytes));
    process.stdout.write("\ntime to load in a new process, seconds (min / median / max; goal: 0.4)\n");
    for (const [{ module, after }, values] of await timeLoads(own)) {
      const { min, median, max } = summary(values);
      const title = after === undefined ? module : `${module}, after ${after}`;
      row(title, [min, median, max].map((value) => value.toFixed(2)).join(" / "));
    }
  } finally {
    own.remove();
    alone.remove();
  }
}

/** The loads take turns, so that what else the machine does meets all of them. The first round warms the disk's cache. */
async function timeLoads({ path: cwd }: ConsumerFolder): Promise<Map<Load, number[]>> {
  const seconds = new Map<Load, number[]>(loads.map((load) => [load, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [{ module, after }, values] of seconds) {
      const before = after === undefined ? "" : `require("${after}"); `;
      const timed = `const start = performance.now(); require("${module}"); (performance.now() - start) / 1000`;
      const { stdout } = await execa(process.execPath, ["-p", before + timed], { cwd });
      if (round > 0) values.push(Number(stdout));
    }
  }
  return seconds;
}

interface Installed {
  readonly bytes: number;
  readonly packages: number;
  readonly largest: readonly { readonly name: string; readonly bytes: number }[];
}

function sizeOf({ path }: ConsumerFolder): Installed {
  const folder = join(path, "node_modules");
  const names = readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => (name.startsWith("@") ? readdirSync(join(folder, name)).map((own) => `${name}/${own}`) : name));
  const sizes = names.map((name) => ({ name, bytes: bytesBelow(join(folder, name)) }));
  return {
    bytes: bytesBelow(folder),
    packages: names.length,
    largest: [...sizes].sort((a, b) => b.bytes - a.bytes).slice(0, 8),
  };
}

function bytesBelow(folder: string): number {
  return filesBelow(folder).reduce((sum, file) => sum + statSync(file).size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function row(title: string, text: string): void {
  process.stdout.write(`${title.padEnd(40)} ${text}\n`);
}
