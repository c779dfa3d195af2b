import type { Input } from "@pulumi/pulumi";
import { asRecord, isRecord, records } from "../../tools/values";
import { drainConfig, proxyConfig, proxyDrainSeconds } from "../mesh/proxy-drain";
import { type Overlay, overlaid } from "./pod-overlay";

/*
 * How a pod ends. Kubernetes runs the hook of the app's container, tells the app to stop when it is over, and kills what is left
 * at the end of the grace period, which begins with the hook.
 */

/** Seconds a pod goes on serving after it is told to stop, so that a proxy that has not heard of it yet fails nothing. */
export const lingerSeconds = 5;

/** Longer than anybody waits for a rollout. */
export const mostDrainSeconds = 3600;

/** What an app has for its own end after the drain: what Kubernetes gives it where nobody says otherwise. */
const endSeconds = 30;

/** Hardly any pod has such an annotation already, and every program makes pods. */
const yaml = (): typeof import("yaml") => require("yaml");

/**
 * A pod's template with a drain that somebody has asked for: the hook, a grace period that is long enough, and for a sidecar that
 * is a container like the app's, and so gets SIGTERM when the hook begins, the time it stays: until the app has ended its sockets. A native sidecar goes after the app
 * whatever is said there: istio/istio, pkg/envoy/agent.go.
 *
 * @param container that runs the app.
 */
export function withDrain(template: Overlay, container: string, seconds: number): Record<string, unknown> {
  const { terminationGracePeriodSeconds: grace } = asRecord(template.spec);
  const annotations = asRecord(asRecord(template.metadata).annotations);
  return overlaid(template, {
    metadata: {
      annotations: { [proxyConfig]: proxyConfigWith(annotations[proxyConfig], seconds + proxyDrainSeconds) },
    },
    spec: {
      terminationGracePeriodSeconds: Math.max(seconds + endSeconds, typeof grace === "number" ? grace : 0),
      containers: [{ name: container, lifecycle: { preStop: { sleep: { seconds } } } }],
    },
  });
}

/** What is written there already wins. */
function proxyConfigWith(written: unknown, seconds: number): Input<string> {
  const drain = drainConfig(seconds);
  const merged = (text: string) => {
    const own: unknown = yaml().parse(text);
    // Istio makes no pod with what is no map, and says so.
    return isRecord(own) ? JSON.stringify({ ...drain, ...own }) : text;
  };
  if (written === undefined) return JSON.stringify(drain);
  if (typeof written === "string") return merged(written);
  // Not `pulumi.output`, which would load Pulumi for `lanes diff` too.
  const later = written as Exclude<Input<string>, string>;
  return "apply" in later ? later.apply(merged) : later.then(merged);
}

/** Seconds before the app is told to stop or killed; undefined where a hook of another kind decides. */
export function drainOf(template: unknown, container: string): number | undefined {
  const { containers, terminationGracePeriodSeconds: grace = endSeconds } = asRecord(asRecord(template).spec);
  const app = records(containers).find(({ name }) => name === container);
  const { preStop } = asRecord(app?.lifecycle);
  if (preStop === undefined) return 0;
  const { sleep, exec } = asRecord(preStop);
  const { command } = asRecord(exec);
  const [program, seconds, ...more] = Array.isArray(command) ? command : [];
  const found = program === "/bin/sleep" && more.length === 0 ? Number(seconds) : asRecord(sleep).seconds;
  return typeof found === "number" && Number.isFinite(found) ? Math.min(found, Number(grace)) : undefined;
}

/** Whether a pod can drain so long; less than {@link lingerSeconds} would fail requests. */
export function isDrain(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= lingerSeconds && seconds <= mostDrainSeconds;
}

/** So long Pulumi waits at most for pods to go that drain: seconds. By default it is ten minutes, in which no long drain ends. */
export function mostToDelete(drainSeconds: number): number {
  return drainSeconds + 600;
}

/** In words. */
export const drainWords = `whole seconds from ${lingerSeconds} to ${mostDrainSeconds}`;
