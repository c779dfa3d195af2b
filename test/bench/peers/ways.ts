import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { UnknownRecord } from "../../../tools/values";
import { asRecord } from "../../../tools/values";
import { lanes } from "../../e2e/support";
import type { BenchCluster } from "./cluster";
import * as objects from "./objects";

/** How long old pods are kept. */
export interface Patience {
  /** Between being told to end and ending. @default 5: what our workloads have without `drainSeconds` */
  readonly drainSeconds?: number;
  /** How long Argo Rollouts keeps old pods before it tells them to end. @default 30, its own */
  readonly scaleDownDelaySeconds?: number;
}

/** Where and with which pods. */
export interface Place {
  readonly cluster: BenchCluster;
  readonly namespace: string;
  readonly patience: Patience;
  /** Of our own pods, which all ways have. */
  readonly template: objects.Template;
}

/** One way to promote v2 where v1 serves. */
export interface Way {
  /** Makes v1. Resolves when it serves. */
  setUp(): Promise<void>;
  /** From the command until whoever carries it out says that it is done. */
  promote(): Promise<void>;
  /** Labels of the pods that go. Those of v1, if nothing else is said. */
  readonly going?: readonly string[];
}

/** Ours: each step is one command and one update. What is open in the old lane is waited for. */
export function byLanes(stack: string, group: string): Way {
  const done = async (...args: readonly string[]): Promise<void> => {
    const { exitCode, stdout, stderr } = await lanes(...args, "--stack", stack);
    assert.equal(exitCode, 0, stdout + stderr);
  };
  const change = async (...args: readonly string[]): Promise<void> => {
    await done(...args, "--group", group, "--yes");
    await done("up", "--no-verify");
  };
  return {
    // It is in the stack's config.
    setUp: async () => {},
    promote: async () => {
      await change("add", "v2", "--from", "v1");
      for (const weight of objects.weights.slice(0, -1)) {
        await change("shift", `v2=${weight}`);
        await sleep(objects.pauseSeconds * 1000);
      }
      await change("promote", "v2");
      await change("retire", "v1", "--wait", "300");
    },
  };
}

export function byArgoRollouts(split: objects.ArgoSplit, { cluster, namespace, patience, template }: Place): Way {
  const applied = async (version: string, ...around: readonly objects.KubeObject[]): Promise<void> => {
    const pods = objects.podTemplate(template, version);
    await cluster.apply(namespace, [...around, objects.rollout(pods, split, patience.scaleDownDelaySeconds)]);
    await cluster.waitUntil(namespace, `rollout/${objects.app}`, isHealthy);
  };
  return {
    setUp: () => applied("v1", ...objects.argoEntry(namespace, split)),
    promote: () => applied("v2"),
  };
}

function isHealthy({ metadata, status }: UnknownRecord): boolean {
  const { phase, observedGeneration } = asRecord(status);
  return phase === "Healthy" && String(observedGeneration) === String(asRecord(metadata).generation);
}

export function byFlagger({ cluster, namespace, template }: Place): Way {
  const phase = (wanted: string) =>
    cluster.waitUntil(namespace, `canary/${objects.app}`, ({ status }) => asRecord(status).phase === wanted);
  return {
    setUp: async () => {
      const pods = objects.deployment(objects.podTemplate(template, "v1"));
      await cluster.apply(namespace, [pods, objects.flaggerCanary(namespace)]);
      await phase("Initialized");
    },
    promote: async () => {
      // The number of its pods is Flagger's: a manifest that says it would be in the way.
      const spec = { template: objects.podTemplate(template, "v2") };
      const patch = ["--patch", JSON.stringify({ spec }), "--type=merge"];
      await cluster.kubectl(["patch", "--namespace", namespace, `deployment/${objects.app}`, ...patch]);
      await phase("Succeeded");
    },
    // v1 in the pods that stay by name, and v2 in those that were for the time of the promotion.
    going: ["version=v1", `app=${objects.app}`],
  };
}

/** Everything in one file, by one command. */
export function byApply({ cluster, namespace, template }: Place): Way {
  const applied = async (version: string): Promise<void> => {
    await cluster.apply(namespace, objects.naive(namespace, objects.podTemplate(template, version), version));
    const status = ["rollout", "status", "--namespace", namespace, `deployment/${objects.app}`, "--timeout=200s"];
    await cluster.kubectl(status, { timeoutSeconds: 210 });
  };
  return { setUp: () => applied("v1"), promote: () => applied("v2") };
}
