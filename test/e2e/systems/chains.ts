import assert from "node:assert/strict";
import { GatewayClient, sendMany } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import { laneRequest } from "../../../components/lanes/lane-request";
import { planLaneGroup } from "../../../components/lanes/plan";
import type { LaneGroup } from "../../../components/lanes/spec";
import { callsHeader } from "./stand-ins";

/** Ways from the entry along the calls, each to its end, that cover every call. A service is on none of them twice. */
export function chainsOf(group: LaneGroup): string[][] {
  const follow = (way: readonly string[]): string[][] => {
    const callees = group.services.find(({ name }) => name === way.at(-1))?.calls ?? [];
    const next = callees.filter((callee) => !way.includes(callee));
    return next.length === 0 ? [[...way]] : next.flatMap((callee) => follow([...way, callee]));
  };
  return follow([group.entry.service]);
}

const portOf = (group: LaneGroup, name: string) => group.services.find((service) => service.name === name)?.port;

/** Sends requests of every lane along every chain. @returns lane and chain -> answers, each of them right. */
export async function proveLanes(group: LaneGroup, url: string, requests: number): Promise<Record<string, number>> {
  const client = new GatewayClient(url);
  const { rows } = planLaneGroup(group);
  const right: Record<string, number> = {};
  try {
    for (const lane of group.lanes) {
      const entering = laneRequest(group, lane);
      assert.ok("request" in entering, lane.name);
      for (const chain of chainsOf(group)) {
        const calls = chain.slice(1).map((name) => `${name}:${portOf(group, name)}`);
        const headers = { ...entering.request.headers, ...(calls.length > 0 && { [callsHeader]: calls.join() }) };
        const versionOf = (name: string) => rows.find((row) => row.lane === lane.name && row.service === name)?.version;
        const expected = chain.map((name) => `${name} ${versionOf(name)}`).join(" -> ");
        const seen: Record<string, number> = {};
        await sendMany(client, { ...entering.request, headers }, requests, ({ status, body }) => {
          const hops = parseHops(body).map(({ service, version }) => `${service} ${version}`);
          const answer = status === 200 ? hops.join(" -> ") : `${status} ${body.slice(0, 120)}`;
          seen[answer] = (seen[answer] ?? 0) + 1;
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
