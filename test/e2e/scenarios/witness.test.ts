import assert from "node:assert/strict";
import { fateKey } from "../../../components/lanes/diff/fate";
import { changedRegions } from "../../../components/lanes/diff/regions";
import { explain } from "../../../components/lanes/explain";
import type { LaneRequest } from "../../../components/lanes/matching";
import { repeatedHeadersOf } from "../../../components/lanes/repeated-headers";
import type { LaneGroup } from "../../../components/lanes/spec";
import { workPaths } from "../../../tools/paths";
import { seed } from "../../seed";
import { randomPairs } from "../../unit/components/lanes/diff/pairs";
import { meshVersion } from "../support";
import { useScenarios } from "./stack";
import { actualFate, agrees, callsOf, expectedFates, portsOf, rewrites, servicesOf } from "./truth/compare";
import { TruthMesh } from "./truth/mesh";
import { type RawRequest, randomRequests } from "./truth/requests";

const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** More groups for more witnesses. */
const groupCount = setting("MESH_LANES_WITNESS_GROUPS", 30);
const requestCount = setting("MESH_LANES_WITNESS_REQUESTS", 1000);
const shownDisagreements = 10;
const name = "witness";

type Side = "before" | "after";

describe("witnesses of a diff take the route said", () => {
  const [pair] = randomPairs(seed, 1, {
    size: groupCount,
    placed: { namespace: name, gateway: `${name}/${name}` },
  });
  assert.ok(pair);
  const { changed } = changedRegions(pair);
  const witnesses = changed.flatMap(({ witness }) => (witness ? [rawRequest(witness)] : []));
  // Where nothing is reported, nothing may change.
  const others = randomRequests(seed, requestCount, [...pair.before, ...pair.after]).filter(
    (request) => keyOf("before", request) === keyOf("after", request),
  );
  const mesh = new TruthMesh({ name, port: 8091, target: { kubeconfig: workPaths.kubeconfig } });

  function keyOf(side: Side, request: RawRequest): string {
    const groups = pair?.[side] ?? [];
    return fateKey(explain(groups, request, { repeatedHeaders: repeatedHeadersOf(meshVersion) }), groups);
  }

  after(() => mesh.takeDown());

  useScenarios();

  before(async () => {
    process.stderr.write(`MESH_LANES_SEED=${seed}, ${witnesses.length} witnesses, ${others.length} others\n`);
    await mesh.bringUp([...pair.before, ...pair.after]);
  });

  const holds = async (side: Side): Promise<void> => {
    const groups = pair[side];
    await mesh.apply(groups);
    const disagreements: string[] = [];
    const left = [...witnesses, ...others];
    const worker = async (): Promise<void> => {
      for (let next = left.pop(); next; next = left.pop()) {
        const { expected, actual, agree } = await fates(mesh, groups, next);
        if (!agree) disagreements.push(JSON.stringify({ next, expected, actual }));
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const shown = disagreements.slice(0, shownDisagreements).join("\n");
    assert.equal(disagreements.length, 0, `${disagreements.length} disagree ${side}, seed ${seed}:\n${shown}`);
  };

  it("before the change", async () => {
    assert.ok(witnesses.length > groupCount, `${witnesses.length} witnesses`);
    await holds("before");
  });

  it("after the change", async () => {
    // Groups that share hosts are tried in the order of their age, which one that comes later would change.
    await mesh.remove(pair.before);
    await holds("after");
  });
});

function rawRequest({ host, path, method = "GET", headers = {} }: LaneRequest): RawRequest {
  const lines = Object.entries(headers).map(([header, value]) => [header, typeof value === "string" ? [value] : value]);
  return { method, path, host, headers: Object.fromEntries(lines), walk: [0, 0, 0] };
}

/** What `explain` allows, and what the proxies did. */
async function fates(mesh: TruthMesh, groups: readonly LaneGroup[], request: RawRequest) {
  const explanation = explain(groups, request, { repeatedHeaders: repeatedHeadersOf(meshVersion) });
  const group = groups.find((one) => explanation.status === "routed" && one.name === explanation.group);
  const services = group ? servicesOf(group, explanation, request.walk) : [];
  const ports = group ? portsOf(group, services, request) : [];
  const answer = await mesh.send(request, group ? callsOf(group, services, ports, request, mesh.addresses) : []);
  const expected = expectedFates(explanation, services, ports, request);
  const actual = actualFate(answer, rewrites(explanation));
  return { expected, actual, agree: agrees(expected, actual, answer) };
}
