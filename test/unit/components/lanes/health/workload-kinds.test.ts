import assert from "node:assert/strict";
import { diagnose } from "../../../../../components/lanes/health/diagnose";
import type { MeshFacts, WorkloadKind } from "../../../../../components/lanes/health/facts";
import type { Finding } from "../../../../../components/lanes/health/finding";
import { gatewayPods, s2 } from "../fixtures";
import { type FactsUnderTest, healthyFacts, pod, stack, the } from "./fixtures";

/** S2, of which mockb v2 is run by a workload of a kind. */
function runBy(kind: WorkloadKind): FactsUnderTest {
  const facts = healthyFacts(s2);
  workload(facts).kind = kind;
  Object.assign(pod(facts, "mockb-v2"), { owner: { kind, name: "mockb-v2" } });
  return facts;
}

const workload = (facts: FactsUnderTest) => the(facts.workloads, ({ name }) => name === "mockb-v2");
const diagnosed = (facts: FactsUnderTest, replicas?: ReadonlyMap<string, number>): Finding[] =>
  diagnose([s2], facts as MeshFacts, { gateway: gatewayPods, stack, ...(replicas && { replicas }) });

function withoutPods(facts: FactsUnderTest): FactsUnderTest {
  facts.pods = facts.pods.filter(({ name }) => name !== "mockb-v2-x");
  return facts;
}

function only(findings: readonly Finding[]): Finding {
  const [finding] = findings;
  assert.ok(finding && findings.length === 1, JSON.stringify(findings));
  return finding;
}

describe("workloads that run a version", () => {
  for (const kind of ["StatefulSet", "DaemonSet"] as const) {
    it(`may be a ${kind}: all is well`, () => assert.deepEqual(diagnosed(runBy(kind)), []));

    it(`of kind ${kind} is restarted by its kind`, () => {
      const facts = runBy(kind);
      pod(facts, "mockb-v2").proxyRevision = "v1-30";
      const { code, fix } = only(diagnosed(facts));
      assert.equal(code, "ML075");
      assert.match(fix, new RegExp(`: kubectl rollout restart ${kind.toLowerCase()} -n default mockb-v2$`));
    });

    it(`of kind ${kind} is named where its template has another version's label`, () => {
      const facts = runBy(kind);
      Object.assign(pod(facts, "mockb-v2").labels, { ASM_TRAFFIC_TAG: "v1" });
      delete (pod(facts, "mockb-v2") as { appVersion?: string }).appVersion;
      Object.assign(workload(facts).templateLabels, { ASM_TRAFFIC_TAG: "v1" });
      const { code, cause, fix } = only(diagnosed(facts));
      assert.equal(code, "ML001");
      assert.match(cause, new RegExp(`but its ${kind} mockb-v2 says v2`));
      assert.equal(fix, `Set the label ASM_TRAFFIC_TAG: v2 in the pod template of ${kind} default/mockb-v2.`);
    });

    it(`of kind ${kind} is described where pods are missing`, () => {
      const facts = runBy(kind);
      workload(facts).replicas = 2;
      const { code, fix } = only(diagnosed(facts));
      assert.equal(code, "ML007");
      assert.equal(fix, `kubectl describe ${kind.toLowerCase()} -n default mockb-v2`);
    });
  }

  it("is scaled up where a StatefulSet is scaled to zero, whatever number a Deployment of its name has in the config", () => {
    const facts = withoutPods(runBy("StatefulSet"));
    workload(facts).replicas = 0;
    const { code, severity, cause, fix } = only(diagnosed(facts, new Map([["default/mockb-v2", 1]])));
    assert.deepEqual([code, severity], ["ML003", "error"]);
    assert.match(cause, /mockb v2: StatefulSet default\/mockb-v2 is scaled to zero: requests of lane s2 fail with 503/);
    assert.equal(fix, "kubectl scale statefulset -n default mockb-v2 --replicas=1");
  });

  it("is not scaled where it is a DaemonSet: it needs a node", () => {
    const facts = withoutPods(runBy("DaemonSet"));
    workload(facts).replicas = 0;
    const { code, cause, fix } = only(diagnosed(facts));
    assert.equal(code, "ML003");
    assert.match(cause, /DaemonSet default\/mockb-v2 finds no node to run on/);
    assert.match(fix, /nodeSelector.*: kubectl describe daemonset -n default mockb-v2$/);
  });

  it("are scaled and described together where a version has two, each by its kind", () => {
    const facts = withoutPods(runBy("StatefulSet"));
    workload(facts).replicas = 0;
    facts.workloads.push({ ...structuredClone(workload(facts)), kind: "Deployment", name: "other" });
    facts.workloads.push({ ...structuredClone(workload(facts)), kind: "DaemonSet", name: "agent" });
    const { fix } = only(diagnosed(facts));
    assert.equal(fix, "kubectl scale -n default statefulset/mockb-v2 deployment/other --replicas=1");
  });

  it("are all restarted in a namespace that was labelled too late", () => {
    const facts = runBy("StatefulSet");
    for (const namespace of facts.namespaces) namespace.labels = {};
    assert.match(only(diagnosed(facts)).fix, / && kubectl rollout restart deployment,statefulset -n default$/);
    facts.workloads = [];
    const [fix] = diagnosed(facts).flatMap(({ code, fix: text }) => (code === "ML011" ? [text] : []));
    assert.match(fix ?? "", / && kubectl rollout restart deployment -n default$/);
  });

  it("may be there where a kind could not be read, which is said", () => {
    const facts = withoutPods(runBy("StatefulSet"));
    facts.workloads = facts.workloads.filter(({ name }) => name !== "mockb-v2");
    facts.unread = ["statefulsets.apps is forbidden"];
    const { code, cause } = only(diagnosed(facts));
    assert.equal(code, "ML002");
    assert.match(
      cause,
      /no Deployment, StatefulSet, DaemonSet or pod .* \(not read: statefulsets\.apps is forbidden\)/,
    );
  });
});
