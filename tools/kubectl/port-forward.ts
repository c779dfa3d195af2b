import { createInterface } from "node:readline";
import execa from "execa";
import type { KubectlTarget } from "./kubectl";

/** A port of a container, by number or name. */
export interface PodTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number | string;
}

/** Opens a way into a pod. @throws Error when there is none. */
export type PodForward = (target: PodTarget) => Promise<{ readonly url: string; close(): Promise<void> }>;

/** How long kubectl may take to open the port. */
const openMilliseconds = 20_000;

/**
 * Opens a port of this machine that leads into a pod, past its sidecar: what comes in there is not routed, and is not
 * refused for want of a client certificate.
 */
export function podForward({ flags, env }: KubectlTarget): PodForward {
  return async ({ namespace, pod, port }: PodTarget) => {
    const args = [
      ...flags,
      "port-forward",
      "--address",
      "127.0.0.1",
      "--namespace",
      namespace,
      `pod/${pod}`,
      `:${port}`,
    ];
    const child = execa("kubectl", args, { env, extendEnv: false, stdin: "ignore", reject: false });
    if (!child.stdout) throw new Error("kubectl has no output");
    const close = async (): Promise<void> => {
      child.kill("SIGTERM");
      await child;
    };
    const timer = setTimeout(() => child.kill("SIGTERM"), openMilliseconds);
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const opened = /127\.0\.0\.1:(\d+) ->/.exec(line)?.[1];
        if (opened !== undefined) return { url: `http://127.0.0.1:${opened}`, close };
      }
      const { stderr } = await child;
      throw new Error(stderr.trim().split("\n").at(-1) || `no port within ${openMilliseconds / 1000} s`);
    } finally {
      clearTimeout(timer);
    }
  };
}
