import { furtherLanePorts } from "../ports";
import type { LaneGroup, LaneService } from "../spec";

/** A pod that a probe can be sent to. */
export interface ProbePod {
  readonly pod: string;
  readonly service: string;
  readonly version: string;
}

/**
 * One marked request, straight to one pod. Its mark is the name of a lane that does not exist: the proxies of each hop
 * derive the route header from it as from any lane, find no rule for it, take the baseline, and write it to their logs.
 */
export interface Probe extends ProbePod {
  /** A further port of the service that is asked; undefined: its `port`. */
  readonly port?: number;
  readonly mark: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A version of a calling service that no probe can be sent to. */
export interface ProbeGap {
  readonly service: string;
  readonly version: string;
}

export interface ProbePlan {
  readonly probes: readonly Probe[];
  readonly gaps: readonly ProbeGap[];
}

/**
 * A probe for each version of each service that calls another. Every version has to carry the header, those of lanes that
 * are not open yet too, so none is reached by routing.
 *
 * @param pods ready pods of the group.
 * @param paths service -> path that makes it call the next one; `service:port` of a further port, which is probed where it has one.
 * @param id 8 hexadecimal digits of this run, so that two runs do not read each other's marks.
 */
export function planProbes(
  group: LaneGroup,
  pods: readonly ProbePod[],
  paths: Readonly<Record<string, string>>,
  id: string,
): ProbePlan {
  const probes: Probe[] = [];
  const gaps: ProbeGap[] = [];
  for (const service of callers(group)) {
    for (const version of service.versions) {
      const pod = pods.find((candidate) => candidate.service === service.name && candidate.version === version);
      if (!pod) {
        gaps.push({ service: service.name, version });
        continue;
      }
      const asked = [
        { path: paths[service.name] ?? "/" },
        ...furtherLanePorts(service).flatMap((port) => {
          const path = paths[portKey(service, port)];
          return path === undefined ? [] : [{ path, port }];
        }),
      ];
      for (const one of asked) {
        const mark = `preflight-${id}-${probes.length}`;
        probes.push({ ...pod, ...one, mark, headers: markHeaders(group, mark) });
      }
    }
  }
  return { probes, gaps };
}

/** The further ports of callers for which no path is known, as `service:port`: they are not asked. */
export function unaskedPorts(group: LaneGroup, paths: Readonly<Record<string, string>>): string[] {
  const ports = callers(group).flatMap((service) => furtherLanePorts(service).map((port) => portKey(service, port)));
  return ports.filter((key) => paths[key] === undefined);
}

/** Why there is nothing to probe; undefined: there is. */
export function nothingToProbe(group: LaneGroup): string | undefined {
  if (group.routeHeader === undefined) return "strict: the mesh looks at the caller, so no app forwards anything";
  return callers(group).length === 0 ? "no service calls another" : undefined;
}

/** The header that apps of the group have to forward, in words. */
export function forwardedHeader(group: LaneGroup): string {
  return group.traceHeader === "baggage"
    ? `baggage (member ${group.routeHeader})`
    : `the header ${group.traceHeader ?? group.routeHeader}`;
}

/** How a path of a further port is called among the paths: `cart:9000`. */
export function portKey({ name }: Pick<LaneService, "name">, port: number): string {
  return `${name}:${port}`;
}

function callers(group: LaneGroup): readonly LaneService[] {
  return group.services.filter(({ calls }) => calls.length > 0);
}

function markHeaders(group: LaneGroup, mark: string): Record<string, string> {
  const header = group.routeHeader ?? "";
  return group.traceHeader === "baggage" ? { baggage: `${header}=${mark}` } : { [group.traceHeader ?? header]: mark };
}
