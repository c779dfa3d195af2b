import { withLock } from "../tools/lock";
import { workFolder } from "../tools/paths";
import type { Reporter } from "../tools/report/reporter";
import { markRun } from "../tools/run-mark";

/** One run of up, stop or destroy at a time in a checkout. The lock lies beside the work folder: a purge removes that. */
export function withRunLock<T>(reporter: Reporter, work: () => Promise<T>): Promise<T> {
  return withLock(`${workFolder}.lock`, "at work in this checkout", reporter, () => {
    markRun();
    return work();
  });
}
