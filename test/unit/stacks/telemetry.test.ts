import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseStackConfig } from "../../../config/parse";
import { createStack } from "../../../stacks/stack";
import { problemsOf as problemsOfCall } from "../problems-of";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../pulumi-mocks";

const workload = { name: "mocka", app: "mock", namespace: "otel", port: 8000, versions: ["v1"], instrument: "nodejs" };
const plain = { name: "mockb", app: "mock", namespace: "other", port: 8000, versions: ["v1"] };

const problemsOf = (raw: Record<string, unknown>) =>
  problemsOfCall(() => parseStackConfig(raw)).map(({ path, got, fix }) => [path, got, fix]);

describe("config of telemetry", () => {
  it("is that of document 003 by default", () => {
    assert.deepEqual(parseStackConfig({ telemetry: {} }).telemetry, {
      operator: {},
      instrumentation: "demo-instrumentation",
      propagators: ["baggage"],
      collector: { kind: "none" },
    });
  });

  it("is there for a workload that is to be instrumented, and for no other", () => {
    const expected = parseStackConfig({ telemetry: {} }).telemetry;
    assert.deepEqual(parseStackConfig({ workloads: [plain, workload] }).telemetry, expected);
    assert.equal(parseStackConfig({ workloads: [plain] }).telemetry, undefined);
  });

  const cases = [
    {
      title: "propagators without baggage",
      raw: { telemetry: { propagators: ["tracecontext"] } },
      problem: ["telemetry.propagators", 'got "tracecontext"', "Add baggage: the lane travels in it."],
    },
    {
      title: "a registry for images that are not named",
      raw: { telemetry: { operator: { registry: "mirror.example.com" } } },
      problem: [
        "telemetry.operator.registry",
        'got "mirror.example.com"',
        "Name repository and tag of each image under images, or set preset: ack.",
      ],
    },
    {
      title: "a folder and a version of the repository",
      raw: { telemetry: { operator: { chart: "charts/otel", version: "0.46.0" } } },
      problem: ["telemetry.operator.version", 'got "0.46.0"', "Remove version or chart."],
    },
    {
      title: "a namespace that is no name",
      raw: { telemetry: { operator: { namespace: "No" } } },
      problem: ["telemetry.operator.namespace", 'got "No"', undefined],
    },
    {
      title: "an endpoint of a collector that is to be deployed",
      raw: { telemetry: { collector: { kind: "deploy", endpoint: "http://c:4318" } } },
      problem: [
        "telemetry.collector.endpoint",
        "endpoint beside kind deploy",
        "Remove endpoint, or set kind: existing.",
      ],
    },
    {
      title: "an endpoint that is no URL",
      raw: { telemetry: { collector: { kind: "existing", endpoint: "c:4318" } } },
      problem: ["telemetry.collector.endpoint", 'got "c:4318"', "Write http:// and the port."],
    },
    {
      title: "config of an existing collector",
      raw: { telemetry: { collector: { kind: "existing", config: {} } } },
      problem: ["telemetry.collector.config", "config beside kind existing", "Remove config, or set kind: deploy."],
    },
    {
      title: "an image that is none",
      raw: { telemetry: { operator: { images: { ruby: { tag: "1" } } } } },
      problem: ["telemetry.operator.images.ruby", undefined, undefined],
    },
    {
      title: "a language without instrumentation",
      raw: { telemetry: {}, workloads: [{ ...workload, instrument: "cobol" }] },
      problem: ["workloads[0].instrument", 'got "cobol"', undefined],
    },
  ] as const;
  for (const { title, raw, problem } of cases) {
    it(`fails for ${title}`, () => {
      const problems = problemsOf(raw);
      assert.equal(problems.length, 1, JSON.stringify(problems));
      problem.forEach((wanted, index) => {
        if (wanted !== undefined) assert.equal(problems[0]?.[index], wanted);
      });
    });
  }
});

describe("telemetry in a stack", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    const node = { kubeconfig: "kubeconfig text", address: "10.200.0.2", identity: "id-1" };
    mocks = await startPulumiMocks({ outputs: ({ type }) => (type.endsWith(":LocalNode") ? node : {}) });
  });

  async function create(telemetry: object | undefined, operatorChart?: string) {
    const config = parseStackConfig({
      cluster: { kind: "embedded" },
      workloads: [...(telemetry ? [workload] : []), plain],
      ...(telemetry && { telemetry }),
    });
    await pulumi.runtime.runInPulumiStack(async () => {
      const outputs = await createStack(config, {
        facts: { platform: "linux", root: true, present: undefined, dockerAnswers: () => false },
        charts: "/charts",
        operatorChart,
        appImage: (app) => ({ app, ref: `docker.io/mesh-lanes/${app}:0123` }),
        readKubeconfig: () => assert.fail("a kubeconfig was read"),
      });
      await outputValue(pulumi.output(outputs));
      return outputs;
    });
    await settled();
  }

  const dependsOn = (name: string, on: string) => mocks.named(name).dependencies.some((urn) => urn.endsWith(`::${on}`));
  const images = () => mocks.named("cluster-images").inputs.apps;

  it("is not there when it is not asked for, whatever the tool chain has", async () => {
    await create(undefined, "/operator");
    assert.deepEqual(
      mocks.resources.filter(({ name }) => name.startsWith("telemetry")),
      [],
    );
    assert.deepEqual(images(), ["mock"]);
  });

  it("runs the operator of the tool chain with its own images", async () => {
    await create({}, "/operator");
    assert.deepEqual(images(), ["mock", "opentelemetry-nodejs", "opentelemetry-operator"]);
    const { chart, values } = mocks.named("telemetry-operator-release").inputs;
    assert.equal(chart, "/operator");
    assert.deepEqual((values as { manager: unknown }).manager, {
      image: { repository: "docker.io/mesh-lanes/opentelemetry-operator", tag: "0123" },
      autoInstrumentationImage: { nodejs: { repository: "docker.io/mesh-lanes/opentelemetry-nodejs", tag: "0123" } },
    });
    assert.ok(dependsOn("telemetry-operator-release", "cluster-images"));
  });

  it("prefers a chart of the config's own", async () => {
    await create({ operator: { chart: "/own" } }, "/operator");
    assert.deepEqual(images(), ["mock"]);
    assert.equal(mocks.named("telemetry-operator-release").inputs.chart, "/own");
  });

  it("instruments the pods of those workloads that ask for it, after the operator", async () => {
    await create({});
    assert.ok(dependsOn("telemetry-instrumentation-otel", "telemetry-operator-release"));
    assert.ok(dependsOn("telemetry-instrumentation-otel", "namespace-otel"));
    assert.ok(dependsOn("otel-mocka-v1", "telemetry-instrumentation-otel"));
    const annotationsOf = (name: string) => {
      const { template } = mocks.named(name).inputs.spec as {
        template: { metadata: { annotations?: Record<string, string> } };
      };
      return template.metadata.annotations;
    };
    const annotations = annotationsOf("otel-mocka-v1");
    assert.equal(annotations?.["instrumentation.opentelemetry.io/inject-nodejs"], "demo-instrumentation");
    assert.equal(annotations?.["instrumentation.opentelemetry.io/container-names"], "app");
    // That of the proxy.
    assert.deepEqual(Object.keys(annotationsOf("other-mockb-v1") ?? {}), ["mesh-lanes/proxy"]);
    assert.deepEqual(
      mocks.resources.filter(({ type }) => type.includes("opentelemetry.io")).map(({ name }) => name),
      ["telemetry-instrumentation-otel"],
    );
  });

  it("runs a collector, tells the apps of it, and has it before them", async () => {
    await create({ collector: { kind: "deploy" } }, "/operator");
    assert.equal(mocks.named("telemetry-collector-collector").inputs.apiVersion, "opentelemetry.io/v1beta1");
    const { exporter } = mocks.named("telemetry-instrumentation-otel").inputs.spec as { exporter: unknown };
    const endpoint = "http://lanes-collector.opentelemetry-operator-system.svc.cluster.local:4318";
    assert.deepEqual(exporter, { endpoint });
    assert.ok(dependsOn("telemetry-instrumentation-otel", "telemetry-collector-collector"));
  });

  for (const [version, apiVersion] of [
    ["0.46.0", "v1alpha1"],
    ["0.60.0", "v1beta1"],
    ["1.0.0", "v1beta1"],
  ] as const) {
    it(`writes the collector of chart ${version} as ${apiVersion}`, async () => {
      await create({ operator: { version }, collector: { kind: "deploy" } });
      assert.equal(mocks.named("telemetry-collector-collector").inputs.apiVersion, `opentelemetry.io/${apiVersion}`);
    });
  }
});
