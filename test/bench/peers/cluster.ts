import { type KubectlOptions, runKubectl } from "../../../tools/kubectl/kubectl";
import { waitFor } from "../../../tools/poll";
import { asRecord, records, type UnknownRecord } from "../../../tools/values";
import type { KubeObject, Template } from "./objects";

/** So long an object may take to get where it is waited for. */
export const withinMs = 420_000;

/** The cluster, as somebody sees it who has kubectl alone. */
export class BenchCluster {
  public constructor(private readonly env: NodeJS.ProcessEnv) {}

  public kubectl(args: readonly string[], options?: KubectlOptions): Promise<string> {
    return runKubectl({ flags: [], env: this.env }, args, options);
  }

  public async get(namespace: string, ...args: readonly string[]): Promise<UnknownRecord> {
    return asRecord(JSON.parse(await this.kubectl(["get", "--namespace", namespace, "--output=json", ...args])));
  }

  /** A namespace whose pods get sidecars. */
  public async makeNamespace(name: string): Promise<void> {
    const metadata = { name, labels: { "istio-injection": "enabled" } };
    await this.apply("default", [{ apiVersion: "v1", kind: "Namespace", metadata }]);
  }

  public async apply(namespace: string, objects: readonly KubeObject[]): Promise<void> {
    const list = { apiVersion: "v1", kind: "List", items: objects };
    await this.kubectl(["apply", "--namespace", namespace, "--filename=-"], { input: JSON.stringify(list) });
  }

  /** Waits until an object says so of itself. @param holds asked with the whole object. */
  public async waitUntil(namespace: string, name: string, holds: (object: UnknownRecord) => boolean): Promise<void> {
    let last: unknown;
    await waitFor(
      () => `${name} in ${namespace}, which says ${JSON.stringify(last)}`,
      async () => {
        const object = await this.get(namespace, name).catch(notYet);
        last = object?.status;
        return object && holds(object);
      },
      { withinMs, everyMs: 500 },
    );
  }

  /** The template of a Deployment's pods. */
  public async template(namespace: string, deployment: string): Promise<Template> {
    const { spec } = await this.get(namespace, `deployment/${deployment}`);
    return asRecord(asRecord(spec).template);
  }

  /** How many pods there are of some labels: those that serve, and those that were told to end. */
  public async pods(namespace: string, labels: string): Promise<{ readonly serving: number; readonly ending: number }> {
    const { items } = await this.get(namespace, "pods", `--selector=${labels}`);
    const ending = records(items).filter(({ metadata }) => "deletionTimestamp" in asRecord(metadata)).length;
    return { serving: records(items).length - ending, ending };
  }
}

/** A busy machine may keep kubectl from its answer: who waits asks again. */
export function notYet(): undefined {}
