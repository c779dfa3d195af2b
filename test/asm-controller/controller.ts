import { z } from "zod";
import { type KubectlTarget, runKubectl } from "../../tools/kubectl/kubectl";
import { waitForProxies } from "../../tools/mesh/wait-for-proxies";
import { silentReporter } from "../../tools/report/reporter";
import type { ServicePorts } from "./fallback";
import { type KubeObject, wordsOf } from "./objects";
import { readKinds, translate, writtenKinds } from "./translate";

/** Label and value of all that this controller writes; the wait for proxies asks for it by that key. */
const groupLabel = "mesh-lanes/group";
const group = "asm-controller";

const listSchema = z.object({
  items: z.array(
    z.object({
      apiVersion: z.string(),
      kind: z.string(),
      metadata: z.object({
        name: z.string(),
        namespace: z.string().optional(),
        labels: z.record(z.string(), z.string()).optional(),
      }),
      spec: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

/** An API server: how kubectl finds it, and its kubeconfig as text. */
export interface Server {
  readonly target: KubectlTarget;
  readonly kubeconfig: string;
}

/** A wrong controller, for tests of the tests: it reads other objects than there are. */
export type Fault = (objects: readonly KubeObject[]) => readonly KubeObject[];

/**
 * Reads ASM's API server and writes what follows to the cluster's, for an upstream Istio there. What it wrote before and does not
 * write any more is deleted. Resolves when every proxy has acknowledged it.
 */
export async function reconcile(
  asm: KubectlTarget,
  cluster: Server,
  fault: Fault = (objects) => objects,
): Promise<void> {
  const [objects, services] = await Promise.all([list(asm, readKinds), list(cluster.target, ["services"])]);
  const wanted = translate(fault(objects), portsOf(services)).map(marked);
  const before = await list(cluster.target, writtenKinds, "--selector", `${groupLabel}=${group}`);
  if (wanted.length > 0) await apply(cluster.target, wanted);
  const keep = new Set(wanted.map(wordsOf));
  await remove(
    cluster.target,
    before.filter((object) => !keep.has(wordsOf(object))),
  );
  const wait = { kubeconfig: cluster.kubeconfig, groups: [group], namespace: "istio-system", blindSeconds: 0 };
  const { result, missing = [] } = await waitForProxies(wait, silentReporter);
  if (result !== "acknowledged") throw new Error(`the proxies' answer: ${result} ${missing.join("; ")}`);
}

async function list(
  target: KubectlTarget,
  kinds: readonly string[],
  ...selector: readonly string[]
): Promise<KubeObject[]> {
  const args = ["get", kinds.join(), "--all-namespaces", "--output=json", ...selector];
  return listSchema.parse(JSON.parse(await runKubectl(target, args, { timeoutSeconds: 60 }))).items;
}

function portsOf(services: readonly KubeObject[]): ServicePorts {
  const schema = z.object({ ports: z.array(z.object({ port: z.number() })).default([]) });
  return new Map(
    services.map(({ metadata: { name, namespace = "" }, spec }) => [
      `${name}.${namespace}.svc.cluster.local`,
      schema.parse(spec).ports.map(({ port }) => port),
    ]),
  );
}

/** Whose it was before is told by ASM's API server; here it is the controller's. */
function marked({ metadata: { name, namespace }, ...object }: KubeObject): KubeObject {
  return {
    ...object,
    metadata: { name, ...(namespace !== undefined && { namespace }), labels: { [groupLabel]: group } },
  };
}

async function apply(target: KubectlTarget, items: readonly KubeObject[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const args = ["apply", "--server-side", "--force-conflicts", `--field-manager=${group}`, "--filename=-"];
  await runKubectl(target, args, { input, timeoutSeconds: 120 });
}

/** Routes first: what they lead to must be there as long as they are. */
async function remove(target: KubectlTarget, objects: readonly KubeObject[]): Promise<void> {
  const rank = ({ kind }: KubeObject) => (kind === "VirtualService" ? 0 : 1);
  for (const object of [...objects].sort((a, b) => rank(a) - rank(b))) {
    const { kind, metadata } = object;
    const at = metadata.namespace === undefined ? [] : ["--namespace", metadata.namespace];
    const args = ["delete", `${kind.toLowerCase()}s.networking.istio.io`, metadata.name, ...at, "--ignore-not-found"];
    await runKubectl(target, args, { timeoutSeconds: 60 });
  }
}
