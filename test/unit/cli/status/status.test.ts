import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { parse } from "yaml";
import { statusOf } from "../../../../cli/status";
import { kubectl } from "../../../../cli/status/kubectl";
import type { MeshFacts } from "../../../../components/lanes/health/facts";
import { meshSchema } from "../../../../config/mesh/mesh";
import { workloadsSchema } from "../../../../config/workloads/workloads";
import { UserError } from "../../../../tools/user-error";
import { s2, s4 } from "../../components/lanes/fixtures";
import { deployment, type FactsUnderTest, healthyFacts, pod, remove } from "../../components/lanes/health/fixtures";
import { FakeKubectl, toItems, toLogs, toSyncz, toWebhooks } from "./fixtures";

const gateway = { name: "ingressgateway", namespace: "istio-system", ports: [] };

describe("statusOf", () => {
  let fake: FakeKubectl | undefined;

  afterEach(() => fake?.remove());

  /** The status of a stack with the groups, on a mesh with a fault. */
  async function status(
    fault: (facts: FactsUnderTest) => void,
    json = false,
    group?: string[],
    groups = [s2],
    workloads = "[]",
    mesh = {},
  ) {
    const facts = healthyFacts(...groups);
    facts.at = Date.now();
    fault(facts);
    fake = new FakeKubectl([
      { when: " get namespaces,services", stdout: { items: toItems(facts as MeshFacts) } },
      { when: " exec ", stdout: toSyncz(facts as MeshFacts) },
      { when: " logs ", stdout: toLogs(facts as MeshFacts) },
      toWebhooks(facts as MeshFacts),
    ]);
    const { text, well } = await statusOf(
      {
        laneGroups: groups,
        mesh: meshSchema.parse(mesh),
        gateway,
        gateways: [],
        workloads: workloadsSchema.parse(parse(workloads)),
      },
      kubectl({ flags: [], env: fake.env }),
      {
        stack: "dev",
        json,
        group,
      },
    );
    return { text: stripVTControlCharacters(text), well };
  }

  it("shows a healthy mesh and says so", async () => {
    const { text, well } = await status(() => {});
    assert.equal(well, true);
    assert.match(text, /^group test, strict: version, ready\/wanted pods, state$/m);
    assert.match(text, /│ s2 +│ v2 1\/1 ok +│ v2 1\/1 ok +│ v2 1\/1 ok +│ ok +│/);
    assert.match(text, /\nlanes: 3 ok, 0 in fallback, 0 broken; nothing to fix$/);
  });

  it("fails with a broken lane, its cause and what fixes it", async () => {
    const { text, well } = await status((facts) => remove(facts, "DestinationRule", "test.mockb.*"));
    assert.equal(well, false);
    assert.match(text, /│ s2 +│ v2 1\/1 ok +│ v2 1\/1 broken +│ v2 1\/1 ok +│ broken +│/);
    assert.match(
      text,
      /^error ML030 a DestinationRule is missing: group test, lane s1, s2, s3, mockb\n {2}There is no .*\n {2}fix: .*npx lanes up/m,
    );
    assert.match(text, /\nlanes: 0 ok, 0 in fallback, 3 broken; findings: 1$/);
  });

  it("does not fail for a warning", async () => {
    const { text, well } = await status((facts) => {
      deployment(facts, "mocka-v1").replicas = 2;
    });
    assert.equal(well, true);
    assert.match(text, /^warning ML007 /m);
  });

  it("names the config where the stack has the number of pods, and kubectl scale where others have it", async () => {
    const fixOf = async (replicas: string) => {
      const zero = (facts: FactsUnderTest) => {
        facts.pods = facts.pods.filter(({ name }) => name !== "mockb-v2-x");
        deployment(facts, "mockb-v2").replicas = 0;
      };
      const workloads = `[{ name: mockb, app: mock, port: 8000, versions: [v1, v2, v3], replicas: ${replicas} }]`;
      const { text } = await status(zero, false, undefined, [s2], workloads);
      return /^error ML003 .*\n.*\n {2}fix: (.*)$/m.exec(text)?.[1];
    };
    assert.match((await fixOf("{ v2: 0 }")) ?? "", /^Set replicas of mockb v2 under workloads/);
    assert.match((await fixOf("1")) ?? "", /^npx lanes up: the stack's config has 1 pod of mockb v2/);
    assert.equal(await fixOf("auto"), "kubectl scale deployment -n default mockb-v2 --replicas=1");
  });

  it("names StatefulSets and DaemonSets by their kinds, and counts their pods", async () => {
    const fault = (facts: FactsUnderTest) => {
      const kinds = { "mockb-v2": "StatefulSet", "mockc-v2": "DaemonSet", "mocka-v2": "StatefulSet" } as const;
      for (const [name, kind] of Object.entries(kinds)) {
        Object.assign(deployment(facts, name), { kind });
        Object.assign(pod(facts, name), { owner: { kind, name } });
      }
      deployment(facts, "mockb-v2").replicas = 0;
      facts.pods = facts.pods.filter(({ name }) => name !== "mockb-v2-x");
      deployment(facts, "mockc-v2").replicas = 3;
    };
    const { text, well } = await status(fault);
    assert.equal(well, false);
    assert.match(text, /│ s2 +│ v2 1\/1 ok +│ v2 0\/0 broken +│ v2 1\/3 ok +│ broken +│/);
    assert.match(text, /^error ML003 .*\n.*\n {2}fix: kubectl scale statefulset -n default mockb-v2 --replicas=1$/m);
    assert.match(text, /^warning ML007 .*\n.*\n {2}fix: kubectl describe daemonset -n default mockc-v2$/m);
    fake?.remove();
    const { facts } = JSON.parse((await status(fault, true)).text);
    assert.deepEqual([facts.deployments, facts.statefulSets, facts.daemonSets], [6, 2, 1]);
  });

  it("gives table, findings and a summary as JSON", async () => {
    const { text } = await status((facts) => remove(facts, "VirtualService", "test"), true);
    const { groups, findings, facts } = JSON.parse(text);
    assert.deepEqual(groups[0].lanes[0].cells[1], {
      service: "mockb",
      version: "v1",
      reason: "own",
      ready: 1,
      wanted: 1,
      state: "ok",
    });
    assert.deepEqual(
      findings.map(({ code, title, lanes }: Record<string, unknown>) => [code, title, lanes]),
      [["ML043", "the entry's VirtualService is missing", ["s1", "s2", "s3"]]],
    );
    assert.deepEqual(facts.controlPlane, {
      answered: 1,
      problems: [],
      proxies: 10,
      byRevision: { default: 10 },
      tags: {},
      notInSync: 0,
    });
    assert.equal(facts.pods, 11);
  });

  it("knows two control planes: which pods are to be on which, and how many are", async () => {
    const mesh = { version: "1.31.0", revision: "v1-31", previous: { version: "1.30.4", namespaces: ["default"] } };
    const workloads = "[{ name: mocka, app: mock, port: 8000, versions: [v1] }]";
    const { text, well } = await status(
      (facts) => {
        const gatewayPod = facts.pods.find(({ namespace }) => namespace === "istio-system");
        assert.ok(gatewayPod);
        gatewayPod.proxyRevision = "v1-31";
      },
      false,
      undefined,
      [s2],
      workloads,
      mesh,
    );
    assert.match(text, /\ncontrol planes: default with 9 proxies, v1-31 with 1 proxy\n\nlanes: .*nothing to fix$/);
    assert.equal(well, true);
    fake?.remove();
    const moved = await status(() => {}, false, undefined, [s2], workloads, { ...mesh, previous: undefined });
    assert.match(moved.text, /^warning ML075 .*mocka\n.*default\/mocka-v1-x of default \(not v1-31\)/m);
    assert.match(moved.text, /^warning ML075 .*group test\n {2}Proxies of the gateway/m);
    assert.equal(moved.well, true);
  });

  it("knows that a tag of an Istio of others stands for a revision", async () => {
    const workloads = "[{ name: mocka, app: mock, port: 8000, versions: [v1] }]";
    const onTag = (stale: number) =>
      status(
        (facts) => {
          facts.revisions = { revisions: ["1-30-0", "1-31-0"], tags: { stable: "1-31-0" } };
          for (const namespace of facts.namespaces) namespace.labels = { "istio.io/rev": "stable" };
          for (const [index, pod] of facts.pods.entries()) pod.proxyRevision = index < stale ? "1-30-0" : "1-31-0";
        },
        false,
        undefined,
        [s2],
        workloads,
        { existing: true, revision: "stable" },
      );
    const fresh = await onTag(0);
    assert.match(fresh.text, /nothing to fix$/);
    fake?.remove();
    const { text, well } = await onTag(1);
    assert.match(text, /^warning ML075 .*mocka\n.*mocka-v1-x of 1-30-0 \(not 1-31-0, for which tag stable stands\)/m);
    assert.match(text, /\ncontrol planes: 1-30-0 with 1 proxy, 1-31-0 \(tag stable\) with 9 proxies\n/);
    assert.equal(well, true);
  });

  it("shows the groups that were asked for, and takes others for neither broken nor left over", async () => {
    const chain = { ...s4, services: s4.services.map((service) => ({ ...service, name: `${service.name}x` })) };
    const other = { ...chain, entry: { ...chain.entry, service: "mockax" } };
    const { text, well } = await status(
      (facts) => remove(facts, "DestinationRule", "shop.mockbx.*"),
      false,
      ["test"],
      [s2, other],
    );
    assert.equal(well, true, text);
    assert.doesNotMatch(text, /shop/);
    assert.match(text, /nothing to fix$/);
  });

  it("fails for a group that is not there", async () => {
    await assert.rejects(
      status(() => {}, false, ["tset"]),
      (error) => error instanceof UserError && /--group: got "tset"\n {4}expected: test/.test(error.message),
    );
  });
});
