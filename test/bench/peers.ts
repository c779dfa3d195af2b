import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { GatewayClient } from "../../cli/verify/gateway-client";
import { projectRoot } from "../../tools/paths";
import { waitFor } from "../../tools/poll";
import { versionsMet } from "../e2e/load";
import { setMeshRetries } from "../e2e/mesh-retries";
import { lanes, run, stackEnvironment } from "../e2e/support";
import { buildPeers, type Peers } from "./peers/build";
import { BenchCluster, withinMs } from "./peers/cluster";
import { startControllers } from "./peers/controllers";
import { effort, type Measured, measure } from "./peers/measure";
import { app, hostOf, pauseSeconds, port, replicas, weights } from "./peers/objects";
import { printTable } from "./peers/table";
import { byApply, byArgoRollouts, byFlagger, byLanes, type Patience, type Place, type Way } from "./peers/ways";

const stack = "e2e-bench";
const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);

/** Each way is measured with each of these; `MESH_LANES_PEERS` names one. */
const patiences: Readonly<Record<string, Patience>> = {
  defaults: {},
  generous: { drainSeconds: effort.lifeSeconds + 5, scaleDownDelaySeconds: effort.lifeSeconds + 10 },
};

/**
 * The same promotion by Argo Rollouts, by Flagger, by one `kubectl apply` and by lanes, one after the other on one embedded node: the
 * same pods behind the same gateway, the same weights and pauses, the same load. The mesh sends nothing a second time.
 */
export async function benchPeers(): Promise<void> {
  const names = process.env.MESH_LANES_PEERS?.split(",") ?? Object.keys(patiences);
  const chosen = names.map((name) => [name, patiences[name] ?? assert.fail(`MESH_LANES_PEERS: ${name}`)] as const);
  const peers = await buildPeers();
  let stop = async (): Promise<void> => {};
  try {
    writeConfig(chosen);
    const up = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    const env = await stackEnvironment(stack);
    const cluster = new BenchCluster(env);
    const output = await run("pulumi", ["stack", "output", "gatewayUrl", "--stack", stack], env);
    const gateway = new URL(output.stdout.trim());
    const kubectl = (...args: string[]) => cluster.kubectl(args, { timeoutSeconds: 200 });
    await setMeshRetries(kubectl, 0, { namespace: "istio-system", workload: "deployment/ingressgateway" });
    stop = await startControllers(peers, cluster, env);
    for (const [name, patience] of chosen) await compare(name, patience, peers, cluster, gateway);
  } finally {
    await stop();
    // With its node, and so with all that was made on it.
    await lanes("stop", "--stack", stack, "--purge");
    rmSync(stackFile, { force: true });
  }
}

/** One table. */
async function compare(name: string, patience: Patience, peers: Peers, cluster: BenchCluster, gateway: URL) {
  const group = `lanes-${name}`;
  const template = await cluster.template(group, `${app}-v1`);
  const place = (way: string): Place => ({ cluster, namespace: `${way}-${name}`, patience, template });
  const argo = `Argo Rollouts ${peers["argo-rollouts"].version}`;
  const ways: readonly (readonly [title: string, namespace: string, way: Way])[] = [
    [`${argo}, canary`, `argo-${name}`, byArgoRollouts("canary", place("argo"))],
    [`${argo}, pingPong`, `argo-pingpong-${name}`, byArgoRollouts("pingPong", place("argo-pingpong"))],
    [`Flagger ${peers.flagger.version}`, `flagger-${name}`, byFlagger(place("flagger"))],
    ["one kubectl apply", `apply-${name}`, byApply(place("apply"))],
    // Last, since it waits for its old pods itself, and no other way has to wait for that.
    ["lanes", group, byLanes(stack, group)],
  ];
  await Promise.all(
    ways.map(async ([, namespace, way]) => {
      if (namespace !== group) await cluster.makeNamespace(namespace);
      await way.setUp();
      await waitForAnswer(gateway, namespace);
    }),
  );
  const rows: [string, Measured | string][] = [];
  for (const [title, namespace, way] of ways) {
    process.stderr.write(`\n${title}, ${name}\n`);
    rows.push([title, await measure(way, namespace, cluster, gateway).catch(String)]);
  }
  const { drainSeconds = 5, scaleDownDelaySeconds = 30 } = patience;
  process.stdout.write(
    `\n${name}: v2 with ${weights.join(", ")} % of ${effort.requestsPerSecond} requests a second, ${pauseSeconds} s between; ` +
      `${replicas} pods, which end ${drainSeconds} s after they are told to; Argo Rollouts tells them after ${scaleDownDelaySeconds} s; ` +
      `Flagger without checks of metrics; sockets live ${effort.lifeSeconds} s after v2 answers everything\n`,
  );
  await printTable(rows);
}

/** Every way's host, by our own workload and lane group of each patience. */
function writeConfig(chosen: readonly (readonly [string, Patience])[]): void {
  const config = {
    "mesh-lanes:cluster": { kind: "embedded" },
    "mesh-lanes:workloads": chosen.map(([name, { drainSeconds }]) => ({
      ...{ name: app, namespace: `lanes-${name}`, app: "mock", port, replicas, versions: ["v1"] },
      // As most servers do: it closes its sockets when it gets SIGTERM.
      env: { DRAIN_SECONDS: "0" },
      ...(drainSeconds !== undefined && { drainSeconds }),
    })),
    "mesh-lanes:laneGroups": chosen.map(([name]) => ({
      ...{ name: `lanes-${name}`, namespace: `lanes-${name}`, mode: "permissive", routeHeader: "x-lane" },
      services: [{ name: app, port, versions: ["v1"] }],
      entry: { service: app, gateway: "istio-system/ingressgateway", hosts: [hostOf(`lanes-${name}`)] },
      baseline: "v1",
      lanes: [{ name: "v1", weight: 100 }],
    })),
  };
  writeFileSync(stackFile, stringify({ config }));
}

async function waitForAnswer(gateway: URL, namespace: string): Promise<void> {
  const client = new GatewayClient(gateway.origin);
  const answered = async () => {
    const answer = await client.send({ host: hostOf(namespace), path: "/", headers: {} });
    return answer.status === 200 && versionsMet(answer) === "v1";
  };
  try {
    await waitFor(`v1 to answer in ${namespace}`, answered, { withinMs, everyMs: 500 });
  } finally {
    client.close();
  }
}
