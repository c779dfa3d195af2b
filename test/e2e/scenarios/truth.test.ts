import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Explanation, explain } from "../../../components/lanes/explain";
import { repeatedHeadersOf } from "../../../components/lanes/repeated-headers";
import { workPaths } from "../../../tools/paths";
import { seed } from "../../seed";
import { meshVersion } from "../support";
import { useScenarios } from "./stack";
import { actualFate, callsOf, expectedFates, portsOf, rewrites, servicesOf } from "./truth/compare";
import { randomGroups, secondPort } from "./truth/groups";
import { TruthMesh } from "./truth/mesh";
import { type RawRequest, randomRequests } from "./truth/requests";

const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** More requests for a longer run. */
const requestCount = setting("MESH_LANES_TRUTH_REQUESTS", 2000);
const groupCount = setting("MESH_LANES_TRUTH_GROUPS", 60);

const name = "truth";
const shownDisagreements = 10;

/** A user's place decides exactly; what weights decide by chance proves less. */
function kindOf(explanation: Explanation): string {
  if (explanation.status === 200 || explanation.status === 403) return explanation.kind;
  if (explanation.status !== "routed") return String(explanation.status);
  const { kind, user } = explanation;
  return kind === "weights" && user?.place !== undefined ? "user" : kind;
}

describe("explain agrees with the proxies", () => {
  const groups = randomGroups(seed, groupCount, { namespace: name, gateway: `${name}/${name}` });
  const mesh = new TruthMesh({ name, port: 8090, target: { kubeconfig: workPaths.kubeconfig } });

  // Before the hook of useScenarios, which may take the stack down.
  after(() => mesh.takeDown());

  useScenarios();

  before(async () => {
    process.stderr.write(`MESH_LANES_SEED=${seed}, ${groupCount} groups, ${requestCount} requests\n`);
    await mesh.bringUp(groups);
    await mesh.apply(groups);
  });

  it(`on ${requestCount} random requests over ${groupCount} random lane groups`, async () => {
    const kinds: Record<string, number> = {};
    let hops = 0;
    let further = 0;
    const disagreements: string[] = [];
    const judge = async (request: RawRequest): Promise<void> => {
      const explanation = explain(groups, request, { repeatedHeaders: repeatedHeadersOf(meshVersion) });
      const group = explanation.status === "routed" ? groups.find(({ name }) => name === explanation.group) : undefined;
      const services = group ? servicesOf(group, explanation, request.walk) : [];
      const ports = group ? portsOf(group, services, request) : [];
      const answer = await mesh.send(request, group ? callsOf(group, services, ports, request) : []);
      const expected = expectedFates(explanation, services, ports);
      const actual = actualFate(answer, rewrites(explanation));
      const kind = kindOf(explanation);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      hops += services.length;
      further += ports.filter((port) => port === secondPort).length;
      if (expected.includes(actual)) return;
      disagreements.push(JSON.stringify({ request, explained: expected, seen: actual }));
    };
    const left = randomRequests(seed, requestCount, groups);
    const started = performance.now();
    const worker = async (): Promise<void> => {
      for (let next = left.pop(); next; next = left.pop()) await judge(next);
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stderr.write(
      `${requestCount} requests, ${hops} hops, ${further} of them on a second port, in ${seconds} s: ${JSON.stringify(kinds)}\n`,
    );
    const file = join(workPaths.logs, "truth.jsonl");
    writeFileSync(file, disagreements.map((line) => `${line}\n`).join(""));
    const shown = disagreements.slice(0, shownDisagreements).join("\n");
    assert.equal(
      disagreements.length,
      0,
      `${disagreements.length} disagree, seed ${seed}, all of them in ${file}:\n${shown}`,
    );
    assert.ok(further >= requestCount / 20, "hardly a call was on a second port");
    for (const kind of ["match", "cookie", "weights", "user", "unmatched", "preflight", "404"]) {
      assert.ok((kinds[kind] ?? 0) >= requestCount / 100, `hardly a request was decided by ${kind}`);
    }
  });
});
