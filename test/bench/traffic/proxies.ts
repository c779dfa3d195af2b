import { readdirSync, readFileSync } from "node:fs";

/** Process ids of the Envoys in pods of these UIDs, as this machine sees them: the local node runs in its process table. */
export function envoysOf(podUids: readonly string[]): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "envoy") return false;
        const groups = readFileSync(`/proc/${pid}/cgroup`, "utf8");
        return podUids.some((uid) => groups.includes(uid));
      } catch {
        // It ended meanwhile.
        return false;
      }
    });
}

/** CPU time of processes so far, in microseconds: the scheduler's own count, in nanoseconds, of every thread. */
export function cpuMicroseconds(pids: readonly number[]): number {
  let nanoseconds = 0;
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    }
  }
  return nanoseconds / 1000;
}
