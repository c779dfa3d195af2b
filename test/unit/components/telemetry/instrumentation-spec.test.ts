import assert from "node:assert/strict";
import { injectionAnnotations, instrumentationSpec } from "../../../../components/telemetry/instrumentation-spec";

describe("instrumentationSpec", () => {
  it("samples nothing without a collector, as in document 003", () => {
    assert.deepEqual(instrumentationSpec({ kind: "none" }, ["baggage"]), {
      env: [{ name: "OTEL_METRICS_EXPORTER", value: "none" }],
      propagators: ["baggage"],
      sampler: { argument: "1", type: "always_off" },
    });
  });

  it("samples everything with a collector, as in document 003", () => {
    assert.deepEqual(instrumentationSpec({ kind: "collector" }, ["baggage"]), {
      propagators: ["baggage"],
      sampler: { type: "parentbased_traceidratio", argument: "1" },
    });
  });

  it("names the collector's endpoint and further propagators where they are given", () => {
    const spec = instrumentationSpec({ kind: "collector", endpoint: "http://c:4318" }, ["tracecontext", "baggage"]);
    assert.deepEqual(spec, {
      exporter: { endpoint: "http://c:4318" },
      propagators: ["tracecontext", "baggage"],
      sampler: { type: "parentbased_traceidratio", argument: "1" },
    });
  });
});

describe("injectionAnnotations", () => {
  const without = instrumentationSpec({ kind: "none" }, ["baggage"]);

  it("name the Instrumentation and the container", () => {
    const { "mesh-lanes/instrumentation": hash, ...rest } = injectionAnnotations("nodejs", "demo", "app", without);
    assert.deepEqual(rest, {
      "instrumentation.opentelemetry.io/inject-nodejs": "demo",
      "instrumentation.opentelemetry.io/container-names": "app",
    });
    assert.match(hash ?? "", /^[0-9a-f]{12}$/);
  });

  it("change with the spec, and only then, so that pods are recreated", () => {
    const key = "mesh-lanes/instrumentation";
    const hash = (spec: typeof without) => injectionAnnotations("nodejs", "demo", "app", spec)[key];
    assert.equal(hash(without), hash(instrumentationSpec({ kind: "none" }, ["baggage"])));
    assert.notEqual(hash(without), hash(instrumentationSpec({ kind: "collector" }, ["baggage"])));
  });
});
