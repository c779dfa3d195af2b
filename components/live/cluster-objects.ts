import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PatchOperation } from "./compare";
import { istioResources, watchedKinds } from "./kinds";
import type { RunKubectl } from "./kubectl";
import { isTree, type LiveObject, liveKey, readLiveObject, stackLabel } from "./object";

/** How long objects that the list does not have are collected, to be asked for together: milliseconds. */
const collectingMs = 20;

interface Question {
  readonly kind: string;
  readonly name: string;
  readonly answer: (object: LiveObject | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * What a cluster has of a stack's objects: one list of all kinds by the stack's label. Objects that are not in it are asked
 * for by name, many at a time: those of an earlier version of this project have no such label.
 */
export class ClusterObjects {
  private answered: Promise<ReadonlyMap<string, LiveObject>> | undefined;
  private readonly questions = new Map<string, Question[]>();

  public constructor(
    private readonly kubectl: RunKubectl,
    private readonly stack: string,
  ) {}

  /** All objects that carry the stack's label. */
  public async all(): Promise<readonly LiveObject[]> {
    return [...(await this.listed()).values()];
  }

  /** @param namespace empty for an object of the whole cluster. */
  public async find(kind: string, namespace: string, name: string): Promise<LiveObject | undefined> {
    const listed = (await this.listed()).get(liveKey(kind, namespace, name));
    return listed ?? (await this.ask(kind, namespace, name));
  }

  /** Takes out of an object what somebody else has added. */
  public async remove(object: LiveObject, operations: readonly PatchOperation[]): Promise<void> {
    const { kind, name } = object;
    const where = inNamespace(object.namespace);
    const patch = `--patch=${JSON.stringify(operations)}`;
    await this.kubectl(["patch", resourceOf(kind), name, ...where, "--type=json", patch]);
  }

  /** Has a holder of its own keep a Deployment's number of replicas as it is. An autoscaler and `kubectl scale` may change it. */
  public async handOverReplicas({ namespace, name, content }: LiveObject): Promise<void> {
    const { replicas } = isTree(content.spec) ? content.spec : {};
    const metadata = { name, namespace };
    const held = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas } };
    const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-"));
    try {
      const file = join(folder, "replicas.json");
      writeFileSync(file, JSON.stringify(held));
      const manager = ["--server-side", "--force-conflicts", "--field-manager=mesh-lanes-replicas"];
      await this.kubectl(["apply", ...manager, "--filename", file]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private listed(): Promise<ReadonlyMap<string, LiveObject>> {
    const resources = Object.values(watchedKinds).map(({ resource }) => resource);
    this.answered ??= this.get(resources, ["--all-namespaces", "--selector", `${stackLabel}=${this.stack}`]);
    return this.answered;
  }

  private async get(resources: readonly string[], which: readonly string[]): Promise<ReadonlyMap<string, LiveObject>> {
    if (resources.length === 0) return new Map();
    try {
      const text = await this.kubectl(["get", resources.join(), ...which, "--output=json", "--show-managed-fields"]);
      return byKey(text);
    } catch (error) {
      // A cluster without Istio has no object of Istio.
      const without = resources.filter((resource) => !istioResources.has(resource));
      const unknown = error instanceof Error && /doesn't have a resource type/.test(error.message);
      if (!unknown || without.length === resources.length) throw error;
      return this.get(without, which);
    }
  }

  private ask(kind: string, namespace: string, name: string): Promise<LiveObject | undefined> {
    return new Promise((answer, fail) => {
      const key = `${kind} ${namespace}`;
      const waiting = this.questions.get(key) ?? [];
      this.questions.set(key, [...waiting, { kind, name, answer, fail }]);
      if (waiting.length === 0) setTimeout(() => void this.answer(key, kind, namespace), collectingMs);
    });
  }

  private async answer(key: string, kind: string, namespace: string): Promise<void> {
    const questions = this.questions.get(key) ?? [];
    this.questions.delete(key);
    try {
      const names = questions.map(({ name }) => name);
      const found = await this.get([resourceOf(kind)], [...names, ...inNamespace(namespace), "--ignore-not-found"]);
      for (const { name, answer } of questions) answer(found.get(liveKey(kind, namespace, name)));
    } catch (error) {
      for (const { fail } of questions) fail(error);
    }
  }
}

function resourceOf(kind: string): string {
  const watched = watchedKinds[kind];
  if (!watched) throw new Error(`${kind} is not watched`);
  return watched.resource;
}

function inNamespace(namespace: string): string[] {
  return namespace === "" ? [] : ["--namespace", namespace];
}

/** A list, one object, or nothing, as kubectl prints it. */
function byKey(text: string): ReadonlyMap<string, LiveObject> {
  if (text.trim() === "") return new Map();
  const parsed: unknown = JSON.parse(text);
  const items: unknown[] = isTree(parsed) && Array.isArray(parsed.items) ? parsed.items : [parsed];
  return new Map(
    items.flatMap((item) => {
      const object = readLiveObject(item);
      return object ? [[liveKey(object.kind, object.namespace, object.name), object]] : [];
    }),
  );
}
