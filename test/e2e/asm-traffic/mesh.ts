import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { LaneGroupInput } from "../../../components/lanes/spec";
import { kubectlEnvironment } from "../../../tools/kubectl/kubectl";
import { projectRoot, workPaths } from "../../../tools/paths";
import { silentReporter } from "../../../tools/report/reporter";
import { ensureTools } from "../../../tools/toolchain/ensure";
import { type Fault, reconcile } from "../../asm-controller/controller";
import { ApiServer } from "../others/api-server";
import { gatewayServes } from "../others/asm-gateway";
import { OthersStack } from "../others/stack";
import { scenarioFiles } from "../scenarios/scenario-groups";
import { changedScenario, ScenarioStack } from "../scenarios/stack";
import { bringUp } from "../suite-stack";
import { writeStack } from "../support";

const istioNamespace = "istio-system";
const namespaces = [istioNamespace, "default", "baggage", "websockets"];

/**
 * ASM as far as it can be here. The suite's node has the pods and gateways of S1 to S5, on an upstream Istio without a lane group. An API
 * server of its own stands for that of the ASM instance: there the product, as a stack on ASM, makes its objects by `pulumi up`.
 * The controller of the tests carries them over to the node in upstream Istio's words.
 */
export class AsmTraffic {
  private constructor(
    public readonly node: ScenarioStack,
    private readonly asm: ApiServer,
    private readonly stack: OthersStack,
  ) {}

  public static async bringUp(): Promise<AsmTraffic> {
    writeStack((config) => {
      // What they have but their lane groups, which are ASM's here.
      const included = scenarioFiles.map((file) => changedScenario(file, withoutGroups));
      config.setIn(["config", "mesh-lanes:include"], included);
      config.setIn(["config", "mesh-lanes:laneGroups"], []);
      // Calls into lanes are allowed by the lane groups of a stack, and this one has none.
      config.setIn(["config", "mesh-lanes:security"], { authorization: false });
    });
    await bringUp("--no-verify");
    const node = await ScenarioStack.read();
    const toolchain = await ensureTools({ cluster: "embedded", telemetry: false }, silentReporter);
    const asm = await ApiServer.start(toolchain);
    try {
      await asm.apply(namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })));
      await gatewayServes(asm, "ingressgateway", [80, 443, 30080]);
      return new AsmTraffic(node, asm, await OthersStack.make("asm-traffic", toolchain, asm.kubeconfigFile));
    } catch (error) {
      await asm.stop();
      throw error;
    }
  }

  /** These lane groups and no others, made by the product on ASM and carried over. */
  public async use(laneGroups: readonly LaneGroupInput[]): Promise<void> {
    this.stack.write({
      mesh: { kind: "asm", version: "1.24.6.64", context: "others", asm: { settleSeconds: 1 } },
      gateway: { ...gatewayOfSuite(), loadBalancer: { id: "lb-1", address: "203.0.113.7" } },
      gateways: scenarioFiles.flatMap((file) => read(file).gateways ?? []),
      existingNamespaces: namespaces,
      laneGroups,
    });
    const { exitCode, stdout, stderr } = await this.stack.up();
    assert.equal(exitCode, 0, stdout + stderr);
    await this.carryOver();
  }

  /** @param fault what the controller does wrong. */
  public carryOver(fault?: Fault): Promise<void> {
    const target = (kubeconfig: string) => ({ flags: ["--kubeconfig", kubeconfig], env: kubectlEnvironment() });
    const cluster = { target: target(workPaths.kubeconfig), kubeconfig: readFileSync(workPaths.kubeconfig, "utf8") };
    return reconcile(target(this.asm.kubeconfigFile), cluster, fault);
  }

  /**
   * Makes the pods again. Another way of ASM's is other filters in the sidecars, and a connection that an app has kept open meets the
   * old ones once more: Envoy asks for its end with the next answer.
   */
  public async renewPods(): Promise<void> {
    const restart = async (namespace: string) => {
      const there = ["--namespace", namespace];
      await this.node.kubectl("rollout", "restart", "deployments", ...there);
      const names = await this.node.kubectl("get", "deployments", ...there, "--output=name");
      const status = ["rollout", "status", "--timeout=120s", ...there];
      await Promise.all(names.split("\n").map((name) => this.node.kubectl(...status, name)));
    };
    await Promise.all(namespaces.filter((each) => each !== istioNamespace).map(restart));
  }

  /** Kinds of all objects that the product has made on ASM. */
  public async kinds(): Promise<string[]> {
    const kinds = "asmswimlanegroups,asmswimlanes,trafficlabels,asmheaderpropagations,virtualservices,destinationrules";
    const list = JSON.parse(await this.asm.kubectl("get", kinds, "--all-namespaces", "--output=json"));
    const found: string[] = list.items.map(({ kind }: { kind: string }) => kind);
    return [...new Set(found)].sort();
  }

  /** The node stays up for the next file: nothing is left there of what was carried over. */
  public async stop(): Promise<void> {
    this.stack.remove();
    try {
      await this.carryOver(() => []);
    } finally {
      await this.asm.stop();
    }
  }
}

function read(file: string) {
  return parse(readFileSync(join(projectRoot, file), "utf8"));
}

function gatewayOfSuite(): object {
  return read("Pulumi.dev.yaml").config["mesh-lanes:gateway"];
}

/** They are the last section of each file. */
function withoutGroups(text: string): string {
  return text.slice(0, text.indexOf("\nlaneGroups:") + 1);
}
