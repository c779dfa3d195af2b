import { explain } from "../../../components/lanes/explain";
import { type EntryRequest, laneRequest } from "../../../components/lanes/lane-request";
import { planLaneGroup } from "../../../components/lanes/plan";
import type { LaneGroup } from "../../../components/lanes/spec";
import type { Change } from "../../../components/lanes/transition/change";
import { callsHeader, podPort } from "../../../conformance/lab/pods";
import { chainsOf } from "../systems/chains";

/** A request that is sent all through a change, and what may answer it. */
export interface SentRequest {
  readonly name: string;
  readonly request: EntryRequest;
  /** The services that it goes through. */
  readonly way: readonly string[];
  /** Those that it enters by the config before or after. */
  readonly lanes: readonly string[];
  /** The versions met, hop by hop, by the config before: `v1 v2 v1`. Several where weights decide. */
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
  /** Every whole chain that a request may meet on the way: it enters a lane by one of the configs, and goes its way by one of them. */
  readonly whole: ReadonlySet<string>;
}

/** Requests of the lanes that are there before and after, and one that names no lane, along each way through the services. */
export function requestsOf(change: Change, isAsked: (lane: string) => boolean): SentRequest[] {
  const { before, after } = change;
  const both = before.lanes.filter(({ name }) => after.lanes.some((lane) => lane.name === name));
  const entering = both.flatMap((lane) => {
    const found = laneRequest(before, lane);
    // The answer to a HEAD shows no chain.
    return "request" in found && found.request.method !== "HEAD"
      ? [{ name: `${before.name} ${lane.name}`, request: found.request }]
      : [];
  });
  const [first] = entering;
  const bare = first ? [{ name: `${before.name} no lane`, request: { ...first.request, headers: {} } }] : [];
  return [...entering, ...bare].flatMap((each) => alongCalls(change, each, isAsked));
}

/** Whether the change gives a request another chain, whatever the weights decide. */
export function moves({ before, after }: Pick<SentRequest, "before" | "after">): boolean {
  return ![...before].some((chain) => after.has(chain));
}

function alongCalls(
  { before, after }: Change,
  { name, request }: Pick<SentRequest, "name" | "request">,
  isAsked: (lane: string) => boolean,
): SentRequest[] {
  const [was, is] = [entered(before, request), entered(after, request)];
  if (!was || !is || was.service !== is.service) return [];
  const lanes = [...new Set([...was.lanes, ...is.lanes])];
  if (!lanes.every((lane) => isAsked(lane) && has(before, lane) && has(after, lane))) return [];
  const common = chainsOf(before, was.service).filter((way) => chainsOf(after, is.service).some(isSame(way)));
  return common.flatMap((way): SentRequest[] => {
    const along = (group: LaneGroup, of: readonly string[]) => new Set(of.map((lane) => versionsOf(group, lane, way)));
    const calls = way.slice(1).map((service) => `${service}:${podPort}`);
    const headers = { ...request.headers, ...(calls.length > 0 && { [callsHeader]: calls.join() }) };
    return [
      {
        name: `${name}: ${way.join(" -> ")}`,
        request: { ...request, headers },
        ...{ way, lanes },
        before: along(before, was.lanes),
        after: along(after, is.lanes),
        whole: new Set([...along(before, lanes), ...along(after, lanes)]),
      },
    ];
  });
}

/** Where a request comes in, and the lanes that it may get there. */
function entered(
  group: LaneGroup,
  { host = "", ...request }: EntryRequest,
): { readonly service: string; readonly lanes: readonly string[] } | undefined {
  const explanation = explain([group], { host, ...request });
  const service = explanation.status === "routed" ? explanation.outcomes[0]?.hops[0]?.service : undefined;
  if (explanation.status !== "routed" || service === undefined) return undefined;
  return { service, lanes: explanation.outcomes.filter(({ weight }) => weight > 0).map(({ lane }) => lane) };
}

function versionsOf(group: LaneGroup, lane: string, way: readonly string[]): string {
  const { rows } = planLaneGroup(group);
  return way.map((service) => rows.find((row) => row.lane === lane && row.service === service)?.version).join(" ");
}

function has({ lanes }: LaneGroup, name: string): boolean {
  return lanes.some((lane) => lane.name === name);
}

function isSame(way: readonly string[]): (other: readonly string[]) => boolean {
  return (other) => other.join() === way.join();
}
