import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { explain } from "../../../components/lanes/explain";
import { sidecarFilters } from "../../../components/lanes/istio/proxy-filters";
import { renderIstio } from "../../../components/lanes/istio/render";
import { LabCluster, type LabObject } from "../../../conformance/lab/cluster";
import { labNamespace, labPods, labService, podPort } from "../../../conformance/lab/pods";
import { appImage } from "../../../tools/images/app-image";
import { workPaths } from "../../../tools/paths";
import { useScenarios } from "./stack";
import { actualFate, callsOf, expectedFates, routeNameHeader, servicesOf } from "./truth/compare";
import { carriedHeaders, randomGroups, versions } from "./truth/groups";
import { type RawRequest, randomRequests } from "./truth/requests";
import { RawClient } from "./truth/send";

const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** Give a seed to see the same again; give more requests for a longer run. */
const seed = setting("MESH_LANES_TRUTH_SEED", Math.floor(Math.random() * 2 ** 31));
const requestCount = setting("MESH_LANES_TRUTH_REQUESTS", 2000);
const groupCount = setting("MESH_LANES_TRUTH_GROUPS", 60);

const namespace = "truth";
const gatewayNamespace = "istio-system";
const gatewayLabels = { istio: "ingressgateway" };
/** A listener of its own: no other group's hosts are in the way. */
const port = 8090;
const shownDisagreements = 10;

describe("explain agrees with the proxies", () => {
  const groups = randomGroups(seed, groupCount, { namespace, gateway: `${namespace}/${namespace}` });
  const cluster = new LabCluster({ kubeconfig: workPaths.kubeconfig }, "truth");
  let client: RawClient;

  // Before the hook of useScenarios, which may take the stack down.
  after(async () => {
    client?.close();
    await cluster.clean([gatewayNamespace]);
  });

  useScenarios();

  before(async () => {
    process.stderr.write(`MESH_LANES_TRUTH_SEED=${seed}, ${groupCount} groups, ${requestCount} requests\n`);
    await cluster.clean([gatewayNamespace]);
    await cluster.apply([
      labNamespace(namespace, { "istio-injection": "enabled" }),
      filters,
      ...labPods({
        ...{ namespace, name: "pods", versions, image: appImage("mock").ref },
        forwardHeaders: ["baggage", ...carriedHeaders],
        echoHeaders: [routeNameHeader, ...carriedHeaders],
      }),
      ...groups.flatMap((group) => group.services.map(({ name }) => service(name))),
      gateway,
      routeNames(namespace, "SIDECAR_OUTBOUND"),
      routeNames(gatewayNamespace, "GATEWAY", { workloadSelector: { labels: gatewayLabels } }),
    ]);
    await cluster.ready(namespace);
    const pods = { namespace: gatewayNamespace, labels: gatewayLabels };
    await cluster.applyLanes(groups, (group) => renderIstio(group, { gateway: pods }));
    client = new RawClient(new URL(`http://${await gatewayAddress(cluster)}:${port}`));
  });

  it(`on ${requestCount} random requests over ${groupCount} random lane groups`, async () => {
    const kinds: Record<string, number> = {};
    let hops = 0;
    const disagreements: string[] = [];
    const judge = async (request: RawRequest): Promise<void> => {
      const explanation = explain(groups, request);
      const group = explanation.status === "routed" ? groups.find(({ name }) => name === explanation.group) : undefined;
      const services = group ? servicesOf(group, request.walk) : [];
      const answer = await client.send(request, group ? callsOf(group, services, request) : []);
      const expected = expectedFates(explanation, services);
      const actual = actualFate(answer);
      const kind = explanation.status === "routed" ? explanation.kind : String(explanation.status);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      hops += services.length;
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
    process.stderr.write(`${requestCount} requests, ${hops} hops in ${seconds} s: ${JSON.stringify(kinds)}\n`);
    const file = join(workPaths.logs, "truth.jsonl");
    writeFileSync(file, disagreements.map((line) => `${line}\n`).join(""));
    const shown = disagreements.slice(0, shownDisagreements).join("\n");
    assert.equal(
      disagreements.length,
      0,
      `${disagreements.length} disagree, seed ${seed}, all of them in ${file}:\n${shown}`,
    );
    for (const kind of ["match", "cookie", "weights", "unmatched", "404"]) {
      assert.ok((kinds[kind] ?? 0) >= requestCount / 100, `hardly a request was decided by ${kind}`);
    }
  });
});

/** Seen by the sidecars of this test and by the gateway, so that others' config does not grow. */
function service(name: string): LabObject {
  const annotations = { "networking.istio.io/exportTo": `.,${gatewayNamespace}` };
  return labService({ name, namespace, port: podPort, pods: "pods", annotations });
}

/** The gateway's are the stack's. */
const { stage: _stage, ...filters } = sidecarFilters(namespace);

const gateway: LabObject = {
  apiVersion: "networking.istio.io/v1",
  kind: "Gateway",
  metadata: { name: namespace, namespace },
  spec: {
    selector: gatewayLabels,
    servers: [{ port: { number: port, name: "truth", protocol: "HTTP" }, hosts: ["*"] }],
  },
};

/** Makes proxies say which route they took. Nothing else tells two rules apart that lead to the same pods. */
function routeNames(where: string, context: "SIDECAR_OUTBOUND" | "GATEWAY", more: object = {}): LabObject {
  const header = { key: routeNameHeader, value: "%ROUTE_NAME%" };
  const value = { request_headers_to_add: [{ header, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" }] };
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name: "truth-route-names", namespace: where },
    spec: {
      ...more,
      configPatches: [{ applyTo: "ROUTE_CONFIGURATION", match: { context }, patch: { operation: "MERGE", value } }],
    },
  };
}

/** The address of the gateway's pod: no Service has this test's port. */
async function gatewayAddress(cluster: LabCluster): Promise<string> {
  const selector = Object.entries(gatewayLabels).map(([key, value]) => `${key}=${value}`);
  const args = ["get", "pods", "--namespace", gatewayNamespace, "--selector", selector.join()];
  return cluster.kubectl([...args, "--output", "jsonpath={.items[0].status.podIP}"]);
}
