import { changeSteps } from "../../components/lanes/change-steps";
import type { RenderedObject } from "../../components/lanes/object";
import type { LaneGroup } from "../../components/lanes/spec";
import { type KubectlTarget, kubectlEnvironment, runKubectl } from "../../tools/kubectl/kubectl";
import { waitForProxies } from "../../tools/mesh/wait-for-proxies";
import { silentReporter } from "../../tools/report/reporter";

/** A Kubernetes object as plain data. */
export interface LabObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly [field: string]: unknown;
}

export interface LabTarget {
  /** File. */
  readonly kubeconfig: string;
  /** @default the file's current one */
  readonly context?: string;
}

/** Everything that a lab makes has this label, so that a run that was killed is cleaned up by the next. */
const labLabel = "mesh-lanes/lab";
const objectsAtOnce = 200;

/** The objects of new lane groups, in the order in which the product itself makes them. */
export function creationSteps(
  groups: readonly LaneGroup[],
  render: (group: LaneGroup) => readonly RenderedObject[],
): RenderedObject[][] {
  const steps: RenderedObject[][] = [];
  for (const group of groups) {
    const objects = render(group);
    for (const [index, step] of changeSteps(group, []).entries()) {
      steps[index] = [...(steps[index] ?? []), ...objects.filter(({ stage }) => step.includes(stage))];
    }
  }
  return steps;
}

/** A cluster in which a test makes objects of its own, told from all others by a label. */
export class LabCluster {
  private readonly target: KubectlTarget;

  /** @param lab names the test, and is the value of the label. */
  public constructor(
    { kubeconfig, context }: LabTarget,
    private readonly lab: string,
  ) {
    const flags = ["--kubeconfig", kubeconfig, ...(context === undefined ? [] : ["--context", context])];
    this.target = { flags, env: kubectlEnvironment() };
  }

  /** @returns what kubectl printed. @throws with its own words when it fails. */
  public async kubectl(args: readonly string[], input?: string): Promise<string> {
    return runKubectl(this.target, args, { input, timeoutSeconds: 300 });
  }

  /** Creates or changes objects, in this order. */
  public async apply(objects: readonly LabObject[]): Promise<void> {
    for (let at = 0; at < objects.length; at += objectsAtOnce) {
      const items = objects.slice(at, at + objectsAtOnce).map((object) => this.labelled(object));
      const args = ["apply", "--server-side", "--force-conflicts", "--field-manager=mesh-lanes-lab", "-f", "-"];
      await this.kubectl(args, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    }
  }

  /**
   * Applies new lane groups step by step, as `LaneGroup` does, and waits for the proxies after each.
   *
   * @throws when a proxy has not acknowledged it within two minutes.
   */
  public async applyLanes(
    groups: readonly LaneGroup[],
    render: (group: LaneGroup) => readonly RenderedObject[],
  ): Promise<void> {
    for (const inStep of creationSteps(groups, render)) {
      await this.apply(inStep.map(({ stage: _stage, ...object }) => object));
      await this.settle(groups.map(({ name }) => name));
    }
  }

  /** Deletes objects, those that are there, without a wait. */
  public async remove(objects: readonly Pick<LabObject, "apiVersion" | "kind" | "metadata">[]): Promise<void> {
    if (objects.length === 0) return;
    const items = objects.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }));
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    await this.kubectl(["delete", "--ignore-not-found", "--wait=false", "-f", "-"], list);
  }

  /** Deployments of a namespace are ready. */
  public async ready(namespace: string, seconds = 180): Promise<void> {
    const wait = ["wait", "--for=condition=Available", "deployment", "--all", `--timeout=${seconds}s`];
    await this.kubectl([...wait, "--namespace", namespace]);
  }

  /** Sets the number of pods, and waits until they are ready or gone. */
  public async scale(namespace: string, deployment: string, replicas: number): Promise<void> {
    const target = [`deployment/${deployment}`, "--namespace", namespace];
    await this.kubectl(["scale", ...target, `--replicas=${replicas}`]);
    await this.kubectl(["rollout", "status", ...target, "--timeout=120s"]);
  }

  /** Removes everything that this lab has ever made: its namespaces, and its objects in the given others. */
  public async clean(otherNamespaces: readonly string[]): Promise<void> {
    const mine = ["-l", `${labLabel}=${this.lab}`, "--ignore-not-found"];
    for (const namespace of otherNamespaces) {
      const kinds = "virtualservices,envoyfilters,destinationrules,gateways.networking.istio.io";
      await this.kubectl(["delete", kinds, "--namespace", namespace, ...mine]);
    }
    await this.kubectl(["delete", "namespaces", ...mine, "--timeout=180s"]);
  }

  /** Resolves when the proxies have what was written of these lane groups. @throws when one has not within two minutes. */
  public async settle(groups: readonly string[]): Promise<void> {
    const kubeconfig = await this.kubectl(["config", "view", "--raw", "--flatten", "--minify"]);
    const wait = { kubeconfig, groups, namespace: "istio-system", blindSeconds: 15 };
    const reporter = { ...silentReporter, note: (text: string) => void process.stderr.write(`${text}\n`) };
    // Once more: a machine that is busy with many proxies may need longer than one patience.
    const late = (await waitForProxies(wait, reporter)).result === "late";
    if (late && (await waitForProxies(wait, reporter)).result === "late") throw new Error("proxies are not in sync");
  }

  private labelled({ metadata, ...object }: LabObject): LabObject {
    return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [labLabel]: this.lab } } } as LabObject;
  }
}
