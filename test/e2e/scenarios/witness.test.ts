import assert from "node:assert/strict";
import { fateKey } from "../../../components/lanes/diff/fate";
import { changedRegions } from "../../../components/lanes/diff/regions";
import { explain } from "../../../components/lanes/explain";
import type { LaneRequest } from "../../../components/lanes/matching";
import { repeatedHeadersOf } from "../../../components/lanes/repeated-headers";
import type { LaneGroup } from "../../../components/lanes/spec";
import { workPaths } from "../../../tools/paths";
import { seed } from "../../seed";
import { type Pair, randomPairs } from "../../unit/components/lanes/diff/pairs";
import { meshVersion } from "../support";
import { useScenarios } from "./stack";
import { actualFate, agrees, callsOf, expectedFates, portsOf, rewrites, servicesOf } from "./truth/compare";
import { TruthMesh } from "./truth/mesh";
import { type RawRequest, randomRequests } from "./truth/requests";

const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** Pairs of configs, of so many lane groups each, which all may take the same requests. */
const pairCount = setting("MESH_LANES_WITNESS_PAIRS", 1);
const groupCount = setting("MESH_LANES_WITNESS_GROUPS", 30);
/** Random requests of all pairs. */
const requestCount = setting("MESH_LANES_WITNESS_REQUESTS", 1000);
const shownDisagreements = 10;
const name = "witness";

type Side = "before" | "after";

/** What is sent on both sides of a change. */
interface Trial {
  readonly pair: Pair;
  readonly witnesses: readonly RawRequest[];
  /** Random requests outside of the reported regions: where nothing is reported, nothing may change. */
  readonly others: readonly RawRequest[];
}

function trial(pair: Pair, index: number): Trial {
  const witnesses = changedRegions(pair).changed.flatMap(({ witness }) => (witness ? [rawRequest(witness)] : []));
  const keyOf = (side: Side, request: RawRequest): string =>
    fateKey(explain(pair[side], request, { repeatedHeaders: repeatedHeadersOf(meshVersion) }), pair[side]);
  const each = Math.ceil(requestCount / pairCount);
  const others = randomRequests(seed + index, each, [...pair.before, ...pair.after]).filter(
    (request) => keyOf("before", request) === keyOf("after", request),
  );
  return { pair, witnesses, others };
}

describe("witnesses of a diff take the route said", () => {
  const placed = { namespace: name, gateway: `${name}/${name}` };
  const pairs = randomPairs(seed, pairCount, { size: groupCount, placed });
  const mesh = new TruthMesh({ name, port: 8091, target: { kubeconfig: workPaths.kubeconfig } });

  after(() => mesh.takeDown());

  useScenarios();

  before(async () => {
    process.stderr.write(`MESH_LANES_SEED=${seed}, ${pairCount} pairs of ${groupCount} lane groups\n`);
    await mesh.bringUp(pairs.flatMap((pair) => [...pair.before, ...pair.after]));
  });

  const holds = async ({ pair, witnesses, others }: Trial, side: Side): Promise<void> => {
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

  for (const [index, pair] of pairs.entries()) {
    it(`before and after change ${index + 1} of ${pairCount}`, async () => {
      const sent = trial(pair, index);
      process.stderr.write(`${sent.witnesses.length} witnesses, ${sent.others.length} others\n`);
      assert.ok(sent.witnesses.length > groupCount);
      await mesh.serve([...pair.before, ...pair.after]);
      await holds(sent, "before");
      // Groups that share hosts are tried in the order of their age, which one that comes later would change.
      await mesh.remove(pair.before);
      await holds(sent, "after");
      await mesh.remove(pair.after);
    });
  }
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
