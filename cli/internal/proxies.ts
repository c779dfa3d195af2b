import { type WaitResult, waitForProxies } from "../../tools/mesh/wait-for-proxies";
import type { Reporter } from "../../tools/report/reporter";
import type { Request } from "./requests";

/** Waits for the proxies, for a resource of a program. */
export function proxiesApply({ group, ...wait }: Request<"proxies-apply">, reporter: Reporter): Promise<WaitResult> {
  return waitForProxies({ ...wait, groups: [group] }, reporter);
}
