import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { ProcessProvider } from "../../../../components/cluster/process-resource";
import { accessLogFields } from "../../../../components/mesh/access-log";
import { chartSource } from "../../../../components/mesh/charts";
import { IstioMesh, istiodValues } from "../../../../components/mesh/istio";
import { pins } from "../../../../tools/toolchain/pins";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";

const repositoryOpts = { repo: "https://istio-release.storage.googleapis.com/charts" };

describe("chartSource", () => {
  it("names Istio's repository and the exact version", () => {
    assert.deepEqual(chartSource("istiod", { version: pins.istio }), {
      chart: "istiod",
      version: pins.istio,
      repositoryOpts,
    });
  });

  for (const [chart, folder] of [
    ["base", "/charts/base"],
    ["istiod", "/charts/istio-discovery"],
    ["gateway", "/charts/gateway"],
  ] as const) {
    it(`takes ${chart} from a folder`, () => {
      assert.deepEqual(chartSource(chart, { version: pins.istio, charts: "/charts" }), { chart: folder });
    });
  }
});

describe("istiodValues", () => {
  const common = {
    global: {
      hub: "docker.io/istio",
      tag: pins.istio,
      imagePullPolicy: "IfNotPresent",
      proxy: { resources: { requests: { cpu: "10m", memory: "40Mi" } } },
    },
    pilot: {
      autoscaleEnabled: false,
      resources: { requests: { cpu: "50m", memory: "128Mi" } },
      env: { PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS: "false" },
    },
    meshConfig: {
      accessLogFile: "/dev/stdout",
      accessLogEncoding: "JSON",
      accessLogFormat: JSON.stringify(accessLogFields),
    },
  };

  it("leaves Istio's own filters on where its own Envoy runs", () => {
    assert.deepEqual(istiodValues({ version: pins.istio, stockEnvoy: false }), common);
  });

  it("leaves out what a stock Envoy does not know", () => {
    assert.deepEqual(istiodValues({ version: pins.istio, stockEnvoy: true }), {
      ...common,
      pilot: {
        ...common.pilot,
        env: {
          PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS: "false",
          PILOT_ENABLE_ALPN_FILTER: "false",
          PILOT_ENABLE_METADATA_EXCHANGE: "false",
        },
      },
      meshConfig: { ...common.meshConfig, defaultProviders: { metrics: [] } },
      telemetry: { enabled: false },
    });
  });
});

describe("IstioMesh", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks();
  });

  const dependsOn = (name: string, on: string) => mocks.named(name).dependencies.some((urn) => urn.endsWith(`::${on}`));

  it("installs namespace, base and istiod, one after the other", async () => {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const mesh = new IstioMesh("mesh", { version: pins.istio, stockEnvoy: false }, { provider });
    await settled(mesh, mesh.controlPlane);
    assert.deepEqual(mocks.named("mesh-system").inputs.metadata, { name: "istio-system" });
    assert.deepEqual(mocks.named("mesh-base").inputs, {
      chart: "base",
      version: pins.istio,
      repositoryOpts,
      name: "istio-base",
      namespace: "istio-system",
      timeout: 300,
      values: { defaultRevision: "default" },
      compat: "true",
    });
    assert.deepEqual(mocks.named("mesh-istiod").inputs, {
      chart: "istiod",
      version: pins.istio,
      repositoryOpts,
      name: "istiod",
      namespace: "istio-system",
      timeout: 300,
      values: istiodValues({ version: pins.istio, stockEnvoy: false }),
      compat: "true",
    });
    assert.ok(dependsOn("mesh-base", "mesh-system"));
    assert.ok(dependsOn("mesh-istiod", "mesh-base"));
    for (const name of ["mesh-system", "mesh-base", "mesh-istiod"]) {
      assert.match(mocks.named(name).parent ?? "", /::mesh$/);
      assert.match(mocks.named(name).provider, /::cluster::/);
    }
    assert.equal(mesh.revision, "default");
    assert.deepEqual(mesh.injectionLabel, { "istio-injection": "enabled" });
  });

  it("installs a revision beside another", async () => {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const mesh = new IstioMesh("mesh", { version: pins.istio, stockEnvoy: false, revision: "next" }, { provider });
    await settled(mesh, mesh.controlPlane);
    assert.deepEqual(mocks.named("mesh-base").inputs.values, { defaultRevision: "next" });
    const { name, values } = mocks.named("mesh-istiod-next").inputs;
    assert.equal(name, "istiod-next");
    assert.deepEqual(values, istiodValues({ version: pins.istio, stockEnvoy: false, revision: "next" }));
    assert.equal((values as { revision: string }).revision, "next");
    assert.deepEqual(mesh.injectionLabel, { "istio.io/rev": "next" });
  });

  it("gives pods an annotation that changes with their control plane", async () => {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const marks = await Promise.all(
      [{ version: "1.30.0" }, { version: "1.31.0" }, { version: "1.31.0", revision: "next" }].map((args, index) => {
        const mesh = new IstioMesh(`mesh${index}`, { ...args, stockEnvoy: false }, { provider });
        return outputValue(pulumi.output(mesh.podAnnotations));
      }),
    );
    assert.deepEqual(marks, [
      { "mesh-lanes/proxy": "1.30.0" },
      { "mesh-lanes/proxy": "1.31.0" },
      { "mesh-lanes/proxy": "1.31.0 next" },
    ]);
  });

  it("is deleted after a look at who uses it: all that needs it goes before", async () => {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const guard = { processes: new ProcessProvider("processes"), kubeconfig: "text" };
    const args = { version: pins.istio, stockEnvoy: false, revision: "next", guard };
    const mesh = new IstioMesh("mesh", args, { provider });
    await settled(mesh, mesh.controlPlane);
    const use = mocks.named("mesh-use-next");
    assert.deepEqual([use.inputs.namespace, use.inputs.revision], ["istio-system", "next"]);
    assert.ok(dependsOn("mesh-use-next", "mesh-istiod-next"));
    assert.match(use.provider, /::processes::/);
    assert.match(await outputValue(mesh.controlPlane.urn), /ControlPlaneUse::mesh-use-next$/);
  });
});
