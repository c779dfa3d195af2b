import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import type { WorkloadArgs } from "../../../../components/workloads/args";
import { demoPod } from "../../../../components/workloads/demo-app";
import { laneNamespace } from "../../../../components/workloads/namespaces";
import { Workload } from "../../../../components/workloads/workload";
import type { UserError } from "../../../../tools/user-error";
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
        versions: { v1: { replicas: 2 }, v2: { replicas: 0 } },
        versionLabel: "ASM_TRAFFIC_TAG",
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

  it("has further ports on the Service, and each port of the container once", async () => {
    await create({
      targetPort: 8080,
      ports: [
        { port: 9000, name: "grpc" },
        { port: 81, name: "http-admin", targetPort: 8080 },
      ],
    });
    assert.deepEqual(mocks.named("mocka-service").inputs.spec, {
      selector: { app: "mocka" },
      ports: [
        { name: "http", port: 8000, targetPort: 8080 },
        { name: "grpc", port: 9000, targetPort: 9000 },
        { name: "http-admin", port: 81, targetPort: 8080 },
      ],
    });
    const { spec } = mocks.named("mocka-v1").inputs as {
      spec: { template: { spec: { containers: { ports: { containerPort: number }[] }[] } } };
    };
    const [app] = spec.template.spec.containers;
    assert.deepEqual(
      app?.ports.map(({ containerPort }) => containerPort),
      [8080, 9000],
    );
  });

  it("has annotations where there are any", async () => {
    const annotations = () => {
      const { template } = mocks.named("mocka-v1").inputs.spec as { template: { metadata: object } };
      return "annotations" in template.metadata ? template.metadata.annotations : "none";
    };
    await create({ podAnnotations: {} });
    assert.equal(annotations(), "none");
    mocks = await startPulumiMocks();
    await create({ podAnnotations: { a: "b" } });
    assert.deepEqual(annotations(), { a: "b" });
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
            containers: [
              {
                name: "app",
                image: "mock:1",
                imagePullPolicy: "IfNotPresent",
                ports: [{ name: "app", containerPort: 8000 }],
                env: [{ name: "GREETING", value: "hello" }],
                readinessProbe: { tcpSocket: { port: 8000 }, periodSeconds: 2, failureThreshold: 3 },
                lifecycle: { preStop: { sleep: { seconds: 5 } } },
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
      await create({ pod: demoPod(8000) });
      const { spec } = mocks.named("mocka-v1").inputs as { spec: { template: { spec: PodSpec } } };
      return spec.template.spec;
    }

    it("makes pods of this project's apps that are restricted", async () => {
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

  describe("of images that nobody here has made", () => {
    const containerOf = (version: string) => {
      const inputs = mocks.named(`mocka-${version}`).inputs as {
        spec: { template: { metadata: object; spec: { containers: Record<string, unknown>[] } } };
      };
      return { ...inputs.spec.template, app: inputs.spec.template.spec.containers[0] ?? {} };
    };

    it("gives each version its own image, variables and pod, over those of all", async () => {
      await create({
        env: { A: "all", B: "all" },
        pod: {
          spec: { priorityClassName: "high", containers: [{ name: "app", resources: { limits: { memory: "1Gi" } } }] },
        },
        versions: {
          v1: {},
          v2: {
            image: "cart:2.0.0",
            env: { B: "own", C: { secretKeyRef: { name: "db", key: "password" } } },
            pod: {
              spec: { priorityClassName: null, containers: [{ name: "app", resources: { limits: { cpu: "1" } } }] },
            },
          },
        },
      });
      const [v1, v2] = [containerOf("v1"), containerOf("v2")];
      assert.deepEqual([v1.app.image, v2.app.image], ["mock:1", "cart:2.0.0"]);
      assert.deepEqual(v1.app.env, [
        { name: "A", value: "all" },
        { name: "B", value: "all" },
      ]);
      assert.deepEqual(v2.app.env, [
        { name: "A", value: "all" },
        { name: "B", value: "own" },
        { name: "C", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
      ]);
      assert.deepEqual(v1.app.resources, { limits: { memory: "1Gi" } });
      assert.deepEqual(v2.app.resources, { limits: { memory: "1Gi", cpu: "1" } });
      assert.ok("priorityClassName" in v1.spec && !("priorityClassName" in v2.spec));
    });

    for (const [probe, expected] of [
      ["tcp", { tcpSocket: { port: 9000 } }],
      ["grpc", { grpc: { port: 9000 } }],
      [{ http: "/status" }, { httpGet: { path: "/status", port: 9000 } }],
      ["none", undefined],
    ] as const) {
      it(`asks them whether they are ready: ${JSON.stringify(probe)}`, async () => {
        await create({ probe, targetPort: 9000 });
        const ready = expected && { ...expected, periodSeconds: 2, failureThreshold: 3 };
        assert.deepEqual(containerOf("v1").app.readinessProbe, ready);
      });
    }

    it("pulls them with Secrets, and binds their account to a role of the cloud", async () => {
      await create({ imagePullSecrets: ["registry"], accountAnnotations: { "pod-identity.example.com/role": "cart" } });
      assert.deepEqual((containerOf("v1").spec as { imagePullSecrets?: object }).imagePullSecrets, [
        { name: "registry" },
      ]);
      assert.deepEqual(mocks.named("mocka-account").inputs.metadata, {
        ...metadata,
        annotations: { "pod-identity.example.com/role": "cart" },
      });
    });

    it("keeps secrets of a version apart from those of all", async () => {
      await create({
        secretEnv: { TOKEN: "all", KEY: "all" },
        versions: { v1: { env: { KEY: "plain" } }, v2: { secretEnv: { TOKEN: "own" } } },
      });
      const { stringData } = mocks.named("mocka-env").inputs as { stringData: { value: object } };
      assert.deepEqual(Object.keys(stringData.value).sort(), ["KEY", "TOKEN", "v2.TOKEN"]);
      const from = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: "mocka-env", key } } });
      assert.deepEqual(containerOf("v1").app.env, [{ name: "KEY", value: "plain" }, from("TOKEN", "TOKEN")]);
      assert.deepEqual(containerOf("v2").app.env, [from("TOKEN", "v2.TOKEN"), from("KEY", "KEY")]);
      assert.ok(!JSON.stringify(mocks.ofType("kubernetes:apps/v1:Deployment")).includes('"own"'));
    });

    it("scales a version by an autoscaler, and keeps pods while nodes are drained", async () => {
      const cpu = { spec: { containers: [{ name: "app", resources: { requests: { cpu: "100m" } } }] } };
      await create({
        versions: { v1: { replicas: { min: 2, max: 5, cpuPercent: 60 } }, v2: { replicas: "auto" } },
        pod: cpu,
        minAvailable: 1,
      });
      assert.ok(!("replicas" in (mocks.named("mocka-v1").inputs.spec as object)));
      assert.deepEqual(mocks.named("mocka-v1-autoscaler").inputs.spec, {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "mocka-v1" },
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [
          {
            type: "ContainerResource",
            containerResource: {
              name: "cpu",
              container: "app",
              target: { type: "Utilization", averageUtilization: 60 },
            },
          },
        ],
      });
      assert.equal(mocks.ofType("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").length, 1);
      assert.deepEqual(mocks.named("mocka-v2-budget").inputs.spec, {
        minAvailable: 1,
        selector: { matchLabels: { app: "mocka", version: "v2" } },
      });
    });

    it("refuses whatever would break a lane or leave no pod, all at once", async () => {
      const pod = {
        metadata: { labels: { ASM_TRAFFIC_TAG: "v9", team: "a" }, annotations: { "sidecar.istio.io/inject": "false" } },
        spec: {
          hostNetwork: true,
          serviceAccountName: "other",
          containers: [{ name: "app", image: "other:1.0.0" }, { image: "proxy:latest" }],
        },
      };
      const versions = { v1: { replicas: { min: 3, max: 2 } }, v2: { replicas: 2, env: { "a-b": "c" } } };
      await assert.rejects(create({ image: undefined, pod, versions, minAvailable: 2 }), (error: UserError) => {
        assert.deepEqual(error.problems.map(({ path }) => path).sort(), [
          "mocka.minAvailable",
          "mocka.pod.metadata.annotations.sidecar.istio.io/inject",
          "mocka.pod.metadata.labels.ASM_TRAFFIC_TAG",
          "mocka.pod.spec.containers[0].image",
          "mocka.pod.spec.containers[1].image",
          "mocka.pod.spec.containers[1].name",
          "mocka.pod.spec.hostNetwork",
          "mocka.pod.spec.serviceAccountName",
          "mocka.versions.v1.image",
          "mocka.versions.v1.replicas",
          "mocka.versions.v1.replicas",
          "mocka.versions.v2.env.a-b",
          "mocka.versions.v2.image",
        ]);
        return true;
      });
    });
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
