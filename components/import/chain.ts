import type { FoundCall } from "./calls";
import type { KubeService, KubeWorkload } from "./inventory";
import type { FoundEntry } from "./routes";
import type { Candidate, Selected } from "./select";

/** A call between services that lanes can route, and what tells of it. */
export interface ServiceCall {
  readonly from: KubeService;
  readonly to: KubeService;
  readonly evidence: string;
}

/** Calls that whoever imports knows of. */
export interface GivenCall {
  readonly from: string;
  readonly to: readonly string[];
}

/** Calls between candidates: those that were found, and those that were given. */
export function serviceCalls(
  found: readonly FoundCall[],
  given: readonly GivenCall[],
  selected: Selected,
): ServiceCall[] {
  const { candidates, aliases } = selected;
  const calls: ServiceCall[] = [];
  const add = (from: KubeService, to: KubeService, evidence: string) => {
    const target = aliases.get(to) ?? to;
    if (from === target || !candidates.some(({ service }) => service === target)) return;
    if (!calls.some((call) => call.from === from && call.to === target)) calls.push({ from, to: target, evidence });
  };
  for (const { from, to } of given) {
    const caller = inLanes(from, selected);
    for (const name of to) {
      const callee = inLanes(name, selected);
      if (caller && callee) add(caller, callee, "--calls");
    }
  }
  for (const { from, to, evidence } of found)
    for (const { service, workloads } of candidates) if (workloads.includes(from)) add(service, to, evidence);
  return calls;
}

/** The service that lanes can route of this name, or whose pods the one of this name selects. */
export function inLanes(name: string, { candidates, aliases }: Selected): KubeService | undefined {
  const own = candidates.find(({ service }) => service.name === name)?.service;
  return own ?? [...aliases].find(([service]) => service.name === name)?.[1];
}

/** The service by which requests come in, and what tells so; undefined: nothing does. */
export function chooseEntry(
  selected: Selected,
  entries: readonly FoundEntry[],
  calls: readonly ServiceCall[],
): { readonly candidate: Candidate; readonly entry?: FoundEntry; readonly why: string } | undefined {
  const { candidates, aliases } = selected;
  const candidateOf = (service: KubeService) =>
    candidates.find((each) => each.service === (aliases.get(service) ?? service));
  const usable = entries.filter(({ service }) => candidateOf(service));
  const [best] = usable
    .filter(({ kind }) => kind === usable[0]?.kind)
    .sort((a, b) => breadth(b, usable) - breadth(a, usable));
  const entered = best && candidateOf(best.service);
  if (entered) return { candidate: entered, entry: best, why: `${best.object} leads to it` };
  const callers = candidates.filter(({ service }) => calls.some(({ from }) => from === service));
  const roots = callers.filter(({ service }) => !calls.some(({ to }) => to === service));
  const [only, ...more] = roots.length > 0 ? roots : candidates;
  if (!only) return undefined;
  if (more.length === 0)
    return { candidate: only, why: roots.length > 0 ? "it calls others, and none calls it" : "it is the only one" };
  const widest = [...roots].sort((a, b) => reachedFrom(b.service, calls).length - reachedFrom(a.service, calls).length);
  const [first, second] = widest;
  if (!first || !second || reachedFrom(first.service, calls).length === reachedFrom(second.service, calls).length)
    return undefined;
  return { candidate: first, why: "it calls others, and most services are behind it" };
}

/** A route of every path before one of some; of those, the service that most routes lead to. */
function breadth(entry: FoundEntry, all: readonly FoundEntry[]): number {
  const same = all.filter(({ kind, service }) => kind === entry.kind && service === entry.service).length;
  return (entry.paths.length === 0 ? 1000 : 0) + same;
}

/** Services behind one, itself first, breadth first. */
export function reachedFrom(root: KubeService, calls: readonly ServiceCall[]): KubeService[] {
  const reached = [root];
  for (const service of reached)
    for (const { from, to } of calls) if (from === service && !reached.includes(to)) reached.push(to);
  return reached;
}

/** Workloads that no Service leads to, and whom of the candidates they call. */
export function unservedCallers(
  workloads: readonly KubeWorkload[],
  served: ReadonlySet<KubeWorkload>,
  found: readonly FoundCall[],
): { readonly workload: KubeWorkload; readonly to: readonly KubeService[] }[] {
  return workloads
    .filter((workload) => !served.has(workload))
    .map((workload) => ({ workload, to: found.filter(({ from }) => from === workload).map(({ to }) => to) }));
}
