import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { nodeConfig } from "../../tools/embedded/config";

/**
 * Memory of everything that runs in the local node, its pods included: the sum of the proportional set sizes, so that a
 * page shared by several processes counts once.
 *
 * @returns MiB by program, largest first.
 */
export function stackMemory(): { program: string; processes: number; mebibytes: number }[] {
  const node = nodeConfig();
  const namespace = `net:[${statSync(node.netnsPath).ino}]`;
  const sums = new Map<string, { processes: number; kibibytes: number }>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const kibibytes = memoryOf(pid, node.name, namespace);
    if (kibibytes === undefined) continue;
    const program = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    const sum = sums.get(program) ?? { processes: 0, kibibytes: 0 };
    sums.set(program, { processes: sum.processes + 1, kibibytes: sum.kibibytes + kibibytes });
  }
  return [...sums]
    .map(([program, { processes, kibibytes }]) => ({ program, processes, mebibytes: kibibytes / 1024 }))
    .sort((a, b) => b.mebibytes - a.mebibytes);
}

/** KiB; undefined for a process that is not the node's, or that has ended meanwhile. */
function memoryOf(pid: string, cgroup: string, namespace: string): number | undefined {
  try {
    const inPods = readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(`:/${cgroup}/`);
    if (!inPods && readlinkSync(`/proc/${pid}/ns/net`) !== namespace) return undefined;
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return pss === undefined ? undefined : Number(pss);
  } catch {
    return undefined;
  }
}
