import assert from "node:assert/strict";
import { GatewayClient, type LaneAnswer, sendMany } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import { entryParts } from "../../../components/lanes/entries/parts";
import { laneRequest } from "../../../components/lanes/lane-request";
import { planLaneGroup } from "../../../components/lanes/plan";
import type { LaneGroup } from "../../../components/lanes/spec";
import type { SystemGraph } from "../../systems/graph";
import { callsHeader, callTo } from "./stand-ins";

/** Ways from a service along the calls, each to its end, that cover every call. A service is on none of them twice. */
export function chainsOf(group: LaneGroup, from = group.entry.service): string[][] {
  const follow = (way: readonly string[]): string[][] => {
    const callees = group.services.find(({ name }) => name === way.at(-1))?.calls ?? [];
    const next = callees.filter((callee) => !way.includes(callee));
    return next.length === 0 ? [[...way]] : next.flatMap((callee) => follow([...way, callee]));
  };
  return follow([from]);
}

/**
 * Sends requests of every lane by every part of the entry along every chain.
 *
 * @returns lane and chain -> answers, each of them right.
 */
export async function proveLanes(
  graph: SystemGraph,
  group: LaneGroup,
  url: string,
  requests: number,
): Promise<Record<string, number>> {
  const client = new GatewayClient(url);
  const { rows } = planLaneGroup(group);
  const right: Record<string, number> = {};
  try {
    for (const [lane, part] of group.lanes.flatMap((each) => entryParts(group).map((part) => [each, part] as const))) {
      const entering = laneRequest(group, lane, part);
      assert.ok("request" in entering, `${lane.name} by ${part.service.name}`);
      for (const chain of chainsOf(group, part.service.name)) {
        const calls = chain.slice(1).map((name) => callTo(graph, name));
        const headers = { ...entering.request.headers, ...(calls.length > 0 && { [callsHeader]: calls.join() }) };
        const versionOf = (name: string) => rows.find((row) => row.lane === lane.name && row.service === name)?.version;
        const expected = chain.map((name) => `${name} ${versionOf(name)}`).join(" -> ");
        const seen: Record<string, number> = {};
        await sendMany(client, { ...entering.request, headers }, requests, (answer) => {
          const words = wordsOf(answer);
          seen[words] = (seen[words] ?? 0) + 1;
        });
        assert.deepEqual(seen, { [expected]: requests }, `lane ${lane.name}`);
        right[`${lane.name}: ${chain.join(" -> ")}`] = requests;
      }
    }
  } finally {
    client.close();
  }
  return right;
}

/** An answer as `service version -> service version`, or its status and the beginning of its body. */
function wordsOf({ status, body }: LaneAnswer): string {
  const hops = parseHops(body).map(({ service, version }) => `${service} ${version}`);
  return status === 200 ? hops.join(" -> ") : `${status} ${body.slice(0, 120)}`;
}

/** Versions of the last service that requests along a chain of `host:port` meet, and how often. */
export async function versionsMet(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  calls: readonly string[],
  requests: number,
): Promise<Record<string, number>> {
  const client = new GatewayClient(url);
  const met: Record<string, number> = {};
  await sendMany(
    client,
    { path, headers: { ...headers, [callsHeader]: calls.join() } },
    requests,
    ({ status, body }) => {
      const version = status === 200 ? (parseHops(body).at(-1)?.version ?? "none") : `${status} ${body.slice(0, 120)}`;
      met[version] = (met[version] ?? 0) + 1;
    },
  );
  client.close();
  return met;
}
