import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { ProcessProvider } from "../../../../components/cluster/process-resource";
import { accessLogFields } from "../../../../components/mesh/access-log";
import { chartSource } from "../../../../components/mesh/charts";
import { IstioMesh, istiodValues } from "../../../../components/mesh/istio";
import { injectionOf } from "../../../../components/mesh/mesh";
import { pins } from "../../../../tools/toolchain/pins";
import { UserError } from "../../../../tools/user-error";
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

  describe("with a control plane of before", () => {
    const previous = { version: "1.30.4", charts: "/older", namespaces: ["shop-b"] };
    const planes = { version: "1.31.0", charts: "/newer", revision: "v1-31", previous };
    const guard = () => ({ processes: new ProcessProvider("processes"), kubeconfig: "text" });

    async function install(args: ConstructorParameters<typeof IstioMesh>[1]): Promise<IstioMesh> {
      mocks = await startPulumiMocks();
      const provider = new Provider("cluster", { kubeconfig: "text" });
      const mesh = new IstioMesh("mesh", { stockEnvoy: true, guard: guard(), ...args }, { provider });
      await settled(mesh, mesh.controlPlane);
      return mesh;
    }
    const inputs = (name: string) => mocks.named(name).inputs;

    it("keeps it as the resources that it was when it was the only one", async () => {
      const { namespaces: _, ...alone } = previous;
      await install(alone);
      const before = ["mesh-istiod", "mesh-use"].map(inputs);
      await install(planes);
      assert.deepEqual(["mesh-istiod", "mesh-use"].map(inputs), before);
      assert.deepEqual(
        [inputs("mesh-istiod").chart, inputs("mesh-istiod-v1-31").chart],
        ["/older/istio-discovery", "/newer/istio-discovery"],
      );
    });

    it("makes the new one after it, so that what waits for the mesh has both and goes before either", async () => {
      const mesh = await install(planes);
      assert.match(await outputValue(mesh.controlPlane.urn), /ControlPlaneUse::mesh-use-v1-31$/);
      assert.ok(dependsOn("mesh-use-v1-31", "mesh-istiod-v1-31"));
      assert.ok(dependsOn("mesh-istiod-v1-31", "mesh-use"));
      assert.ok(dependsOn("mesh-use", "mesh-istiod"));
      assert.equal(inputs("mesh-use").revision, "default");
      await install({ ...planes, guard: undefined });
      assert.ok(dependsOn("mesh-istiod-v1-31", "mesh-istiod"));
    });

    it("gives the namespaces that stay its label and mark, and all others the new ones", async () => {
      const mesh = await install(planes);
      const of = async (namespace: string) => {
        const { label, podAnnotations } = injectionOf(mesh, namespace);
        return { label, podAnnotations: await outputValue(pulumi.output(podAnnotations)) };
      };
      assert.deepEqual(await of("shop-b"), {
        label: { "istio-injection": "enabled" },
        podAnnotations: { "mesh-lanes/proxy": "1.30.4" },
      });
      assert.deepEqual(await of("shop"), {
        label: { "istio.io/rev": "v1-31" },
        podAnnotations: { "mesh-lanes/proxy": "1.31.0 v1-31" },
      });
      assert.deepEqual(mesh.previousLabel, { "istio-injection": "enabled" });
      const alone = await install({ version: "1.31.0" });
      assert.deepEqual(injectionOf(alone, "shop-b").label, { "istio-injection": "enabled" });
      assert.deepEqual([alone.previousLabel, alone.previousPodAnnotations], [{}, {}]);
    });

    it("takes the CRDs of the newer one, also on the way back, and leaves the checks of objects to the one of before", async () => {
      await install(planes);
      assert.deepEqual(
        [inputs("mesh-base").chart, inputs("mesh-base").values],
        ["/newer/base", { defaultRevision: "default" }],
      );
      const { namespaces, ...older } = previous;
      const { previous: _, ...newer } = planes;
      await install({ ...older, previous: { ...newer, namespaces } });
      assert.deepEqual(
        [inputs("mesh-base").chart, inputs("mesh-base").values],
        ["/newer/base", { defaultRevision: "v1-31" }],
      );
      assert.ok(dependsOn("mesh-istiod", "mesh-use-v1-31"));
    });

    it("tells which is the newer one by numbers", async () => {
      const tenth = { version: "1.30.10", charts: "/tenth", namespaces: [] };
      await install({ ...planes, version: "1.30.9", previous: tenth });
      assert.equal(inputs("mesh-base").chart, "/tenth/base");
      await install({ ...planes, version: "1.30.10", previous: { ...tenth, version: "1.30.9" } });
      assert.equal(inputs("mesh-base").chart, "/newer/base");
    });

    it("takes default as the name of the default one", async () => {
      const mesh = await install({ ...planes, previous: { ...previous, revision: "default" } });
      assert.ok("chart" in inputs("mesh-istiod"));
      assert.deepEqual(injectionOf(mesh, "shop-b").label, { "istio-injection": "enabled" });
    });

    for (const [revision, before] of [
      ["v1-31", "v1-31"],
      [undefined, undefined],
      [undefined, "default"],
    ]) {
      it(`fails where both have revision ${revision} and ${before}, before anything is made`, async () => {
        const args = { version: "1.31.0", revision, previous: { ...previous, revision: before } };
        await assert.rejects(
          install(args),
          (error) =>
            error instanceof UserError &&
            /mesh\.previous\.revision: .*, and the new one is the same/.test(error.message),
        );
        assert.deepEqual(mocks.ofType("mesh-lanes:index:IstioMesh"), []);
      });
    }
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
