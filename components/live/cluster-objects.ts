import { withTemporaryFile } from "../../tools/disk/temporary-file";
import { UserError } from "../../tools/user-error";
import { isRecord } from "../../tools/values";
import { runError } from "../run-error";
import type { PatchOperation } from "./compare";
import { istioResources, resourceOf, watchedKinds } from "./kinds";
import type { RunKubectl } from "./kubectl";
import { type LiveObject, liveKey, readLiveObject, stackLabel } from "./object";

/** How long objects that the list does not have are collected, to be asked for together: milliseconds. */
const collectingMs = 20;

/**
 * How many objects are asked for by name at once. kubectl makes a request of each, ten without a pause and from then on five in a
 * second, so that 20 names took two seconds and 600 longer than it may take; a list of all names takes one request.
 * https://pkg.go.dev/k8s.io/client-go/rest (`DefaultQPS`, `DefaultBurst`)
 */
const namesAtOnce = 8;

interface Question {
  readonly kind: string;
  readonly resource: string;
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
  /** What was asked for by name. Several who want to know of one object get one answer, as of what is listed. */
  private readonly asked = new Map<string, Promise<LiveObject | undefined>>();

  public constructor(
    private readonly kubectl: RunKubectl,
    private readonly stack: string,
  ) {}

  /** All objects that carry the stack's label. */
  public async all(): Promise<readonly LiveObject[]> {
    return [...(await this.listed()).values()];
  }

  /** @param namespace empty for an object of the whole cluster. */
  public async find(
    kind: string,
    namespace: string,
    name: string,
    resource = resourceOf(kind),
  ): Promise<LiveObject | undefined> {
    const key = liveKey(kind, namespace, name);
    const isListed = watchedKinds[kind]?.resource === resource;
    const listed = isListed ? (await this.listed()).get(key) : undefined;
    if (listed) return listed;
    const asked = this.asked.get(`${resource} ${key}`) ?? this.ask(kind, namespace, name, resource);
    this.asked.set(`${resource} ${key}`, asked);
    return asked;
  }

  /** All objects of a kind in a namespace, whoever made them. */
  public async inNamespace(resource: string, namespace: string): Promise<readonly LiveObject[]> {
    return [...(await this.get([resource], inNamespace(namespace))).values()];
  }

  /** All objects of a kind in the cluster, whoever made them. @param selector of labels; none: all. */
  public async everywhere(kind: string, selector?: string): Promise<readonly LiveObject[]> {
    const labels = selector === undefined ? [] : ["--selector", selector];
    return [...(await this.get([resourceOf(kind)], ["--all-namespaces", ...labels])).values()];
  }

  /** `namespace/name` of those of these Helm releases that Helm has a record of. The records themselves are large, and stay there. */
  public async releases(names: readonly string[]): Promise<ReadonlySet<string>> {
    const selector = `owner=helm,name in (${names.join()})`;
    const columns = ["--no-headers", "--show-labels", "--ignore-not-found"];
    const text = await this.kubectl(["get", "secrets", "--all-namespaces", "--selector", selector, ...columns]);
    const found = text.split("\n").flatMap((line) => {
      const [namespace] = line.trim().split(/\s+/);
      const [, name] = /\bname=([^,\s]+)/.exec(line) ?? [];
      return namespace && name ? [`${namespace}/${name}`] : [];
    });
    return new Set(found);
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
    const { replicas } = isRecord(content.spec) ? content.spec : {};
    const metadata = { name, namespace };
    const held = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas } };
    await withTemporaryFile("replicas.json", JSON.stringify(held), (file) => {
      const manager = ["--server-side", "--force-conflicts", "--field-manager=mesh-lanes-replicas"];
      return this.kubectl(["apply", ...manager, "--filename", file]);
    }).catch((error) => {
      throw error instanceof UserError ? runError(error) : error;
    });
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
      if (!isUnknownKind(error) || without.length === resources.length) throw error;
      return this.get(without, which);
    }
  }

  private async named(questions: readonly Question[], namespace: string): Promise<ReadonlyMap<string, LiveObject>> {
    const wanted = new Map<string, Set<string>>();
    for (const { resource, name } of questions) wanted.set(resource, (wanted.get(resource) ?? new Set()).add(name));
    try {
      const present = await this.present(wanted, namespace);
      if (present.length > namesAtOnce) {
        const kinds = new Set(present.map(({ resource }) => resource));
        const listed = await Promise.all([...kinds].map((kind) => this.get([kind], inNamespace(namespace))));
        return new Map(listed.flatMap((objects) => [...objects]));
      }
      if (present.length === 0) return new Map();
      const objects = present.map(({ resource, name }) => `${resource}/${name}`);
      const which = [...inNamespace(namespace), "--ignore-not-found", "--output=json", "--show-managed-fields"];
      return byKey(await this.kubectl(["get", ...objects, ...which]));
    } catch (error) {
      const optional = questions.every(
        ({ kind, resource }) => watchedKinds[kind]?.resource !== resource || istioResources.has(resource),
      );
      if (isUnknownKind(error) && optional) return new Map();
      throw error;
    }
  }

  /** Which objects to look for: of many, those of which there is one of the name. */
  private async present(
    wanted: ReadonlyMap<string, ReadonlySet<string>>,
    namespace: string,
  ): Promise<readonly Pick<Question, "resource" | "name">[]> {
    const all = [...wanted].flatMap(([resource, names]) => [...names].map((name) => ({ resource, name })));
    if (all.length <= namesAtOnce) return all;
    const lists = await Promise.all(
      [...wanted].map(async ([resource, names]) => {
        const text = await this.kubectl([
          ...["get", resource, ...inNamespace(namespace)],
          ...["--no-headers", "--ignore-not-found"],
        ]);
        const there = text.split("\n").flatMap((line) => /^\S+/.exec(line) ?? []);
        return there.filter((name) => names.has(name)).map((name) => ({ resource, name }));
      }),
    );
    return lists.flat();
  }

  /** Of kinds that every cluster knows, and of Istio's, many at a time; of others, which a cluster may lack, by kind. */
  private ask(kind: string, namespace: string, name: string, resource: string): Promise<LiveObject | undefined> {
    return new Promise((answer, fail) => {
      const together = watchedKinds[kind]?.resource === resource ? istioResources.has(resource) : resource;
      const key = `${together} ${namespace}`;
      const waiting = this.questions.get(key) ?? [];
      this.questions.set(key, [...waiting, { kind, resource, name, answer, fail }]);
      if (waiting.length === 0) setTimeout(() => void this.answer(key, namespace), collectingMs);
    });
  }

  private async answer(key: string, namespace: string): Promise<void> {
    const questions = this.questions.get(key) ?? [];
    this.questions.delete(key);
    try {
      const found = await this.named(questions, namespace);
      for (const { kind, name, answer } of questions) answer(found.get(liveKey(kind, namespace, name)));
    } catch (error) {
      for (const { fail } of questions) fail(error);
    }
  }
}

/** Whether kubectl says that a cluster does not know a kind. */
function isUnknownKind(error: unknown): boolean {
  return error instanceof Error && /doesn't have a resource type|no matches for kind/.test(error.message);
}

function inNamespace(namespace: string): string[] {
  return namespace === "" ? [] : ["--namespace", namespace];
}

/** A list, one object, or nothing, as kubectl prints it. */
function byKey(text: string): ReadonlyMap<string, LiveObject> {
  if (text.trim() === "") return new Map();
  const parsed: unknown = JSON.parse(text);
  const items: unknown[] = isRecord(parsed) && Array.isArray(parsed.items) ? parsed.items : [parsed];
  return new Map(
    items.flatMap((item) => {
      const object = readLiveObject(item);
      return object ? [[liveKey(object.kind, object.namespace, object.name), object]] : [];
    }),
  );
}
