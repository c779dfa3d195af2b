import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSeq, parseDocument } from "yaml";
import { loadStackConfig, readStackConfigFile } from "../../../config/read";
import { baseLayer } from "../../../tools/images/base-root";
import { appRecipes } from "../../../tools/images/recipes";
import { projectRoot, workPaths } from "../../../tools/paths";
import { waitFor } from "../../../tools/poll";
import { silentReporter } from "../../../tools/report/reporter";
import { systemGraph, systemNames } from "../../systems/graph";
import { knownCalls } from "../../systems/imported";
import { importImages } from "../own-images/stranger-images";
import { bringUp, endStack } from "../suite-stack";
import { type RunResult, run, stackEnvironment, writeStack } from "../support";
import { answersTo, randomRequests, withEntries } from "./as-before";
import { chainsOf, proveLanes, versionsMet } from "./chains";
import { ClusterOwner } from "./owner";
import {
  callTo,
  entryPods,
  furtherPort,
  mockManifests,
  reduced,
  reducedGraph,
  secondNamespace,
  secondPort,
  spokenBy,
} from "./stand-ins";

const node = "10.200.0.2";
/** The gateway of the cluster's owner, with the routes that the system has today. */
const theirGateway = `http://${node}`;
/** Of the stack's own gateway, on every node. */
const nodePort = 30088;
const requests = 100;
/** Compared before and after an import. */
const compared = Number(process.env.MESH_LANES_COMPARED ?? 2000);

const wanted = (process.env.MESH_LANES_SYSTEMS ?? "bookinfo").split(",");
const chosen = systemNames.filter((name) => name in reduced && (wanted.includes(name) || wanted.includes("all")));

/**
 * Systems that nobody here wrote, on a cluster and a mesh of somebody else: stand-in pods are applied as their owner would, imported
 * from the live cluster, and put into lanes. MESH_LANES_SYSTEMS names the systems, with commas between, or `all`: a
 * small one is enough for CI.
 */
describe("systems of others", () => {
  let owner: ClusterOwner;
  let folder: string;
  let kubeconfig: string;
  let env: NodeJS.ProcessEnv;
  let clusterEnv: NodeJS.ProcessEnv;
  /** The command, as the user of the second stack runs it. */
  const userLanes = (...args: string[]): Promise<RunResult> =>
    run(process.execPath, [join(projectRoot, "bin", "lanes.js"), ...args], env);

  before(async () => {
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:workloads"], []);
      config.setIn(["config", "mesh-lanes:laneGroups"], []);
    });
    await bringUp("--no-verify");
    clusterEnv = await stackEnvironment();
    await importImages(await appRecipes(await baseLayer(silentReporter), ["mock"]), clusterEnv);
    owner = new ClusterOwner(clusterEnv);
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-systems-"));
    kubeconfig = join(folder, "kubeconfig");
    copyFileSync(workPaths.kubeconfig, kubeconfig);
    env = { PULUMI_BACKEND_URL: `file://${folder}?metadata=skip`, PULUMI_CONFIG_PASSPHRASE: "of the user" };
  });

  after(async () => {
    await endStack();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("are chosen", () => assert.ok(chosen.length > 0, `MESH_LANES_SYSTEMS: one of ${Object.keys(reduced).join(", ")}`));

  for (const name of chosen) {
    describe(name, () => {
      const what = reduced[name] ?? assert.fail(name);
      const graph = reducedGraph(systemGraph(name), name, what);
      const namespaces = [name, ...(what.elsewhere ? [secondNamespace(name)] : [])];
      const theirs = `e2e-${name}`;
      const file = join(projectRoot, `Pulumi.${theirs}.yaml`);
      const url = `http://${node}:${nodePort}`;
      const group = () => loadStackConfig(readStackConfigFile(file)).laneGroups[0] ?? assert.fail("no lane group");
      const canaryIn = (services: typeof graph.services) =>
        services.find((service) => service.name === what.canary) ?? assert.fail(what.canary);
      const asked = randomRequests(withEntries(graph, what.entry), compared);
      let answered: readonly string[];
      /** Commands of the import's report that the owner runs after the first update. */
      let later: string[];
      /** Where no route of the owner leads to the system, the owner comes in as by `kubectl port-forward`. */
      const answers = (requests = asked) =>
        graph.entries.length > 0
          ? answersTo(graph, theirGateway, requests)
          : owner.through(entryPods(graph, what.entry), (url) => answersTo(graph, url, requests));
      const runs = async (commands: readonly string[]) => {
        for (const command of commands) {
          const done = await run("bash", ["-c", command.trim()], clusterEnv);
          assert.equal(done.exitCode, 0, done.stderr);
        }
      };
      const upBesides = async () => {
        const asApplied = await owner.objects(...namespaces);
        const { exitCode, stdout, stderr } = await userLanes("up", "--stack", theirs, "--no-verify");
        assert.equal(exitCode, 0, stdout + stderr);
        assert.deepEqual(await owner.objects(...namespaces), asApplied);
      };

      before(async () => {
        for (const namespace of namespaces)
          await owner.apply([
            {
              apiVersion: "v1",
              kind: "Namespace",
              metadata: { name: namespace, labels: { "istio-injection": "enabled" } },
            },
          ]);
        await owner.apply(mockManifests(graph));
        await owner.settled(...namespaces);
        const routed = async () => (await answers(asked.slice(0, 1)))[0]?.includes(" -> ");
        await waitFor("the owner's system to answer", routed, { withinMs: 60_000 });
        answered = await answers();
      });

      it("is imported from the live cluster, which stays as it is", async () => {
        const seen = await owner.objects(...namespaces);
        const context = (await owner.kubectl("config", "current-context", "--kubeconfig", kubeconfig)).trim();
        const calls = knownCalls(graph).flatMap(({ from, to }) => ["--calls", `${from}=${to.join()}`]);
        const within = namespaces.flatMap((namespace) => ["--namespace", namespace]);
        const at = ["--kubeconfig", kubeconfig, "--context", context, ...within];
        const entry = what.entry === undefined ? [] : ["--entry", what.entry];
        const { exitCode, stdout, stderr } = await userLanes("import", ...at, ...calls, ...entry, "--stack", theirs);
        assert.equal(exitCode, 0, stderr);
        assert.deepEqual(await owner.objects(...namespaces), seen);
        assert.deepEqual(
          group()
            .services.map((service) => service.name)
            .sort(),
          [...what.only].sort(),
        );

        // Of several services that requests come in at, one is the entry's, and the others have routes of the entry.
        const routes = graph.entries
          .filter((each) => what.entry !== undefined && each.service !== what.entry)
          .map(({ service, path, exact }) => ({ service, path: { kind: exact ? "exact" : "prefix", value: path } }));
        assert.deepEqual(
          group().entry.routes.map(({ service, path }) => ({ service, path })),
          routes,
        );

        // Routes of the owner are named, and it is the owner who takes them away.
        for (const { service } of graph.routes) {
          assert.match(stdout, new RegExp(`VirtualService ${name}/${service}: it routes calls to ${service} already`));
          await owner.kubectl("delete", "virtualservice", service, "--namespace", name);
        }
        const commands = stdout.match(/^ {4}kubectl patch .*$/gm) ?? [];
        await runs(commands);
        later = [...stdout.matchAll(/After the first update: (kubectl patch .*)$/gm)].map(
          ([, command = ""]) => command,
        );
      });

      it("is brought up beside what exists", async () => {
        const document = parseDocument(readFileSync(file, "utf8"));
        // The cluster has no load balancers.
        const gateway = ["config", "mesh-lanes:gateway"];
        document.setIn([...gateway, "serviceType"], "NodePort");
        document.setIn([...gateway, "address"], node);
        document.setIn([...gateway, "ports", 0, "nodePort"], nodePort);
        writeFileSync(file, document.toString());
        await upBesides();
      });

      it("gets a canary of one service, after the owner's routes name the version that they mean", async () => {
        assert.equal(later.length > 0, graph.entries.length > 0);
        await runs(later);
        const { canary } = what;
        const deployed = mockManifests(graph, { [canary]: "canary" }).filter(
          ({ kind, metadata }) => kind === "Deployment" && (metadata as { name: string }).name === `${canary}-canary`,
        );
        assert.equal(deployed.length, 1);
        await owner.apply(deployed);
        await owner.settled(...namespaces);
        const document = parseDocument(readFileSync(file, "utf8"));
        const at = ["config", "mesh-lanes:laneGroups", 0];
        const index = group().services.findIndex((service) => service.name === canary);
        for (const [path, value] of [
          [[...at, "services", index, "versions"], "canary"],
          [[...at, "lanes"], { name: "canary" }],
        ] as const) {
          const list = document.getIn(path);
          assert.ok(isSeq(list));
          list.add(document.createNode(value));
        }
        writeFileSync(file, document.toString());
        await upBesides();
      });

      it(`answers ${requests} requests of each lane right at every hop of every chain`, async () => {
        assert.ok(chainsOf(group()).length > 0);
        const right = await proveLanes(graph, group(), url, requests);
        process.stderr.write(`${JSON.stringify(right, null, 2)}\n`);
      });

      it("leaves a second port of a service in lanes alone: its requests meet every version, as without lanes", async () => {
        const { entry } = group();
        const met = await versionsMet(
          url,
          "/",
          { [entry.header ?? ""]: "canary" },
          [callTo(graph, what.canary, secondPort)],
          requests,
        );
        const versions = group().services.find((service) => service.name === what.canary)?.versions ?? [];
        assert.deepEqual(Object.keys(met).sort(), [...versions].sort());
      });

      it("keeps requests in the lane on a further port that the import has declared", async () => {
        const { entry, services } = group();
        const canary = services.find((service) => service.name === what.canary);
        assert.deepEqual(canary?.ports, [{ port: furtherPort, protocol: spokenBy(canaryIn(graph.services)) }]);
        for (const lane of ["canary", "baseline"] as const) {
          const headers = { [entry.header ?? ""]: lane };
          const met: Record<string, number> = await versionsMet(
            url,
            "/",
            headers,
            [callTo(graph, what.canary, furtherPort)],
            requests,
          );
          const expected: string = lane === "canary" ? "canary" : (canary?.versions[0] ?? "");
          assert.deepEqual(met, { [expected]: requests }, lane);
        }
      });

      it(`answers ${compared} random requests of the owner's as before`, async () => {
        const now = await answers();
        const other = answered.flatMap((was, at) =>
          was === now[at] ? [] : [`${JSON.stringify(asked[at])}: ${was}; now ${now[at]}`],
        );
        assert.deepEqual(other.slice(0, 10), []);
        process.stderr.write(`${now.length} answers of ${new Set(now).size} kinds, all as before\n`);
      });

      it("is destroyed once the owner's routes lead to no subset of it, and not before", async () => {
        if (later.length > 0) {
          const refused = await userLanes("destroy", "--stack", theirs);
          assert.equal(refused.exitCode, 1, refused.stdout);
          assert.match(refused.stderr, /Routes of others lead to this stack\. Nothing was destroyed\./);
          await runs(later.map((command) => command.replaceAll('"op":"add"', '"op":"remove"')));
        }
        const { exitCode, stdout, stderr } = await userLanes("destroy", "--stack", theirs);
        assert.equal(exitCode, 0, stdout + stderr);
      });

      after(async () => {
        await userLanes("destroy", "--stack", theirs);
        rmSync(file, { force: true });
        await owner.kubectl("delete", "namespace", ...namespaces, "--wait=true");
      });
    });
  }
});
