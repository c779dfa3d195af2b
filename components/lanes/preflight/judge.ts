import { entryServices } from "../entries/parts";
import { hostOf, isAddress, portOf } from "../hosts";
import { serviceHost } from "../object";
import { calledServices } from "../plan";
import { lanePorts } from "../ports";
import type { LaneGroup, LaneService } from "../spec";
import type { Probe, ProbeGap, ProbePlan } from "./probes";

/** A call that the sidecar of a pod has sent out, from its access log. */
export interface LoggedCall {
  readonly pod: string;
  /** Name of the Service called, with namespace and domain. */
  readonly host: string;
  /** The lane that the proxy wrote on the request; undefined: none. */
  readonly lane?: string;
}

/** A call that the sidecar of a pod has sent out by no route of the mesh. */
export interface StrayCall {
  readonly pod: string;
  /** The Host that the app sent, with its port if it had one. */
  readonly authority: string;
  /** `address:port` that the app called; undefined: the log does not tell. */
  readonly destination?: string;
}

/** What a pod answered to a probe: a status, or 0 and why there was no answer. */
export interface ProbeAnswer {
  readonly status: number;
  readonly problem?: string;
  /** The Host with which it was asked. */
  readonly host?: string;
  /** The name of gRPC's status, where the probe was a call. */
  readonly grpcStatus?: string;
}

export type EdgeOutcome =
  /** The mark went on. */
  | "carried"
  /** The service was called, but not with the mark. */
  | "lost"
  /** No call was seen: the path that was asked for does not lead there. */
  | "not called"
  /** The service was called with the Host that the caller was called with itself, which no route of the service fits. */
  | "kept host"
  /** An address was called instead of a name: no route fits. */
  | "by address"
  /** No answer to the probe, and no call with its mark. */
  | "no answer"
  /** There is no ready pod of the version. */
  | "no pod"
  /** The version carries the mark of a plain request, but not that of a request that came through a hop before it. */
  | "lost in the chain";

/** What became of one call of one version. */
export interface EdgeResult {
  readonly from: string;
  readonly version: string;
  readonly to: string;
  /** Further port by which the service was asked; undefined: its `port`. */
  readonly port?: number;
  readonly outcome: EdgeOutcome;
  readonly detail?: string;
}

/** Whether the logs show all that they can: every probe's mark at every call of its service. */
export function allCarried(group: LaneGroup, plan: ProbePlan, calls: readonly LoggedCall[]): boolean {
  return judgeProbes(group, { ...plan, gaps: [] }, new Map(), calls).every(({ outcome }) => outcome === "carried");
}

/**
 * Judges each call of each version: first by the probe that was sent to a pod of that version, then, since an app may
 * treat a request from another instrumented app in another way, by the probes that went through the chain from its entry
 * (open-telemetry/opentelemetry-js#5633 shows at the third hop only).
 *
 * @param answers by `probeKey`.
 * @param calls of all pods of the group.
 * @param strays of all pods of the group. @default none
 */
export function judgeProbes(
  group: LaneGroup,
  { probes, gaps }: ProbePlan,
  answers: ReadonlyMap<string, ProbeAnswer>,
  calls: readonly LoggedCall[],
  strays: readonly StrayCall[] = [],
): EdgeResult[] {
  const direct = [
    ...probes.flatMap((probe) =>
      calledServices(group, probe.service).map((to) =>
        judge(group, probe, to, answers, others(probes, probe, calls), strays),
      ),
    ),
    ...gaps.flatMap((gap) => calledServices(group, gap.service).map((to) => missing(gap, to.name))),
  ];
  const faulty = new Set(direct.filter(({ outcome }) => outcome !== "carried").map(({ from }) => from));
  return [...direct, ...chainLosses(group, probes, calls, faulty)];
}

function judge(
  group: LaneGroup,
  probe: Probe,
  to: LaneService,
  answers: ReadonlyMap<string, ProbeAnswer>,
  calls: readonly LoggedCall[],
  strays: readonly StrayCall[],
): EdgeResult {
  const { port } = probe;
  const edge = { from: probe.service, version: probe.version, to: to.name, ...(port !== undefined && { port }) };
  const ofPod = calls.filter(({ pod, host }) => pod === probe.pod && host === serviceHost(to, group));
  if (ofPod.some(({ lane }) => lane === probe.mark)) return { ...edge, outcome: "carried" };
  const answer = answers.get(probeKey(probe));
  if (answer?.status === 0) return { ...edge, outcome: "no answer", detail: answer.problem };
  if (ofPod.length > 0) return { ...edge, outcome: "lost" };
  const past = strays.filter(({ pod }) => pod === probe.pod).map(({ authority }) => authority);
  // nginx's `$host` is without the port.
  const kept = past.find((authority) => answer?.host !== undefined && hostOf(authority) === hostOf(answer.host));
  if (kept !== undefined) return { ...edge, outcome: "kept host", detail: kept };
  // A pod may call other addresses for reasons of its own.
  const ports = lanePorts(to);
  const address = past.find((authority) => isAddress(authority) && ports.includes(portOf(authority)));
  if (address !== undefined) return { ...edge, outcome: "by address", detail: address };
  const asked = answer?.grpcStatus === undefined ? `GET ${probe.path}` : `the gRPC call of ${probe.path}`;
  const said = answer?.grpcStatus ?? answer?.status ?? "nothing yet";
  return { ...edge, outcome: "not called", detail: `${asked} answered ${said}` };
}

/** Tells the probes of a pod apart. */
export function probeKey({ pod, port }: Probe): string {
  return port === undefined ? pod : `${pod}:${port}`;
}

/** The calls without those that carry the mark of another probe of the pod: they say nothing of this one. */
function others(probes: readonly Probe[], { pod, mark }: Probe, calls: readonly LoggedCall[]): readonly LoggedCall[] {
  const marks = new Set(probes.filter((each) => each.pod === pod && each.mark !== mark).map((each) => each.mark));
  return marks.size === 0 ? calls : calls.filter(({ lane }) => lane === undefined || !marks.has(lane));
}

function missing({ service, version }: ProbeGap, to: string): EdgeResult {
  return { from: service, version, to, outcome: "no pod" };
}

/** Follows the marks of the entry's probes as far as they go. Services that fail already are not named again. */
function chainLosses(
  group: LaneGroup,
  probes: readonly Probe[],
  calls: readonly LoggedCall[],
  faulty: ReadonlySet<string>,
): EdgeResult[] {
  const losses: EdgeResult[] = [];
  const entries = new Set(entryServices(group).map(({ name }) => name));
  for (const probe of probes.filter(({ service }) => entries.has(service))) {
    const marked = new Set(calls.filter(({ lane }) => lane === probe.mark).map(({ host }) => host));
    const reached = (service: LaneService) => marked.has(serviceHost(service, group));
    const seen = new Set([probe.service]);
    const toVisit = calledServices(group, probe.service).filter(reached);
    for (let caller = toVisit.shift(); caller !== undefined; caller = toVisit.shift()) {
      const { name: from } = caller;
      if (seen.has(from)) continue;
      seen.add(from);
      for (const callee of calledServices(group, from)) {
        const { name: to } = callee;
        if (reached(callee)) toVisit.push(callee);
        else if (!faulty.has(from) && !losses.some((loss) => loss.from === from && loss.to === to)) {
          const detail = `in a request that came in at ${probe.service} ${probe.version}`;
          losses.push({ from, version: "baseline", to, outcome: "lost in the chain", detail });
        }
      }
    }
  }
  return losses;
}
