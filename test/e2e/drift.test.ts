import assert from "node:assert/strict";
import type { Document } from "yaml";
import type { PreviewReport } from "../../cli/preview/report";
import { sidecarFilters } from "../../components/lanes/istio/proxy-filters";
import { contentHash } from "../../components/lanes/object";
import { allowFlag } from "../../config/order/refusal";
import { bringUp } from "./suite-stack";
import { lanes, removeStackFile, run, stack, stackEnvironment, writeStack } from "./support";

/** What somebody does to an object, and how Pulumi names the object. */
interface Drift {
  readonly what: string;
  readonly kubectl: readonly string[];
  /** In the object's URN. */
  readonly seen: string;
}

const merge = (object: string, spec: object) => [
  ...["patch", object, "--type=merge"],
  `--patch=${JSON.stringify({ spec })}`,
];

/** The DestinationRule with the subsets of a service. */
function subsetsOf(service: string): string {
  return `test.${service}.${contentHash(["v1", "v2", "v3"])}`;
}

/** The dev stack, with an object of each kind that is watched (`components/live/kinds.ts`). */
function ofEachKind(config: Document): void {
  const set = (path: readonly (string | number)[], value: unknown) =>
    config.setIn(["config", ...path], config.createNode(value));
  set(["mesh-lanes:laneGroups", 0, "scope"], { egress: [] });
  set(["mesh-lanes:workloads", 1, "replicas"], { min: 1, max: 2, cpuPercent: 70 });
  set(["mesh-lanes:workloads", 2, "replicas"], 2);
  set(["mesh-lanes:workloads", 2, "minAvailable"], 1);
  const https = { name: "https", port: 443, protocol: "HTTPS", hosts: ["tls.example.com"], credentialName: "drift" };
  config.addIn(["config", "mesh-lanes:gateway", "ports"], config.createNode(https));
  set(["mesh-lanes:tls"], [{ secret: "drift", hosts: ["tls.example.com"], source: { kind: "selfSigned" } }]);
}

/** Each kind is edited here, and deleted in the other round: a namespace is not, since all that is in it goes with it. */
const edits: readonly Drift[] = [
  {
    what: "another route",
    kubectl: merge("vs/test", { http: [{ route: [{ destination: { host: "mocka" } }] }] }),
    seen: "VirtualService/default/test",
  },
  {
    what: "a field more",
    kubectl: merge("vs/test.mockb", { exportTo: ["."] }),
    seen: "VirtualService/default/test.mockb",
  },
  {
    what: "no subset",
    kubectl: merge(`dr/${subsetsOf("mockb")}`, { subsets: [] }),
    seen: `DestinationRule/default/${subsetsOf("mockb")}`,
  },
  {
    what: "a field more",
    kubectl: merge("dr/test.mocka", { trafficPolicy: { tls: { mode: "DISABLE" } } }),
    seen: "DestinationRule/default/test.mocka",
  },
  {
    what: "a label less",
    kubectl: ["label", `dr/${subsetsOf("mockc")}`, "mesh-lanes/group-"],
    seen: `DestinationRule/default/${subsetsOf("mockc")}`,
  },
  {
    what: "another port",
    kubectl: [
      ...merge("gateways.networking.istio.io/ingressgateway", {
        servers: [{ port: { number: 8088, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
      }),
      "--namespace=istio-system",
    ],
    seen: "gateway-listeners",
  },
  {
    what: "another priority",
    kubectl: merge(`envoyfilter/${sidecarFilters("default").metadata.name}`, { priority: 7 }),
    seen: ":EnvoyFilter::",
  },
  {
    what: "another scope",
    kubectl: merge("sidecar/test.mockb", { egress: [{ hosts: ["*/*"] }] }),
    seen: ":Sidecar::",
  },
  {
    what: "plain text let in",
    kubectl: merge("peerauthentication/default", { mtls: { mode: "PERMISSIVE" } }),
    seen: ":PeerAuthentication::",
  },
  {
    what: "everything let in",
    kubectl: merge("authorizationpolicy/default-deny", { rules: [{}] }),
    seen: ":AuthorizationPolicy::",
  },
  {
    what: "half of the policy",
    kubectl: merge("networkpolicy/default-deny", { policyTypes: ["Ingress"] }),
    seen: ":NetworkPolicy::",
  },
  { what: "another label", kubectl: ["label", "--overwrite", "sa/mockb", "app=x"], seen: "default-mockb-account" },
  { what: "more pods at most", kubectl: merge("hpa/mockb-v1", { maxReplicas: 3 }), seen: ":HorizontalPodAutoscaler::" },
  { what: "more pods at least", kubectl: merge("pdb/mockc-v1", { minAvailable: 2 }), seen: ":PodDisruptionBudget::" },
  {
    what: "another certificate",
    kubectl: [
      "patch",
      "secret/drift",
      "--type=merge",
      `--patch=${JSON.stringify({ data: { "tls.crt": "eA==" } })}`,
      "--namespace=istio-system",
    ],
    seen: ":Secret::",
  },
  { what: "more pods", kubectl: ["scale", "deployment/mocka-v2", "--replicas=2"], seen: "default-mocka-v2" },
  { what: "a variable more", kubectl: ["set", "env", "deployment/mockb-v1", "EXTRA=1"], seen: "default-mockb-v1" },
  { what: "other pods", kubectl: merge("svc/mocka", { selector: { app: "nobody" } }), seen: "default-mocka-service" },
];

/**
 * In a round of its own: a pod that an update makes in the moment in which its namespace gets the label back may come without a
 * sidecar, as the API server has not noticed the label yet. `lanes up` says so (ML010).
 */
const injection: readonly Drift[] = [
  { what: "no injection", kubectl: ["label", "namespace/default", "istio-injection-"], seen: "namespace-default" },
];

const deletions: readonly Drift[] = [
  { what: "deleted", kubectl: ["delete", "vs/test.mockc"], seen: "VirtualService/default/test.mockc" },
  {
    what: "deleted",
    kubectl: ["delete", `dr/${subsetsOf("mocka")}`, "dr/test.mockb"],
    seen: `DestinationRule/default/${subsetsOf("mocka")}`,
  },
  {
    what: "deleted",
    kubectl: ["delete", "gateways.networking.istio.io/ingressgateway", "--namespace=istio-system"],
    seen: "gateway-listeners",
  },
  { what: "deleted", kubectl: ["delete", "deployment/mockc-v3"], seen: "default-mockc-v3" },
  { what: "deleted", kubectl: ["delete", "svc/mockc"], seen: "default-mockc-service" },
  { what: "deleted", kubectl: ["delete", "sa/mockb"], seen: "default-mockb-account" },
  { what: "deleted", kubectl: ["delete", "envoyfilters", "--all"], seen: ":EnvoyFilter::" },
  { what: "deleted", kubectl: ["delete", "sidecars.networking.istio.io", "--all"], seen: ":Sidecar::" },
  { what: "deleted", kubectl: ["delete", "hpa", "--all"], seen: ":HorizontalPodAutoscaler::" },
  { what: "deleted", kubectl: ["delete", "pdb", "--all"], seen: ":PodDisruptionBudget::" },
  { what: "deleted", kubectl: ["delete", "secret/drift", "--namespace=istio-system"], seen: ":Secret::" },
  { what: "deleted", kubectl: ["delete", "peerauthentications", "--all"], seen: ":PeerAuthentication::" },
  { what: "deleted", kubectl: ["delete", "authorizationpolicies", "--all"], seen: ":AuthorizationPolicy::" },
  { what: "deleted", kubectl: ["delete", "networkpolicies", "--all"], seen: ":NetworkPolicy::" },
];

/** By name, or by kind: `:kind::`. */
function fits(urn: string, seen: string): boolean {
  return seen.startsWith(":") ? urn.includes(seen) : urn.endsWith(`::${seen}`);
}

describe("what others did to the stack's objects", () => {
  let env: NodeJS.ProcessEnv = {};

  before(async () => {
    writeStack(ofEachKind);
    await bringUp("--no-verify");
    env = await stackEnvironment();
  });

  after(removeStackFile);

  /** URNs of what a preview would change. */
  async function changes(): Promise<string[]> {
    const { exitCode, stdout, stderr } = await run("pulumi", ["preview", "--json", "--stack", stack], env);
    assert.equal(exitCode, 0, stderr);
    const { steps }: { steps: { op: string; urn: string }[] } = JSON.parse(stdout);
    return steps.flatMap(({ op, urn }) => (op === "same" || op === "read" ? [] : [urn]));
  }

  /** `lanes preview` says of each change whether somebody made it in the cluster or the config makes it. */
  async function tellsApart(drifts: readonly Drift[]): Promise<void> {
    const preview = async (...flags: readonly string[]): Promise<PreviewReport> => {
      const { exitCode, stdout, stderr } = await lanes("preview", "--stack", stack, "--json", ...flags);
      assert.equal(exitCode, 0, stderr);
      return JSON.parse(stdout);
    };
    const drifted = await preview();
    assert.equal(drifted.lanes.verdict.risk, null);
    assert.deepEqual(
      drifted.changes.filter(({ cause }) => cause !== "cluster").map(({ name }) => name),
      [],
    );
    for (const { seen } of drifts)
      assert.ok(
        drifted.changes.some(({ type, name }) => fits(`:${type.split(":").at(-1)}::${name}`, seen)),
        seen,
      );

    // Two lanes change places, which is unsafe: only a preview that allows it ends well.
    writeStack((config) => {
      ofEachKind(config);
      for (const [index, version] of [
        [1, "v3"],
        [2, "v2"],
      ] as const)
        config.setIn(["config", "mesh-lanes:laneGroups", 0, "lanes", index, "version"], version);
    });
    const both = await preview(allowFlag);
    writeStack(ofEachKind);
    const causes = new Map(both.changes.map(({ name, cause }) => [name, cause]));
    const moved = both.changes.filter(({ cause }) => cause !== "cluster");
    assert.notEqual(both.lanes.verdict.risk, null);
    assert.ok(moved.length > 0);
    for (const { name } of moved) assert.match(name, /^(VirtualService|DestinationRule|EnvoyFilter)|acknowledged$/);
    for (const { name } of drifted.changes) assert.match(causes.get(name) ?? "gone", /^(cluster|both)$/, name);
  }

  const rounds: Record<string, readonly Drift[]> = { edits, injection, deletions };
  for (const [round, drifts] of Object.entries(rounds)) {
    it(`${round}: seen in a preview, and repaired by a plain update`, async () => {
      for (const { kubectl } of drifts) {
        const { exitCode, stderr } = await run("kubectl", ["--namespace=default", ...kubectl], env);
        assert.equal(exitCode, 0, stderr);
      }
      const seen = await changes();
      const unseen = drifts.filter((drift) => !seen.some((urn) => fits(urn, drift.seen)));
      assert.deepEqual(unseen, [], seen.join("\n"));
      await tellsApart(drifts);
      const repaired = await run("pulumi", ["up", "--yes", "--skip-preview", "--stack", stack], env);
      assert.equal(repaired.exitCode, 0, repaired.stdout);
      assert.deepEqual(await changes(), []);
      const status = await lanes("status", "--stack", stack);
      assert.equal(status.exitCode, 0, status.stdout);
      const verified = await lanes("verify", "--stack", stack, "--requests", "20");
      assert.equal(verified.exitCode, 0, verified.stdout);
    });
  }
});
