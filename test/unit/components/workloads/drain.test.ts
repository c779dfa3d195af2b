import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { WorkloadArgs } from "../../../../components/workloads/args";
import { demoPod } from "../../../../components/workloads/demo-app";
import { appContainer, deploymentSpec } from "../../../../components/workloads/deployment-spec";
import { drainOf } from "../../../../components/workloads/drain";
import { workloadProblems } from "../../../../components/workloads/problems";
import { versionNamed } from "../../../../components/workloads/versions";

const annotation = "proxy.istio.io/config";
const cart = { serviceName: "cart", namespace: "shop", image: "cart:1", port: 80, versions: ["v1", "v2"] };

interface Template {
  readonly metadata: { readonly annotations?: Readonly<Record<string, unknown>> };
  readonly spec: {
    readonly terminationGracePeriodSeconds?: number;
    readonly containers: readonly { readonly lifecycle: { readonly preStop?: unknown } }[];
  };
}

function templateOf(more: Partial<WorkloadArgs>, version = "v1"): Template {
  const args = { ...cart, ...more };
  return deploymentSpec(args, version, versionNamed(args, version)).template as unknown as Template;
}

/** What of a pod its end hangs on. */
function ends(more: Partial<WorkloadArgs>, version?: string) {
  const { metadata, spec } = templateOf(more, version);
  const { terminationGracePeriodSeconds: grace } = spec;
  return { hook: spec.containers[0]?.lifecycle.preStop, grace, annotation: metadata.annotations?.[annotation] };
}

const withGrace = (seconds: number) => ({ spec: { terminationGracePeriodSeconds: seconds } });
const sidecar = (seconds: number) => JSON.stringify({ terminationDrainDuration: `${seconds}s` });

describe("the drain of a workload", () => {
  it("leaves the pods of whoever asks for none as they were", () => {
    assert.deepEqual(templateOf({}), {
      metadata: { labels: { app: "cart", version: "v1" } },
      spec: {
        serviceAccountName: "cart",
        automountServiceAccountToken: false,
        containers: [
          {
            name: "app",
            image: "cart:1",
            imagePullPolicy: "IfNotPresent",
            ports: [{ name: "app", containerPort: 80 }],
            readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 2, failureThreshold: 3 },
            lifecycle: { preStop: { sleep: { seconds: 5 } } },
          },
        ],
      },
    });
    const demo = { exec: { command: ["/bin/sleep", "5"] } };
    assert.deepEqual(ends({ pod: demoPod(80) }), { hook: demo, grace: 30, annotation: undefined });
  });

  it("is a hook, a grace period that leaves the app its own time, and a sidecar that stays with the app", () => {
    const expected = { hook: { sleep: { seconds: 60 } }, grace: 90, annotation: sidecar(65) };
    assert.deepEqual(ends({ drainSeconds: 60 }), expected);
    assert.deepEqual(ends({ drainSeconds: 60, pod: demoPod(80) }), expected);
  });

  it("is a version's own, else the workload's", () => {
    const more = { drainSeconds: 60, versions: { v1: {}, v2: { drainSeconds: 7 } } };
    const { hook, grace } = ends(more, "v2");
    assert.deepEqual([ends(more, "v1").grace, grace, hook], [90, 37, { sleep: { seconds: 7 } }]);
  });

  it("keeps a grace period that is longer, and no shorter one", () => {
    const graceWith = (seconds: number) => ends({ drainSeconds: 60, pod: withGrace(seconds) }).grace;
    assert.deepEqual([graceWith(600), graceWith(20)], [600, 90]);
  });

  it("keeps what the annotation of the proxy says already, wherever it is written", async () => {
    const merged = (more: Partial<WorkloadArgs>) => ends({ drainSeconds: 60, ...more }).annotation;
    const [text, own] = ["concurrency: 2\n", '{"terminationDrainDuration":"300s"}'];
    const both = { terminationDrainDuration: "65s", concurrency: 2 };
    assert.deepEqual(JSON.parse(String(merged({ podAnnotations: { [annotation]: text } }))), both);
    assert.equal(merged({ pod: { metadata: { annotations: { [annotation]: own } } } }), own);
    const later = merged({ podAnnotations: { [annotation]: pulumi.output(text) } }) as pulumi.Output<string>;
    const value = await new Promise<string>((resolve) => void later.apply(resolve));
    assert.deepEqual(JSON.parse(value), both);
    const promised = merged({ podAnnotations: { [annotation]: Promise.resolve(text) } });
    assert.deepEqual(JSON.parse(String(await promised)), both);
  });

  it("is refused where it is no whole number from 5 to 3600, for all versions and for one", () => {
    const problems = (seconds: number) =>
      workloadProblems("cart", { ...cart, drainSeconds: seconds, versions: { v1: { drainSeconds: seconds } } });
    for (const seconds of [5, 60, 3600]) assert.deepEqual(problems(seconds), []);
    for (const seconds of [-1, 4, 5.5, 3601]) {
      const told = {
        got: `got ${seconds}`,
        expected: "whole seconds from 5 to 3600",
        fix: "Give a number such as 60.",
      };
      assert.deepEqual(problems(seconds), [
        { path: "cart.drainSeconds", ...told },
        { path: "cart.versions.v1.drainSeconds", ...told },
      ]);
    }
  });

  it("is read from a pod, but for a hook of somebody's own", () => {
    const drain = (more: Partial<WorkloadArgs>) => drainOf(templateOf(more), appContainer);
    const hook = (preStop: unknown) => ({ spec: { containers: [{ name: "app", lifecycle: { preStop } }] } });
    assert.deepEqual([{}, { pod: demoPod(80) }, { drainSeconds: 60 }, { pod: hook(null) }].map(drain), [5, 5, 60, 0]);
    assert.equal(drain({ pod: hook({ sleep: { seconds: 12 } }) }), 12);
    // Kubernetes kills the app at the end of the grace period, which is 30 seconds where nobody says so.
    assert.equal(drain({ pod: hook({ sleep: { seconds: 60 } }) }), 30);
    for (const own of [{ exec: { command: ["/bin/stop"] } }, { httpGet: { port: 80 } }]) {
      assert.equal(drain({ pod: hook(own) }), undefined);
    }
  });
});
