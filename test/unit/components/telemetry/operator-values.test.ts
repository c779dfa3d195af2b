import assert from "node:assert/strict";
import { imageSource, operatorValues } from "../../../../components/telemetry/operator-values";

const admissionWebhooks = { certManager: { enabled: false, autoGenerateCert: true } };

describe("operatorValues", () => {
  it("leave images to the chart when none is named", () => {
    assert.deepEqual(operatorValues({}), { admissionWebhooks });
    assert.deepEqual(operatorValues({ preset: "upstream" }), { admissionWebhooks });
  });

  it("are those of document 003 with the preset ack", () => {
    const acs = "registry-cn-hangzhou.ack.aliyuncs.com/acs";
    assert.deepEqual(operatorValues({ preset: "ack" }), {
      admissionWebhooks,
      manager: {
        image: { repository: `${acs}/opentelemetry-operator`, tag: "0.92.1" },
        collectorImage: { repository: `${acs}/opentelemetry-collector`, tag: "0.97.0" },
        opampBridgeImage: { repository: `${acs}/operator-opamp-bridge`, tag: "0.97.0" },
        targetAllocatorImage: { repository: `${acs}/target-allocator`, tag: "0.97.0" },
        autoInstrumentationImage: {
          java: { repository: `${acs}/autoinstrumentation-java`, tag: "1.32.1" },
          nodejs: { repository: `${acs}/autoinstrumentation-nodejs`, tag: "0.49.1" },
          python: { repository: `${acs}/autoinstrumentation-python`, tag: "0.44b0" },
          dotnet: { repository: `${acs}/autoinstrumentation-dotnet`, tag: "1.2.0" },
          go: { repository: `${acs}/opentelemetry-go-instrumentation`, tag: "v0.10.1.alpha-2-aliyun" },
        },
      },
      kubeRBACProxy: { image: { repository: `${acs}/kube-rbac-proxy`, tag: "v0.13.1" } },
    });
  });

  it("take the preset's images from another registry, and single ones as they are named", () => {
    const images = { nodejs: { tag: "0.60.0" }, manager: { repository: "own/operator", tag: "1" } };
    const values = operatorValues({ preset: "ack", registry: "mirror.example.com/otel", images });
    const manager = values.manager as Record<string, Record<string, unknown>>;
    assert.deepEqual(manager.image, { repository: "own/operator", tag: "1" });
    assert.deepEqual(manager.collectorImage, {
      repository: "mirror.example.com/otel/opentelemetry-collector",
      tag: "0.97.0",
    });
    assert.deepEqual(manager.autoInstrumentationImage?.nodejs, {
      repository: "mirror.example.com/otel/autoinstrumentation-nodejs",
      tag: "0.60.0",
    });
  });

  it("name only what is named without a preset", () => {
    assert.deepEqual(operatorValues({ images: { nodejs: { repository: "a/b", tag: "c" } } }), {
      admissionWebhooks,
      manager: { autoInstrumentationImage: { nodejs: { repository: "a/b", tag: "c" } } },
    });
  });
});

describe("imageSource", () => {
  it("parts a reference at its tag, not at a registry's port", () => {
    assert.deepEqual(imageSource("localhost:5000/a/b:1.2"), { repository: "localhost:5000/a/b", tag: "1.2" });
  });
});
