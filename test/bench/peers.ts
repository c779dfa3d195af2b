import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { GatewayClient } from "../../cli/verify/gateway-client";
import { appContainer } from "../../components/workloads/deployment-spec";
import { withDrain } from "../../components/workloads/drain";
import { projectRoot } from "../../tools/paths";
import { waitFor } from "../../tools/poll";
import { versionsMet } from "../e2e/load";
import { setMeshRetries } from "../e2e/mesh-retries";
import { lanes, run, stackEnvironment } from "../e2e/support";
import { buildPeers, type Peers } from "./peers/build";
import { BenchCluster, withinMs } from "./peers/cluster";
import { startControllers } from "./peers/controllers";
import { effort, measure } from "./peers/measure";
import { app, hostOf, pauseSeconds, port, replicas, type Template, weights } from "./peers/objects";
import { printRow, printTitles } from "./peers/table";
import { byApply, byArgoRollouts, byFlagger, byLanes, type Patience, type Place, type Way } from "./peers/ways";

const stack = "e2e-bench";
/** Of our own group, and its namespace. */
const group = "lanes";
const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);

/** Kept so long that every socket ends first. */
const generous = { drainSeconds: effort.lifeSeconds + 15, scaleDownDelaySeconds: effort.lifeSeconds + 10 };

interface Row {
  readonly title: string;
  readonly namespace: string;
  readonly way: Way;
}

/**
 * The same promotion by lanes, by Argo Rollouts, by Flagger and by one `kubectl apply`, in one run on one embedded node: the same pods
 * behind the same gateway, the same weights and pauses, the same load. The mesh sends nothing a second time. `MESH_LANES_PEERS` names
 * the rows that are wanted, by their namespaces. @example MESH_LANES_PEERS=lanes,argo,flagger npm run bench -- peers
 */
export async function benchPeers(): Promise<void> {
  const peers = await buildPeers();
  let stop = async (): Promise<void> => {};
  try {
    writeConfig();
    const up = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    const env = await stackEnvironment(stack);
    const cluster = new BenchCluster(env);
    const output = await run("pulumi", ["stack", "output", "gatewayUrl", "--stack", stack], env);
    const gateway = new URL(output.stdout.trim());
    const kubectl = (...args: string[]) => cluster.kubectl(args, { timeoutSeconds: 200 });
    await setMeshRetries(kubectl, 0, { namespace: "istio-system", workload: "deployment/istio-ingressgateway" });
    stop = await startControllers(peers, cluster, env);
    const streams = wanted(rowsBesideEachOther(peers, cluster, await cluster.template(group, `${app}-v1`)));
    await Promise.all(
      streams.flat().map(async ({ namespace, way }) => {
        if (namespace !== group) await cluster.makeNamespace(namespace);
        await way.setUp();
        await waitForAnswer(gateway, namespace);
      }),
    );
    printHead();
    const ends = streams.map(async (rows) => {
      const printed: Promise<void>[] = [];
      for (const { title, namespace, way } of rows) {
        printed.push(printRow(title, await measure(way, namespace, cluster, gateway).catch(String)));
      }
      await Promise.all(printed);
    });
    await Promise.all(ends);
  } finally {
    await stop();
    // With its node, and so with all that was made on it.
    await lanes("stop", "--stack", stack, "--purge");
    rmSync(stackFile, { force: true });
  }
}

/** Lists that are gone through at the same time, each row after the other: three loads at most share the node. */
function rowsBesideEachOther(peers: Peers, cluster: BenchCluster, template: Template): Row[][] {
  const row = (title: string, namespace: string, patience: Patience, way: (place: Place) => Way): Row => {
    const { drainSeconds: seconds } = patience;
    const pods = seconds === undefined ? template : withDrain(template, appContainer, seconds);
    return { title, namespace, way: way({ cluster, namespace, patience, template: pods }) };
  };
  const argo = `Argo Rollouts ${peers["argo-rollouts"].version}`;
  const flagger = `Flagger ${peers.flagger.version}`;
  const canary = (place: Place) => byArgoRollouts("canary", place);
  const pingPong = (place: Place) => byArgoRollouts("pingPong", place);
  return [
    [row("lanes", group, {}, () => byLanes(stack, group))],
    [
      row(`${argo}, canary, generous`, "argo-generous", generous, canary),
      row(`${argo}, pingPong, generous`, "argo-pingpong-generous", generous, pingPong),
      row(`${argo}, canary`, "argo", {}, canary),
    ],
    [
      row(`${flagger}, generous`, "flagger-generous", generous, byFlagger),
      row("kubectl apply, generous", "apply-generous", generous, byApply),
      row(flagger, "flagger", {}, byFlagger),
      row("kubectl apply", "apply", {}, byApply),
    ],
  ];
}

function wanted(streams: readonly (readonly Row[])[]): (readonly Row[])[] {
  const all = streams.flat().map(({ namespace }) => namespace);
  const names = process.env.MESH_LANES_PEERS?.split(",") ?? all;
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`MESH_LANES_PEERS: unknown ${unknown.join(", ")}: use ${all.join(", ")}`);
  return streams.map((rows) => rows.filter(({ namespace }) => names.includes(namespace)));
}

function printHead(): void {
  process.stdout.write(
    `
v1 -> v2 with ${weights.join(", ")} % of ${effort.requestsPerSecond} requests a second, ${pauseSeconds} s between; ${replicas} pods, which end 5 s after they are told to
sockets live ${effort.lifeSeconds} s after v2 answers everything; Flagger checks no metrics; Argo Rollouts tells old pods to end after 30 s
generous: pods end after ${generous.drainSeconds} s, and Argo Rollouts tells them to after ${generous.scaleDownDelaySeconds} s
`,
  );
  printTitles();
}

function writeConfig(): void {
  const config = {
    "mesh-lanes:cluster": { kind: "embedded" },
    "mesh-lanes:workloads": [
      {
        ...{ name: app, namespace: group, app: "mock", port, replicas, versions: ["v1"] },
        // As most servers do: it closes its sockets when it gets SIGTERM.
        env: { DRAIN_SECONDS: "0" },
      },
    ],
    "mesh-lanes:laneGroups": [
      {
        ...{ name: group, namespace: group, mode: "permissive", routeHeader: "x-lane", baseline: "v1" },
        services: [{ name: app, port, versions: ["v1"] }],
        entry: { service: app, gateway: "istio-system/ingressgateway", hosts: [hostOf(group)] },
        lanes: [{ name: "v1", weight: 100 }],
      },
    ],
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
