import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Explanation, explain } from "../../../components/lanes/explain";
import { repeatedHeadersOf } from "../../../components/lanes/repeated-headers";
import { workPaths } from "../../../tools/paths";
import { seed } from "../../seed";
import { serviceIn } from "../../service-in";
import { meshVersion } from "../support";
import { useScenarios } from "./stack";
import { actualFate, agrees, callsOf, expectedFates, portsOf, rewrites, servicesOf } from "./truth/compare";
import { grpcPort, randomGroups, secondPort } from "./truth/groups";
import { TruthMesh } from "./truth/mesh";
import { readPolicy } from "./truth/policies";
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
    await mesh.serve(groups);
    await mesh.apply(groups);
  });

  it(`on ${requestCount} random requests over ${groupCount} random lane groups`, async () => {
    const kinds: Record<string, number> = {};
    const hops = { all: 0, secondPort: 0, grpc: 0, otherNamespace: 0, changedHeaders: 0, faults: 0 };
    const disagreements: string[] = [];
    const judge = async (request: RawRequest): Promise<void> => {
      const explanation = explain(groups, request, { repeatedHeaders: repeatedHeadersOf(meshVersion) });
      const group = explanation.status === "routed" ? groups.find(({ name }) => name === explanation.group) : undefined;
      const services = group ? servicesOf(group, explanation, request.walk) : [];
      const ports = group ? portsOf(group, services, request) : [];
      const answer = await mesh.send(request, group ? callsOf(group, services, ports, request, mesh.addresses) : []);
      const expected = expectedFates(explanation, services, ports, request);
      const actual = actualFate(answer, rewrites(explanation));
      const kind = kindOf(explanation);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      hops.all += services.length;
      hops.secondPort += ports.filter((port) => port === secondPort).length;
      hops.grpc += ports.filter((port) => port === grpcPort).length;
      hops.otherNamespace += services.filter((one) => group && serviceIn(group, one).namespace !== name).length;
      const taken =
        explanation.status === "routed" ? (explanation.outcomes[0]?.hops.slice(0, services.length) ?? []) : [];
      const policies = taken.map(({ policy }) => readPolicy(policy));
      hops.changedHeaders += policies.filter(({ request }) => Object.keys(request).length > 0).length;
      hops.faults += policies.filter(({ abort, delay }) => abort || delay).length;
      if (agrees(expected, actual, answer)) return;
      disagreements.push(JSON.stringify({ request, explained: expected, seen: actual, ms: answer.ms }));
    };
    const left = randomRequests(seed, requestCount, groups);
    const started = performance.now();
    const worker = async (): Promise<void> => {
      for (let next = left.pop(); next; next = left.pop()) await judge(next);
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stderr.write(
      `${requestCount} requests in ${seconds} s, hops ${JSON.stringify(hops)}, decided by ${JSON.stringify(kinds)}\n`,
    );
    const file = join(workPaths.logs, "truth.jsonl");
    writeFileSync(file, disagreements.map((line) => `${line}\n`).join(""));
    const shown = disagreements.slice(0, shownDisagreements).join("\n");
    assert.equal(
      disagreements.length,
      0,
      `${disagreements.length} disagree, seed ${seed}, all of them in ${file}:\n${shown}`,
    );
    for (const [what, count] of Object.entries(hops)) {
      assert.ok(count >= requestCount / 40, `hardly a hop was of this kind: ${what}`);
    }
    for (const kind of ["match", "cookie", "weights", "user", "unmatched", "preflight", "404"]) {
      assert.ok((kinds[kind] ?? 0) >= requestCount / 100, `hardly a request was decided by ${kind}`);
    }
  });
});
