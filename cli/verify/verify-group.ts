import { type EntryPart, entryParts, reachedFrom } from "../../components/lanes/entries/parts";
import { type LaneRequest, laneRequest } from "../../components/lanes/lane-request";
import { type PlanRow, planLaneGroup } from "../../components/lanes/plan";
import type { Lane, LaneGroup } from "../../components/lanes/spec";
import { firstLine } from "../../tools/values";
import { type LaneClient, sendMany } from "./gateway-client";
import type { GrpcCalls } from "./grpc-calls";
import { type Hop, parseHops } from "./hops";

/** One cell of the matrix: what a lane's requests should have met at a service, and what they met. */
export interface HopResult {
  readonly service: string;
  /** Undefined: the lane has no version of it, so no request may reach it. */
  readonly expected: string | undefined;
  readonly reason: PlanRow["reason"];
  /** Version -> number of answers. `none` counts answers in which the service did not appear. */
  readonly seen: Readonly<Record<string, number>>;
}

export interface LaneResult {
  readonly group: string;
  readonly lane: string;
  /** The service that these requests come in at, where a group has several. */
  readonly entry?: string;
  /** Requests sent; 0 when no request can be made up for the lane, see `skipped`. */
  readonly requests: number;
  readonly skipped?: string;
  readonly hops: readonly HopResult[];
  /** Answers that were no 200, by what they were: `503 no healthy upstream` -> 3. */
  readonly failures: Readonly<Record<string, number>>;
}

/** True when every answer of every lane came from the versions that the plan names. */
export function lanePassed(result: LaneResult): boolean {
  const failed = Object.keys(result.failures).length > 0;
  return result.requests > 0 && !failed && result.hops.every((hop) => hopPassed(hop, result.requests));
}

export function hopPassed(hop: HopResult, requests: number): boolean {
  return hop.expected !== undefined && hop.seen[hop.expected] === requests;
}

/**
 * Sends requests into each lane of a group, by each route of its entry, and reads every hop from the answers.
 *
 * @param requests how many for each lane.
 * @param grpc what calls a service behind the gateway that speaks gRPC; undefined: it speaks HTTP.
 */
export async function verifyGroup(
  group: LaneGroup,
  client: LaneClient,
  requests: number,
  onLane: (lane: string) => void = () => {},
  grpc: (service: string) => GrpcCalls | undefined = () => undefined,
): Promise<LaneResult[]> {
  const plan = planLaneGroup(group);
  const results: LaneResult[] = [];
  for (const lane of group.lanes) {
    onLane(lane.name);
    const rows = plan.rows.filter((row) => row.lane === lane.name);
    for (const part of entryParts(group)) {
      const calls = grpc(part.service.name);
      const plain = laneRequest(group, lane, part);
      const entering = calls?.asCall(group, lane, part, plain) ?? plain;
      results.push(await verifyLane(group, lane, part, rows, calls ?? client, requests, entering));
    }
  }
  return results;
}

async function verifyLane(
  group: LaneGroup,
  lane: Lane,
  part: EntryPart,
  all: readonly PlanRow[],
  client: LaneClient,
  requests: number,
  entering: LaneRequest,
): Promise<LaneResult> {
  const several = group.entry.routes.length > 0;
  // Where requests come in at several services, each reaches some of them only.
  const reached = reachedFrom(group, part.service.name);
  const rows = several ? all.filter((row) => reached.has(row.service)) : all;
  const tally = new LaneTally(rows.map((row) => row.service));
  if ("request" in entering) {
    await sendMany(client, entering.request, requests, (answer) => {
      if (answer.status === 200) tally.count(parseHops(answer.body));
      else {
        const status = answer.grpcStatus ?? (answer.status || "no answer");
        tally.fail(`${status} ${firstLine(answer.body).slice(0, 120)}`.trim());
      }
    });
  }
  return {
    group: group.name,
    lane: lane.name,
    ...(several && { entry: part.route?.name ?? part.service.name }),
    requests: "request" in entering ? requests : 0,
    ...("impossible" in entering && { skipped: entering.impossible }),
    hops: rows.map(({ service, version, reason }) => ({
      service,
      expected: version,
      reason,
      seen: tally.seen(service),
    })),
    failures: tally.failures,
  };
}

class LaneTally {
  public readonly failures: Record<string, number> = {};
  private readonly versions: Map<string, Record<string, number>>;

  public constructor(services: readonly string[]) {
    this.versions = new Map(services.map((service) => [service, {}]));
  }

  /** A service may be called more than once in a request: it counts as seen in a version only if all calls agree. */
  public count(hops: readonly Hop[]): void {
    for (const [service, counts] of this.versions) {
      const met = [...new Set(hops.filter((hop) => hop.service === service).map((hop) => hop.version))];
      const key = met.length === 0 ? "none" : met.sort().join("+");
      counts[key] = (counts[key] ?? 0) + 1;
    }
  }

  public fail(reason: string): void {
    this.failures[reason] = (this.failures[reason] ?? 0) + 1;
  }

  public seen(service: string): Record<string, number> {
    return this.versions.get(service) ?? {};
  }
}
