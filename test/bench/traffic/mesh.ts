import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { LaneGroupInput } from "../../../components/lanes/spec";
import { podForward } from "../../../tools/kubectl/port-forward";
import { askingIstiod } from "../../../tools/mesh/ask-istiod";
import { type IstiodPath, istiodPodsRequest } from "../../../tools/mesh/istiod";
import { projectRoot } from "../../../tools/paths";
import { lanes, run, stackEnvironment } from "../../e2e/support";
import type { TrafficRequest } from "./client";
import type { Variant } from "./compare";
import { envoysOf } from "./proxies";

const stack = "e2e-bench";
const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);

/** One variant's own chain of two services in a namespace of its own, behind the host `<name>.example.com`. */
export interface ChainSpec {
  readonly name: string;
  /** All but the services and the entry, which are the same for all chains. */
  readonly group: Pick<LaneGroupInput, "mode" | "baseline" | "routeHeader" | "traceHeader" | "lanes">;
  /** Headers that the apps forward, separated by commas. */
  readonly forward: string;
}

const versions = ["v1", "v2"];
const services = [
  { name: "mocka", calls: "http://mockb:8000/mock" },
  { name: "mockb", calls: undefined },
];

/** A local stack of such chains, which takes the place of any other stack of this checkout's node. */
export class BenchMesh {
  private constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly gateway: URL,
  ) {}

  public static async bringUp(chains: readonly ChainSpec[]): Promise<BenchMesh> {
    const config = {
      "mesh-lanes:cluster": { kind: "embedded" },
      "mesh-lanes:workloads": chains.flatMap(({ name, forward }) =>
        services.map((service) => ({
          ...{ ...service, namespace: name, app: "mock", port: 8000, versions },
          env: { FORWARD_HEADERS: forward },
        })),
      ),
      "mesh-lanes:laneGroups": chains.map(({ name, group }) => ({
        ...{ ...group, name, namespace: name },
        services: services.map((service) => ({ name: service.name, port: 8000, versions })),
        entry: {
          service: "mocka",
          gateway: "istio-system/ingressgateway",
          hosts: [`${name}.example.com`],
          header: "x-lane",
        },
      })),
    };
    writeFileSync(stackFile, stringify({ config }));
    const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(exitCode, 0, stdout);
    const env = await stackEnvironment(stack);
    const url = await run("pulumi", ["stack", "output", "gatewayUrl", "--stack", stack], env);
    return new BenchMesh(env, new URL(url.stdout.trim()));
  }

  /** kubectl with the stack's kubeconfig. @throws when it fails. */
  public async kubectl(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run("kubectl", args, this.env);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  }

  /** Asks the one pod of istiod for its debug pages, through a port that stays open meanwhile. */
  public async askingIstiod<T>(work: (ask: (path: IstiodPath) => Promise<string>) => Promise<T>): Promise<T> {
    const namespace = "istio-system";
    const kubectl = (...args: string[]) => this.kubectl(...args);
    const pods = (await kubectl(...istiodPodsRequest(namespace))).split("\n").filter(Boolean);
    const [istiod] = pods;
    assert.ok(istiod !== undefined && pods.length === 1, `pods of istiod: ${pods.join(", ")}`);
    const forward = podForward({ flags: [], env: this.env });
    return askingIstiod(namespace, kubectl, forward, (ask) => work((path) => ask(istiod, path)));
  }

  /** The requests of one chain, and the proxies on their way. `version`: that of the mocka that they meet. */
  public async variant(name: string, headers: TrafficRequest["headers"], version: string): Promise<Variant> {
    const { hostname, port } = this.gateway;
    return {
      name,
      request: {
        ...{ address: hostname, port: Number(port || 80), path: "/mock", headers },
        host: `${name}.example.com`,
      },
      proxies: {
        gateway: await this.envoys("istio-system", "istio=ingressgateway"),
        "the calling sidecar": await this.envoys(name, `app=mocka,version=${version}`),
      },
    };
  }

  public async takeDown(): Promise<void> {
    await lanes("destroy", "--stack", stack);
    await lanes("stop", "--stack", stack);
    rmSync(stackFile, { force: true });
  }

  private async envoys(namespace: string, selector: string): Promise<number[]> {
    const uids = await this.kubectl(
      ...["get", "pods", "--namespace", namespace, "--selector", selector],
      ...["--output", "jsonpath={.items[*].metadata.uid}"],
    );
    const pids = envoysOf(uids.split(" ").filter(Boolean));
    assert.equal(pids.length, 1, `Envoys of ${selector} in ${namespace}: ${pids.join(", ")}`);
    return pids;
  }
}
