import { covers, serviceOfUrl } from "../../components/lanes/hosts";
import { serviceHost } from "../../components/lanes/object";
import type { LaneGroup, LaneService } from "../../components/lanes/spec";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import type { WorkloadConfig } from "../workloads/workloads";

/**
 * A service of a scoped group whose workload calls another workload outside its scope. The call would still arrive, but past
 * its lanes and without mTLS, so nobody would notice.
 */
export function checkScope(
  problems: Problems,
  at: string,
  group: LaneGroup,
  service: LaneService,
  workload: WorkloadConfig,
  workloads: readonly WorkloadConfig[],
): void {
  const { scope } = group;
  const called = serviceOfUrl(workload.calls, workload.namespace, group.clusterDomain);
  if (!scope || !called) return;
  const { name, namespace: in_ } = called;
  const callee = workloads.find((candidate) => candidate.name === name && candidate.namespace === in_);
  if (!callee) return;
  const isOfGroup = group.services.some((candidate) => candidate.name === name && candidate.namespace === in_);
  if (isOfGroup && service.calls.includes(name)) return;
  const host = serviceHost(called, group);
  if (scope.egress.some((entry) => imports(entry, service.namespace, in_, host))) return;
  const got = `workload ${workload.name} calls ${quote(`${in_}/${name}`)}, which is not in its scope`;
  const fix = isOfGroup ? `Add ${name} to calls.` : `Add ${in_}/${host} to scope.egress.`;
  problems.add(`${at}.calls`, got, "what it calls, or scope.egress of the group", fix);
}

function imports(entry: string, own: string, namespace: string, host: string): boolean {
  const [from = "", pattern = ""] = entry.split("/");
  if (from !== "*" && (from === "." ? own : from) !== namespace) return false;
  return covers(pattern, host);
}
