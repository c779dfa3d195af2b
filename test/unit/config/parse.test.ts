import assert from "node:assert/strict";
import { parseStackConfig } from "../../../config/parse";
import type { StackConfig } from "../../../config/stack";
import { pins } from "../../../tools/toolchain/pins";
import { s1Input, s2Input, s3Input, s4Input, s5Input } from "../components/lanes/fixtures";
import { problemsOf as problemsOfCall } from "../problems-of";
import { goodAlibaba } from "./bad-configs/alibaba/good";
import { badConfigs } from "./bad-configs/all";
import { workload } from "./bad-configs/bad-config";

const problemsOf = (raw: Record<string, unknown>) => problemsOfCall(() => parseStackConfig(raw));

describe("parseStackConfig", () => {
  it("fills in every default", () => {
    const expected: StackConfig = {
      cluster: { kind: "auto", name: "mesh-lanes" },
      mesh: { kind: "istio", version: pins.istio, existing: false },
      gateway: {
        name: "ingressgateway",
        namespace: "istio-system",
        ports: [{ name: "http", port: 80, protocol: "HTTP", hosts: ["*"] }],
      },
      gateways: [],
      tls: [],
      workloads: [],
      laneGroups: [],
      security: { mtls: "strict", authorization: true, networkPolicies: true, podSecurity: "privileged" },
      adopt: [],
      existingNamespaces: [],
      allow: [],
    };
    assert.deepEqual(parseStackConfig({}), expected);
  });

  it("leaves replicas to others, of all versions or of some", () => {
    const workload = { name: "mocka", app: "mock", port: 8000, versions: ["v1", "v2"] };
    const replicasOf = (replicas: unknown) =>
      parseStackConfig({ workloads: [{ ...workload, replicas }] }).workloads[0]?.replicas;
    assert.deepEqual(replicasOf("auto"), { v1: "auto", v2: "auto" });
    assert.deepEqual(replicasOf({ v2: "auto" }), { v1: 1, v2: "auto" });
    assert.throws(() => replicasOf("many"), /auto/);
  });

  it("completes a workload and an existing cluster", () => {
    const workload = { name: "mocka", app: "mock", port: 8000, versions: ["v1", "v2"], replicas: { v2: 0 } };
    const cluster = { kind: "existing", kubeconfig: "kube.yaml", context: "prod" };
    const config = parseStackConfig({ cluster, workloads: [workload] });
    assert.deepEqual(config.cluster, { ...cluster, name: "mesh-lanes" });
    assert.deepEqual(config.workloads, [
      {
        ...{
          name: "mocka",
          app: "mock",
          namespace: "default",
          port: 8000,
          portName: "http",
          ports: [],
          targetPort: 8000,
        },
        ...{ versions: ["v1", "v2"], ofVersions: { v1: { env: {} }, v2: { env: {} } } },
        ...{ versionLabel: "version", replicas: { v1: 1, v2: 0 }, env: {} },
      },
    ]);
  });

  for (const [title, input] of Object.entries({ S2: s2Input, S3: s3Input, S4: s4Input, S5: s5Input })) {
    it(`accepts scenario ${title}`, () => {
      assert.equal(parseStackConfig({ laneGroups: [input] }).laneGroups[0]?.name, input.name);
    });
  }

  it("fails for swimlanes that ASM cannot do, on ASM only", () => {
    const laneGroups = [{ ...s4Input, asmWay: "swimlanes" }];
    const sticky = (mesh: unknown) =>
      problemsOf({ mesh, laneGroups }).filter(({ path }) => path === "laneGroups[0].entry.sticky");
    assert.equal(sticky({ kind: "asm" }).length, 1);
    assert.equal(sticky({ kind: "istio" }).length, 0);
  });

  it("accepts scenario S1 with its own gateway, as the first or as a further one", () => {
    const ports = [{ name: "http", port: 30080, protocol: "HTTP" }];
    const gateway = { name: "ws-gateway", namespace: "default", ports };
    assert.equal(parseStackConfig({ gateway, laneGroups: [s1Input] }).laneGroups[0]?.name, "ws");
    const config = parseStackConfig({ gateways: [gateway], laneGroups: [s1Input] });
    assert.deepEqual(config.gateways, [{ ...gateway, ports: [{ ...ports[0], hosts: ["*"] }] }]);
    assert.equal(config.gateway.name, "ingressgateway");
  });

  for (const [title, raw] of Object.entries(goodAlibaba)) {
    it(`accepts ${title}`, () => assert.deepEqual(problemsOf(raw), []));
  }

  it("fills in every default of Alibaba Cloud", () => {
    const { cluster, mesh } = parseStackConfig(goodAlibaba["a new cluster and a new mesh"] ?? {});
    assert.deepEqual(cluster, {
      kind: "ack",
      name: "mesh-lanes",
      region: "cn-hangzhou",
      publicEndpoint: false,
      credentialMinutes: 120,
      deletionProtection: true,
      source: {
        zones: ["cn-hangzhou-i", "cn-hangzhou-j"],
        nodes: { types: ["ecs.g7.xlarge"], min: 2, max: 2 },
        spec: "ack.pro.small",
        cidr: "10.0.0.0/16",
        serviceCidr: "172.20.0.0/16",
        encryptSecrets: true,
        kmsInstance: "kst-1",
      },
    });
    assert.deepEqual(mesh, {
      kind: "asm",
      version: "1.24.6.64",
      edition: "enterprise",
      users: [],
      traceSampling: 0,
      settleSeconds: 10,
    });
  });

  for (const { title, raw, path, got, expected, fix } of badConfigs) {
    it(`fails with ${title}`, () => {
      const problems = problemsOf(raw);
      const summary = problems.map((problem) => `${problem.path}: ${problem.got}`);
      assert.deepEqual(summary, [`${path}: ${got}`]);
      assert.match(problems[0]?.fix ?? "", fix);
      assert.equal(problems[0]?.expected, expected);
    });
  }

  it("fails with every problem at once, wrong shapes and wrong meanings alike", () => {
    const lanes = [{ name: "s1", version: "v9" }];
    const problems = problemsOf({ clusters: {}, mesh: { version: 1 }, laneGroups: [{ ...s2Input, lanes }] });
    assert.deepEqual(
      problems.map((problem) => problem.path),
      ["mesh.version", "clusters", "laneGroups[0].lanes[0].version", ...Array(3).fill("laneGroups[0].lanes[0]")],
    );
  });

  it("fails with an unknown key and with what else is wrong in the same lane", () => {
    const [first, ...lanes] = s2Input.lanes;
    const group = { ...s2Input, lanes: [{ ...first, version: "v9", wieght: 10 }, ...lanes] };
    assert.deepEqual(
      problemsOf({ laneGroups: [group] })
        .map((problem) => problem.path)
        .slice(0, 2),
      ["laneGroups[0].lanes[0].wieght", "laneGroups[0].lanes[0].version"],
    );
  });

  it("never says only to correct the value", () => {
    assert.deepEqual(
      badConfigs.filter(({ raw }) =>
        problemsOf(raw).some((problem) => /^Correct the [a-z]+( name)?\.$/.test(problem.fix)),
      ),
      [],
    );
  });

  it("judges sections whatever is wrong with the shape of others", () => {
    const raw = {
      mesh: { version: 1 },
      cluster: { kind: "ack", ack: { region: "nowhere!" } },
      workloads: [{ ...workload, calls: "x" }],
    };
    assert.deepEqual(
      problemsOf(raw).map(({ path }) => path),
      ["cluster.ack.zones", "cluster.ack.nodes", "mesh.version", "workloads[0].calls"],
    );
  });

  it("says how many problems there are", () => {
    assert.throws(
      () => parseStackConfig({ cluster: { kind: "kindd" } }),
      /^UserError: The stack's config has one problem/,
    );
  });
});
