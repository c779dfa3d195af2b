import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import { laneNamespace } from "../../../../components/workloads/namespaces";
import { Workload, type WorkloadArgs } from "../../../../components/workloads/workload";
import { type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";
import { type PodSpec, restrictedViolations } from "./restricted";

describe("Workload", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks();
  });

  async function create(more: Partial<WorkloadArgs> = {}) {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const mesh = new Provider("mesh", {});
    const workload = new Workload(
      "mocka",
      {
        serviceName: "mocka",
        namespace: "default",
        image: "mock:1",
        port: 8000,
        portName: "http",
        versions: ["v1", "v2"],
        versionLabel: "ASM_TRAFFIC_TAG",
        replicas: { v1: 2, v2: 0 },
        calls: "http://mockb:8000/mock",
        ...more,
      },
      { provider, dependsOn: [mesh] },
    );
    await settled(workload, ...workload.deployments);
  }

  const metadata = { name: "mocka", namespace: "default", labels: { app: "mocka" } };

  it("makes an account and a Service over all versions", async () => {
    await create({ targetPort: 8080, portName: "http-ws" });
    assert.deepEqual(mocks.named("mocka-account").inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata,
      automountServiceAccountToken: false,
    });
    assert.deepEqual(mocks.named("mocka-service").inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { selector: { app: "mocka" }, ports: [{ name: "http-ws", port: 8000, targetPort: 8080 }] },
    });
  });

  it("keeps a client on one pod where it is asked to", async () => {
    await create({ sessionAffinity: "ClientIP" });
    assert.deepEqual(mocks.named("mocka-service").inputs.spec, {
      selector: { app: "mocka" },
      ports: [{ name: "http", port: 8000, targetPort: 8000 }],
      sessionAffinity: "ClientIP",
    });
  });

  it("makes a Deployment for each version", async () => {
    await create({ env: { GREETING: "hello" } });
    assert.deepEqual(
      mocks
        .ofType("kubernetes:apps/v1:Deployment")
        .map(({ name }) => name)
        .sort(),
      ["mocka-v1", "mocka-v2"],
    );
    assert.deepEqual(mocks.named("mocka-v1").inputs, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "mocka-v1",
        namespace: "default",
        labels: { app: "mocka", version: "v1", ASM_TRAFFIC_TAG: "v1" },
      },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "mocka", version: "v1" } },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels: { app: "mocka", version: "v1", ASM_TRAFFIC_TAG: "v1" } },
          spec: {
            serviceAccountName: "mocka",
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 30,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 1000,
              runAsGroup: 1000,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "app",
                image: "mock:1",
                imagePullPolicy: "IfNotPresent",
                ports: [{ name: "app", containerPort: 8000 }],
                env: [
                  { name: "SERVICE_NAME", value: "mocka" },
                  { name: "VERSION", value: "v1" },
                  { name: "PORT", value: "8000" },
                  { name: "UPSTREAM_URL", value: "http://mockb:8000/mock" },
                  { name: "GREETING", value: "hello" },
                  { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
                ],
                readinessProbe: { httpGet: { path: "/readyz", port: 8000 }, periodSeconds: 2, failureThreshold: 3 },
                livenessProbe: {
                  httpGet: { path: "/healthz", port: 8000 },
                  initialDelaySeconds: 10,
                  periodSeconds: 10,
                  failureThreshold: 3,
                },
                lifecycle: { preStop: { exec: { command: ["/bin/sleep", "5"] } } },
                resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "192Mi" } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
              },
            ],
          },
        },
      },
    });
    const second = mocks.named("mocka-v2").inputs.spec as { replicas: number };
    assert.equal(second.replicas, 0);
  });

  describe("pod security", () => {
    async function pod(): Promise<PodSpec> {
      await create();
      const { spec } = mocks.named("mocka-v1").inputs as { spec: { template: { spec: PodSpec } } };
      return spec.template.spec;
    }

    it("makes pods that are restricted", async () => {
      assert.deepEqual(restrictedViolations(await pod()), []);
    });

    const [broken, app] = ["app: seccompProfile", { name: "app", securityContext: {} }];
    const changes: [string, Partial<PodSpec>, string[]][] = [
      ["without a security context of the pod", { securityContext: {} }, ["app: runAsNonRoot", broken]],
      [
        "without one of the container",
        { containers: [app] },
        ["app: allowPrivilegeEscalation", "app: capabilities.drop"],
      ],
      ["with a folder of the node", { volumes: [{ name: "root", hostPath: { path: "/" } }] }, ["volume hostPath"]],
      ["in the node's network", { hostNetwork: true }, ["host namespaces"]],
      [
        "with the init container of a sidecar",
        {
          initContainers: [
            {
              name: "istio-init",
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] },
                runAsNonRoot: false,
                runAsUser: 0,
              },
            },
          ],
        },
        ["istio-init: runAsNonRoot", "istio-init: runAsUser", "istio-init: capabilities.add"],
      ],
    ];
    for (const [title, change, violations] of changes) {
      it(`would not be restricted ${title}`, async () => {
        assert.deepEqual(restrictedViolations({ ...(await pod()), ...change }), violations);
      });
    }
  });

  it("names the Deployment of a version that no name can hold, and labels its pods with the version itself", async () => {
    await create({ versions: ["1.4.2", "v1-canary"] });
    const inputsOf = (name: string) => mocks.named(name).inputs as { metadata: { name: string; labels: object } };
    assert.match(inputsOf("mocka-1.4.2").metadata.name, /^mocka-1-4-2-[0-9a-f]{8}$/);
    assert.deepEqual(inputsOf("mocka-1.4.2").metadata.labels, {
      app: "mocka",
      version: "1.4.2",
      ASM_TRAFFIC_TAG: "1.4.2",
    });
    assert.equal(inputsOf("mocka@v1-canary").metadata.name, "mocka-v1-canary");
  });

  it("ends the chain without a call", async () => {
    await create({ calls: undefined });
    assert.ok(!JSON.stringify(mocks.named("mocka-v1").inputs).includes("UPSTREAM_URL"));
  });

  it("makes no pod before the mesh and the account are there", async () => {
    await create();
    for (const version of ["v1", "v2"]) {
      const { dependencies, parent, provider } = mocks.named(`mocka-${version}`);
      assert.ok(dependencies.some((urn) => urn.endsWith("::mesh")));
      assert.ok(dependencies.some((urn) => urn.endsWith("::mocka-account")));
      assert.match(parent ?? "", /::mocka$/);
      assert.match(provider, /::cluster::/);
    }
  });
});

describe("laneNamespace", () => {
  const labels = { "istio-injection": "enabled" };

  for (const [namespace, type] of [
    ["default", "kubernetes:core/v1:NamespacePatch"],
    ["shop", "kubernetes:core/v1:Namespace"],
  ] as const) {
    it(`labels ${namespace} by a ${type.split(":")[2]}`, async () => {
      const mocks = await startPulumiMocks();
      const provider = new Provider("cluster", { kubeconfig: "text" });
      await settled(laneNamespace("namespace", namespace, labels, { provider }));
      assert.equal(mocks.named("namespace").type, type);
      assert.deepEqual(mocks.named("namespace").inputs.metadata, { name: namespace, labels });
    });
  }
});
