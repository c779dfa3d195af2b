import assert from "node:assert/strict";
import { deploymentSpec } from "../../../components/workloads/deployment-spec";
import { parseStackConfig } from "../../../config/parse";
import type { WorkloadConfig } from "../../../config/stack";
import { workloadArgs } from "../../../config/workloads/args";
import { asRecord } from "../../../tools/values";
import { problemsOf } from "../problems-of";

const own = { name: "cart", image: "registry.example.com/cart:1.4.2", port: 80, versions: ["v1", "v2"] };

function read(workload: object): WorkloadConfig {
  const [found] = parseStackConfig({ workloads: [workload] }).workloads;
  assert.ok(found);
  return found;
}

/** The only container of a version's pods, and all that is beside it. */
function pod(workload: object, version: string) {
  const args = workloadArgs(read(workload));
  const versions = args.versions as Record<string, object>;
  const { template } = deploymentSpec(args, version, versions[version]) as unknown as {
    template: { spec: { containers: Record<string, unknown>[] } };
  };
  const { containers, ...spec } = template.spec;
  return { spec, app: containers[0] ?? {} };
}

/** Services of two ports, and a lane group over them. */
const twoPorts = (ports: object[], declared: object[]) => ({
  workloads: [{ name: "cart", app: "mock", port: 8000, versions: ["v1"], ports }],
  laneGroups: [
    {
      ...{ name: "shop", mode: "strict", baseline: "v1", lanes: [{ name: "v1" }] },
      services: [{ name: "cart", port: 8000, ports: declared, versions: ["v1"] }],
      entry: { service: "cart", gateway: "istio-system/ingressgateway" },
    },
  ],
});

describe("further ports of workloads", () => {
  const grpc = { port: 9000, name: "grpc" };
  const declared = { port: 9000, protocol: "grpc" };

  it("takes versions as a map in the order that the engine hands over, whatever the order in the file", () => {
    const versionsOf = (versions: object) =>
      parseStackConfig({ workloads: [{ ...own, versions }] }).workloads[0]?.versions;
    assert.deepEqual(versionsOf({ v1: {}, bad: {} }), ["bad", "v1"]);
    assert.deepEqual(versionsOf({ bad: {}, v1: {} }), ["bad", "v1"]);
    // A list is as somebody wrote it.
    assert.deepEqual(versionsOf(["v1", "bad"]), ["v1", "bad"]);
  });

  it("have the mock speak gRPC on one of them, as the same service", () => {
    const { app } = pod({ name: "cart", app: "mock", port: 8000, versions: ["v1"], ports: [grpc] }, "v1");
    const env = app.env as { name: string; value?: string }[];
    const value = (name: string) => env.find((each) => each.name === name)?.value;
    assert.deepEqual([value("PORT"), value("GRPC_PORT"), value("PROTOCOL")], ["8000", "9000", undefined]);
  });

  it("are those that a lane group declares", () => {
    parseStackConfig(twoPorts([grpc, { port: 9092, name: "tcp-kafka", targetPort: 8000 }], [declared]));
  });

  for (const { title, ports, group, path, got } of [
    {
      ...{ title: "one that the workload does not have", ports: [], group: [declared] },
      ...{ path: "laneGroups[0].services[0].ports[0].port", got: "got 9000" },
    },
    {
      ...{
        title: "another protocol than its name tells Istio",
        ports: [grpc],
        group: [{ port: 9000, protocol: "thrift" }],
      },
      path: "laneGroups[0].services[0].ports[0].protocol",
      got: 'got "thrift", and port 9000 of workload cart is named grpc: gRPC for Istio',
    },
    {
      ...{ title: "gRPC by a name of TCP", ports: [{ ...grpc, name: "tcp-x", targetPort: 8000 }], group: [declared] },
      path: "laneGroups[0].services[0].ports[0].protocol",
      got: 'got "grpc", and port 9000 of workload cart is named tcp-x: TCP for Istio',
    },
    {
      ...{ title: "a number twice", ports: [{ port: 8000, name: "http-x", targetPort: 8000 }], group: [] },
      ...{ path: "workloads[0].ports[0].port", got: 'port "8000" is there twice' },
    },
    {
      ...{ title: "a name twice", ports: [{ port: 8001, name: "http", targetPort: 8000 }], group: [] },
      ...{ path: "workloads[0].ports[0].name", got: 'name of a port "http" is there twice' },
    },
    {
      ...{ title: "a name that is none", ports: [{ port: 8001, name: "8001", targetPort: 8000 }], group: [] },
      ...{ path: "workloads[0].ports[0].name", got: 'got "8001"' },
    },
    {
      ...{ title: "a port on which the app does not listen", ports: [{ port: 8001, name: "http-x" }], group: [] },
      ...{ path: "workloads[0].ports[0].targetPort", got: "got 8001" },
    },
  ]) {
    it(`fails for ${title}`, () => {
      const { laneGroups, workloads } = twoPorts(ports, group);
      const [first] = laneGroups;
      const services = (first?.services ?? []).map(({ ports: of, ...rest }) => ({
        ...rest,
        ...(of.length > 0 && { ports: of }),
      }));
      const found = problemsOf(() => parseStackConfig({ workloads, laneGroups: [{ ...first, services }] }));
      assert.deepEqual(
        found.map((problem) => [problem.path, problem.got]),
        [[path, got]],
      );
    });
  }
});

describe("workloads of the config", () => {
  it("run an app of this project in its own way", () => {
    const mock = { name: "mocka", app: "mock", port: 8000, calls: "http://mockb:8000/mock", versions: ["v1"] };
    const { spec, app } = pod({ ...mock, env: { GREETING: "hello", VERSION: "mine" } }, "v1");
    assert.deepEqual(spec, {
      serviceAccountName: "mocka",
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    assert.deepEqual(app, {
      name: "app",
      image: undefined,
      imagePullPolicy: "IfNotPresent",
      ports: [{ name: "app", containerPort: 8000 }],
      env: [
        { name: "GREETING", value: "hello" },
        { name: "VERSION", value: "mine" },
        { name: "SERVICE_NAME", value: "mocka" },
        { name: "PORT", value: "8000" },
        { name: "UPSTREAM_URL", value: "http://mockb:8000/mock" },
        { name: "POD_IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
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
    });
  });

  it("have the mock app speak gRPC where its port is called so, with probes of gRPC", () => {
    const mock = { name: "mocka", app: "mock", port: 80, targetPort: 9000, versions: ["v1"] };
    const spoken = (portName: string, more: object = {}) => {
      const { app } = pod({ ...mock, portName, ...more }, "v1");
      const env = app.env as { name: string; value?: string }[];
      const { periodSeconds, failureThreshold, ...ready } = app.readinessProbe as Record<string, unknown>;
      const { initialDelaySeconds, ...alive } = app.livenessProbe as Record<string, unknown>;
      const protocol = env.find(({ name }) => name === "PROTOCOL")?.value;
      return { protocol, ready, alive: { grpc: alive.grpc, httpGet: alive.httpGet } };
    };
    const grpc = { port: 9000 };
    for (const name of ["grpc", "grpc-api"])
      assert.deepEqual(spoken(name), { protocol: "grpc", ready: { grpc }, alive: { grpc, httpGet: undefined } });
    const http = { protocol: undefined, alive: { grpc: undefined, httpGet: { path: "/healthz", port: 9000 } } };
    for (const name of ["http", "http2"])
      assert.deepEqual(spoken(name), { ...http, ready: { httpGet: { path: "/readyz", port: 9000 } } });
    assert.deepEqual(spoken("grpc", { probe: "tcp" }).ready, { tcpSocket: { port: 9000 } });
  });

  it("run an app whose image is elsewhere in the same way", () => {
    const image = "registry.example.com/mock:1.0.0";
    const { app } = pod({ name: "mocka", app: "mock", image, port: 8000, versions: ["v1"] }, "v1");
    assert.equal(app.image, image);
    assert.deepEqual((app.env as { name: string }[]).map(({ name }) => name).slice(0, 2), ["SERVICE_NAME", "VERSION"]);
  });

  it("run any other image as it is, each version with its own", () => {
    const versions = { v1: null, v2: { image: "registry.example.com/cart:1.5.0", replicas: 3, env: { A: "b" } } };
    const [v1, v2] = ["v1", "v2"].map((version) => pod({ ...own, versions }, version));
    assert.deepEqual(v1, {
      spec: { serviceAccountName: "cart", automountServiceAccountToken: false },
      app: {
        name: "app",
        image: own.image,
        imagePullPolicy: "IfNotPresent",
        ports: [{ name: "app", containerPort: 80 }],
        readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 2, failureThreshold: 3 },
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
      },
    });
    assert.deepEqual([v2?.app.image, v2?.app.env], [versions.v2.image, [{ name: "A", value: "b" }]]);
    assert.deepEqual(read({ ...own, versions }).replicas, { v1: 1, v2: 3 });
  });

  it("know the number of pods of every version", () => {
    const of = (replicas: unknown) => read({ ...own, replicas }).replicas;
    assert.deepEqual(of(2), { v1: 2, v2: 2 });
    assert.deepEqual(of({ v2: "auto" }), { v1: 1, v2: "auto" });
    const pod = { spec: { containers: [{ name: "app", resources: { requests: { cpu: "100m" } } }] } };
    const { replicas } = read({ ...own, pod, replicas: { min: 1, max: 3 } });
    assert.deepEqual(replicas, { v1: { min: 1, max: 3 }, v2: { min: 1, max: 3 } });
  });

  it("drain for as long as they say, the workload or one version", () => {
    const seconds = (more: object, version: string) => {
      const { spec, app } = pod({ name: "chat", app: "ws-echo", port: 80, ...more }, version);
      return [asRecord(asRecord(app.lifecycle).preStop), asRecord(spec).terminationGracePeriodSeconds];
    };
    const versions = { v1: null, v2: { drainSeconds: 600 } };
    assert.deepEqual(seconds({ versions, drainSeconds: 15 }, "v1"), [{ sleep: { seconds: 15 } }, 45]);
    assert.deepEqual(seconds({ versions, drainSeconds: 15 }, "v2"), [{ sleep: { seconds: 600 } }, 630]);
    assert.deepEqual(seconds({ versions }, "v1"), [{ exec: { command: ["/bin/sleep", "5"] } }, 30]);
  });

  const hook = { spec: { containers: [{ name: "app", lifecycle: { preStop: { exec: { command: ["/stop"] } } } }] } };
  const bad: readonly [title: string, change: object, path: string, got: RegExp, fix: RegExp][] = [
    ["no version at all", { versions: {} }, "versions", /got {}/, /at least one version/],
    [
      "a field that no pod has",
      { pod: { spec: { containers: [{ name: "app", resourses: {} }] } } },
      "pod.spec.containers[0].resourses",
      /unknown key/,
      /Container Did you mean resources/,
    ],
    [
      "a map where Kubernetes has a list",
      { versions: { v1: { pod: { spec: { volumes: { name: "a" } } } } } },
      "versions.v1.pod.spec.volumes",
      /"name"/,
      /a list of Volume/,
    ],
    [
      "a text where Kubernetes has a map",
      { pod: { spec: { securityContext: "none" } } },
      "pod.spec.securityContext",
      /"none"/,
      /a map with fields of PodSecurityContext/,
    ],
    [
      "a key that a version does not have",
      { versions: { v1: { imgae: "a:1" } } },
      "versions.v1.imgae",
      /unknown key/,
      /image/,
    ],
    [
      "two numbers of pods",
      { versions: { v1: { replicas: 2 } }, replicas: { v1: 3 } },
      "versions.v1.replicas",
      /2, and 3/,
      /one of them/,
    ],
    ["a probe of no kind", { probe: "http" }, "probe", /"http"/, /tcp/],
    ["a variable from nowhere", { env: { A: { fieldRef: "x" } } }, "env.A.fieldRef", /unknown key/, /secretKeyRef/],
    [
      "an autoscaler with nothing to measure",
      { replicas: { min: 1, max: 2 } },
      "versions.v1.replicas",
      /asks for no CPU/,
      /requests/,
    ],
    ["a budget that no drain can keep", { minAvailable: 1 }, "minAvailable", /version v1 has 1 pod/, /raise replicas/],
    [
      "another account",
      { pod: { spec: { serviceAccountName: "a" } } },
      "pod.spec.serviceAccountName",
      /"a"/,
      /annotations/,
    ],
    ["a drain of half a second", { drainSeconds: 0.5 }, "drainSeconds", /0\.5/, /5 to 3600 seconds/],
    [
      "a version's drain that is longer than an hour",
      { versions: { v1: { drainSeconds: 3601 } } },
      "versions.v1.drainSeconds",
      /3601/,
      /5 to 3600 seconds/,
    ],
    [
      "a drain and a hook of all versions",
      { drainSeconds: 60, pod: hook },
      "drainSeconds",
      /60, and a preStop hook in workloads\[0\]\.pod/,
      /one of them/,
    ],
    [
      "a version's drain and a hook of all versions",
      { versions: { v1: { drainSeconds: 60 } }, pod: hook },
      "versions.v1.drainSeconds",
      /hook in workloads\[0\]\.pod/,
      /one of them/,
    ],
    [
      "a drain and a hook of a version",
      { versions: { v1: { pod: hook } }, drainSeconds: 60 },
      "drainSeconds",
      /hook in workloads\[0\]\.versions\.v1\.pod/,
      /one of them/,
    ],
    ["metadata that is not the pod's to choose", { pod: { metadata: { name: "a" } } }, "pod.metadata.name", /./, /./],
    [
      "a label that lanes find pods by",
      { versions: { v1: { pod: { metadata: { labels: { version: "x" } } } } } },
      "versions.v1.pod.metadata.labels.version",
      /"x"/,
      /Remove/,
    ],
  ];
  for (const [title, change, path, got, fix] of bad) {
    it(`refuse ${title}`, () => {
      const problems = problemsOf(() => read({ ...own, ...change }));
      const problem = problems.find((each) => each.path === `workloads[0].${path}`);
      assert.ok(problem, JSON.stringify(problems));
      assert.match(problem.got, got);
      assert.match(`${problem.expected} ${problem.fix}`, fix);
    });
  }
});
