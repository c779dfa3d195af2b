import { HttpClient } from "../http/client";
import type { Kubectl } from "../kubectl/kubectl";
import type { PodForward } from "../kubectl/port-forward";
import { debugPort, type IstiodPath, istiodRequest } from "./istiod";

/**
 * Asks one pod of istiod for one of its debug pages.
 *
 * @param pod its name, such as `istiod-5d8f-x`.
 * @returns the page.
 * @throws when the pod does not answer.
 */
export type AskIstiod = (pod: string, path: IstiodPath) => Promise<string>;

interface Way {
  send(path: string): Promise<{ readonly status: number; readonly body: string }>;
  close(): Promise<void>;
}

/**
 * Work that asks istiod again and again. It goes through a port that stays open for as long as the work takes: from the pod's
 * loopback interface istiod answers without credentials, and a question costs a few milliseconds instead of a process here and
 * one in the pod. Where no port can be opened (no permission for `pods/portforward`), a process in the pod asks.
 */
export async function askingIstiod<T>(
  namespace: string,
  kubectl: Kubectl,
  forward: PodForward,
  work: (ask: AskIstiod) => Promise<T>,
): Promise<T> {
  const ways = new Map<string, Promise<Way | undefined>>();
  const wayTo = (pod: string) => {
    const way = ways.get(pod) ?? open(namespace, pod, forward);
    ways.set(pod, way);
    return way;
  };
  const ask: AskIstiod = async (pod, path) => {
    const answer = await (await wayTo(pod))?.send(path);
    if (answer?.status === 200) return answer.body;
    return kubectl(...istiodRequest(namespace, `pod/${pod}`, path));
  };
  try {
    return await work(ask);
  } finally {
    await Promise.all([...ways.values()].map(async (way) => (await way)?.close()));
  }
}

async function open(namespace: string, pod: string, forward: PodForward): Promise<Way | undefined> {
  try {
    const { url, close } = await forward({ namespace, pod, port: debugPort });
    const client = new HttpClient(url, { connections: 1 });
    return {
      send: (path) => client.send(path),
      close: () => {
        client.close();
        return close();
      },
    };
  } catch {
    // The other way has the same cause to fail, if it fails, and says it.
    return undefined;
  }
}
