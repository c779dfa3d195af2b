import { selectorText } from "../../../components/lanes/labels";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { podForward } from "../../../tools/kubectl/port-forward";
import type { EntryPods } from "./stand-ins";

/** Whoever runs the cluster that a system is imported from, and who applies its manifests. */
export class ClusterOwner {
  public constructor(private readonly env: NodeJS.ProcessEnv) {}

  public kubectl(...args: string[]): Promise<string> {
    return runKubectl({ flags: [], env: this.env }, args, { timeoutSeconds: 400 });
  }

  public async apply(objects: readonly object[]): Promise<void> {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    const args = ["apply", "--server-side", "--field-manager=somebody-else", "--filename=-"];
    await runKubectl({ flags: [], env: this.env }, args, { input, timeoutSeconds: 60 });
  }

  /** A way into one of the pods, past its sidecar, while something is done by it. */
  public async through<T>({ namespace, labels, port }: EntryPods, act: (url: string) => Promise<T>): Promise<T> {
    const running = ["--field-selector=status.phase=Running", "--output=jsonpath={.items[0].metadata.name}"];
    const args = ["get", "pods", "--namespace", namespace, "--selector", selectorText(labels), ...running];
    const pod = await this.kubectl(...args);
    const { url, close } = await podForward({ flags: [], env: this.env })({ namespace, pod, port });
    try {
      return await act(url);
    } finally {
      await close();
    }
  }

  /** Every pod of the namespaces runs as its Deployment says. */
  public async settled(...namespaces: readonly string[]): Promise<void> {
    for (const namespace of namespaces) {
      const names = await this.kubectl("get", "deployments", "--namespace", namespace, "--output=name");
      for (const name of names.split("\n").filter(Boolean))
        await this.kubectl("rollout", "status", name, "--namespace", namespace, "--timeout=300s");
    }
  }

  /** `kind namespace/name` -> uid and version of each object that the owner applied: a write changes the version. */
  public async objects(...namespaces: readonly string[]): Promise<Record<string, string>> {
    const kinds = "services,virtualservices,destinationrules,gateways.networking.istio.io";
    const all: Record<string, string> = {};
    for (const namespace of namespaces) {
      const { items } = JSON.parse(
        await this.kubectl("get", kinds, "--namespace", namespace, "--selector", "!mesh-lanes/group", "--output=json"),
      );
      for (const { kind, metadata } of items)
        all[`${kind} ${metadata.namespace}/${metadata.name}`] = `${metadata.uid} ${metadata.resourceVersion}`;
    }
    return all;
  }
}
