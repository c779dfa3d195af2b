import { parseDocument } from "yaml";
import { waitFor } from "../../tools/poll";

type Kubectl = (...args: string[]) => Promise<string>;

/**
 * Istio sends a request again that failed to connect, twice, for routes that say nothing else: a failure that nobody would see.
 *
 * @param attempts how often; undefined: its own default.
 * @param asked whose proxy has to know, before this ends.
 */
export async function setMeshRetries(
  kubectl: Kubectl,
  attempts: number | undefined,
  asked = { namespace: "default", workload: "deployment/mocka-v1" },
): Promise<void> {
  const inIstio = ["--namespace", "istio-system"];
  const { data } = JSON.parse(await kubectl("get", "configmap", "istio", ...inIstio, "--output=json"));
  const mesh = parseDocument(data.mesh);
  if (attempts === undefined) mesh.delete("defaultHttpRetryPolicy");
  else mesh.set("defaultHttpRetryPolicy", { attempts });
  const patch = JSON.stringify({ data: { mesh: mesh.toString() } });
  await kubectl("patch", "configmap", "istio", ...inIstio, "--type=merge", "--patch", patch);
  // The kubelet brings a changed ConfigMap to a pod when it next looks at the pod, which an annotation makes now.
  const now = `mesh-lanes/touched=${Date.now()}`;
  await kubectl("annotate", "pods", ...inIstio, "--selector=app=istiod", "--overwrite", now);
  const retries = async () => {
    const dump = await kubectl(
      ...["exec", "--namespace", asked.namespace, asked.workload, "--container=istio-proxy", "--"],
      ...["pilot-agent", "request", "GET", "config_dump?resource=dynamic_route_configs"],
    );
    return dump.includes('"retry_policy"');
  };
  const changed = async () => (await retries()) === (attempts === undefined);
  await waitFor("the mesh's retries to change", changed, { withinMs: 120_000, everyMs: 1000 });
}
