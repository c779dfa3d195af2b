import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import { parse } from "yaml";
import { Collector, collectorEndpoint, defaultCollectorConfig } from "../../../../components/telemetry/collector";
import { Instrumentation } from "../../../../components/telemetry/instrumentation";
import { instrumentationSpec } from "../../../../components/telemetry/instrumentation-spec";
import { OpenTelemetryOperator } from "../../../../components/telemetry/operator";
import { operatorValues } from "../../../../components/telemetry/operator-values";
import { type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";

describe("telemetry components", () => {
  let mocks: PulumiMocks;
  let provider: Provider;

  beforeEach(async () => {
    mocks = await startPulumiMocks();
    provider = new Provider("cluster", { kubeconfig: "text" });
  });

  const dependsOn = (name: string, on: string) => mocks.named(name).dependencies.some((urn) => urn.endsWith(`::${on}`));
  const release = { name: "opentelemetry-operator", namespace: "opentelemetry-operator-system", timeout: 300 };

  it("OpenTelemetryOperator installs the pinned chart into its own namespace", async () => {
    const operator = new OpenTelemetryOperator("telemetry", { preset: "ack" }, { provider });
    await settled(operator, operator.release);
    assert.deepEqual(mocks.named("telemetry-namespace").inputs.metadata, { name: "opentelemetry-operator-system" });
    assert.deepEqual(mocks.named("telemetry-release").inputs, {
      ...release,
      chart: "opentelemetry-operator",
      version: "0.46.0",
      repositoryOpts: { repo: "https://open-telemetry.github.io/opentelemetry-helm-charts" },
      values: operatorValues({ preset: "ack" }),
      compat: "true",
    });
    assert.ok(dependsOn("telemetry-release", "telemetry-namespace"));
  });

  it("OpenTelemetryOperator takes another repository, version and namespace", async () => {
    const repository = "https://charts.example.com";
    const operator = new OpenTelemetryOperator("t", { repository, version: "0.60.0", namespace: "otel" }, { provider });
    await settled(operator, operator.release);
    assert.equal(operator.namespace, "otel");
    assert.deepEqual(mocks.named("t-release").inputs, {
      ...release,
      namespace: "otel",
      chart: "opentelemetry-operator",
      version: "0.60.0",
      repositoryOpts: { repo: repository },
      values: operatorValues({}),
      compat: "true",
    });
  });

  it("OpenTelemetryOperator takes a folder in place of the repository", async () => {
    const operator = new OpenTelemetryOperator("t", { chart: "/chart" }, { provider });
    await settled(operator, operator.release);
    const inputs = { ...release, chart: "/chart", values: operatorValues({}), compat: "true" };
    assert.deepEqual(mocks.named("t-release").inputs, inputs);
  });

  it("Instrumentation is made in each namespace, and pods of that namespace wait for it", async () => {
    const spec = instrumentationSpec({ kind: "none" }, ["baggage"]);
    const args = { instrumentationName: "demo", namespaces: ["a", "b"], spec };
    const instrumentation = new Instrumentation("i", args, { provider, dependsOn: [provider] });
    const { dependsOn: custom, annotations } = instrumentation.inject("b", "nodejs", "app");
    await settled(instrumentation, ...custom);
    for (const namespace of ["a", "b"]) {
      assert.deepEqual(mocks.named(`i-${namespace}`).inputs, {
        apiVersion: "opentelemetry.io/v1alpha1",
        kind: "Instrumentation",
        metadata: { name: "demo", namespace },
        spec,
      });
      assert.ok(dependsOn(`i-${namespace}`, "cluster"));
    }
    assert.equal(custom.length, 1);
    assert.equal(annotations["instrumentation.opentelemetry.io/inject-nodejs"], "demo");
  });

  for (const apiVersion of ["v1alpha1", "v1beta1"] as const) {
    it(`Collector has its config in the form of ${apiVersion}`, async () => {
      const args = {
        collectorName: "lanes",
        namespace: "otel",
        apiVersion,
        openFrom: ["shop"],
      };
      const collector = new Collector("c", args, { provider });
      await settled(collector, collector.collector);
      const { apiVersion: seen, kind, metadata, spec } = mocks.named("c-collector").inputs;
      assert.deepEqual([seen, kind], [`opentelemetry.io/${apiVersion}`, "OpenTelemetryCollector"]);
      assert.deepEqual(metadata, { name: "lanes", namespace: "otel" });
      const { mode, config } = spec as { mode: string; config: unknown };
      assert.equal(mode, "deployment");
      assert.deepEqual(typeof config === "string" ? parse(config) : config, defaultCollectorConfig);
      assert.equal(typeof config, apiVersion === "v1alpha1" ? "string" : "object");
    });
  }

  it("Collector is let out to by the namespaces that may leave for nothing else", async () => {
    const args = { collectorName: "lanes", namespace: "otel", apiVersion: "v1beta1" } as const;
    const collector = new Collector("c", { ...args, openFrom: ["shop"] }, { provider });
    await settled(collector, collector.collector);
    const { metadata, spec } = mocks.named("c-shop").inputs;
    assert.deepEqual(metadata, { name: "collector-lanes", namespace: "shop" });
    assert.deepEqual(spec, {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "otel" } } }],
          ports: [
            { port: 4317, protocol: "TCP" },
            { port: 4318, protocol: "TCP" },
          ],
        },
      ],
    });
  });

  it("collectorEndpoint is that of the Service the operator makes", () => {
    assert.equal(collectorEndpoint("lanes", "otel"), "http://lanes-collector.otel.svc.cluster.local:4318");
  });
});
