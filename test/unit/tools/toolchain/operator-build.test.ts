import assert from "node:assert/strict";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { parse } from "yaml";
import { projectRoot } from "../../../../tools/paths";
import { silentReporter } from "../../../../tools/report/reporter";
import { neededBundles } from "../../../../tools/toolchain/bundles";
import { installFiles } from "../../../../tools/toolchain/install";
import { addEntry, intactEntry, readManifest } from "../../../../tools/toolchain/manifest";
import { optionalPins } from "../../../../tools/toolchain/pins";
import { buildFromRegistries } from "../../../../tools/toolchain/registry-build";
import { settingsOf, type ToolchainOptions } from "../../../../tools/toolchain/settings";
import { cachedToolchain } from "../../../../tools/toolchain/toolchain";
import { UserError } from "../../../../tools/user-error";
import { fakeGo, fakeModules } from "./fake-go";
import { scratchFolder, writeProgram } from "./scratch-folder";

/** An npm that installs one package, with files that no program loads. */
const fakeNpm = `
echo "$*" > ../npm-args
mkdir -p node_modules/a/build/esm node_modules/.bin
for file in index.js index.d.ts README.md index.js.map build/esm/index.js; do echo "$file" > node_modules/a/$file; done
echo bin > node_modules/.bin/a`;

describe("the OpenTelemetry operator in the tool chain", () => {
  const folder = scratchFolder();

  async function options(): Promise<ToolchainOptions> {
    for (const part of ["go", "language-host", "otel-operator/chart/templates", "otel-nodejs"])
      await mkdir(join(folder(), "sources", part), { recursive: true });
    await writeFile(join(folder(), "sources/go/go.mod"), "module x\n");
    await writeFile(join(folder(), "sources/otel-operator/go.mod"), "module y\n");
    await writeFile(join(folder(), "sources/otel-operator/chart/Chart.yaml"), "name: operator\n");
    await writeFile(join(folder(), "sources/otel-nodejs/autoinstrumentation.js"), "load\n");
    await writeProgram(join(folder(), "bin/go"), fakeGo(await fakeModules(join(folder(), "modules"))));
    await writeProgram(join(folder(), "bin/npm"), fakeNpm);
    return {
      cache: join(folder(), "cache"),
      sources: join(folder(), "sources"),
      logs: join(folder(), "log"),
      env: { PATH: `${folder()}/bin:/usr/bin:/bin`, MESH_LANES_OFFLINE: "1" },
      machine: { platform: "linux", cpu: "x64", root: true, debianLike: false },
      buildSpace: 1,
    };
  }

  async function filesOf(tar: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    const entries = extract();
    entries.on("entry", (header, stream, next) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(Buffer.from(chunk as Uint8Array)));
      stream.on("end", () => {
        if (header.type === "file") found[header.name] = Buffer.concat(chunks).toString().trim();
        next();
      });
    });
    await pipeline(createReadStream(tar), entries);
    return found;
  }

  it("is built with a chart of its module's manifests and a layer of what Node.js loads", async () => {
    const stage = join(folder(), "stage");
    await buildFromRegistries(["opentelemetry-operator"], stage, settingsOf(await options()), silentReporter);
    assert.deepEqual(readdirSync(join(stage, "bin")), ["opentelemetry-operator"]);
    const chart = join(stage, "opentelemetry-operator-chart");
    assert.deepEqual(
      (readdirSync(chart, { recursive: true }) as string[]).filter((path) => path.endsWith(".yaml")).sort(),
      [
        "Chart.yaml",
        "crds/opentelemetry.io_instrumentations.yaml",
        "crds/opentelemetry.io_opampbridges.yaml",
        "crds/opentelemetry.io_opentelemetrycollectors.yaml",
        "crds/opentelemetry.io_targetallocators.yaml",
        "manifests/role.yaml",
        "manifests/webhooks.yaml",
      ],
    );
    assert.deepEqual(await filesOf(join(stage, "opentelemetry-nodejs.tar")), {
      "autoinstrumentation/autoinstrumentation.js": "load",
      "autoinstrumentation/node_modules/a/index.js": "index.js",
    });
    assert.match(readFileSync(join(stage, "source/npm-args"), "utf8"), /^ci --ignore-scripts /);
  });

  it("leaves the sources as they are", async () => {
    const given = await options();
    const before = readdirSync(join(folder(), "sources"), { recursive: true });
    await buildFromRegistries(["opentelemetry-operator"], join(folder(), "stage"), settingsOf(given), silentReporter);
    assert.deepEqual(readdirSync(join(folder(), "sources"), { recursive: true }), before);
  });

  it("fails when npm does, with its last lines", async () => {
    const given = await options();
    await writeProgram(join(folder(), "bin/npm"), 'echo "no such package" >&2; exit 1');
    await assert.rejects(
      buildFromRegistries(["opentelemetry-operator"], join(folder(), "stage"), settingsOf(given), silentReporter),
      (error) => error instanceof UserError && /packages of Node.js.*failed[\s\S]*no such package/.test(error.message),
    );
  });

  it("is needed by an embedded stack that asks for it, and by no other", () => {
    const has = (needs: Parameters<typeof neededBundles>[0]) =>
      neededBundles(needs, folder()).some(({ name }) => name === "opentelemetry-operator");
    assert.equal(has({ cluster: "embedded", telemetry: true }), true);
    assert.equal(has({ cluster: "embedded" }), false);
    assert.equal(has({ cluster: "kind", telemetry: true }), false);
    assert.equal(has({ cluster: "existing", telemetry: true }), false);
  });

  it("changes its version with its own sources, and the cache of all other tools with none of them", async () => {
    const given = await options();
    const version = () => {
      const bundles = neededBundles({ cluster: "embedded", telemetry: true }, join(folder(), "sources"));
      return bundles.find(({ name }) => name === "opentelemetry-operator")?.version;
    };
    const [before, key] = [version(), settingsOf(given).key];
    assert.match(before ?? "", /\+[0-9a-f]{8}$/);
    assert.equal(before?.split("+")[0], optionalPins.opentelemetryOperator);
    await writeFile(join(folder(), "sources/otel-nodejs/package-lock.json"), "{}");
    assert.notEqual(version(), before);
    assert.equal(settingsOf(given).key, key);
  });

  it("is not taken from the cache when its sources have changed since", async () => {
    const settings = settingsOf(await options());
    const stage = join(folder(), "stage");
    await buildFromRegistries(["opentelemetry-operator"], stage, settings, silentReporter);
    const bundle = () => {
      const found = neededBundles({ cluster: "embedded", telemetry: true }, settings.sources).at(-1);
      assert.ok(found);
      return found;
    };
    const files = await installFiles("opentelemetry-operator", stage, settings.home);
    const entry = { version: bundle().version, way: "registry", reason: "", at: "", files } as const;
    await addEntry(settings.home, "opentelemetry-operator", entry);
    const intact = async () => intactEntry(settings.home, await readManifest(settings.home), bundle());
    assert.ok(await intact());
    assert.ok(existsSync(join(settings.home, "opentelemetry-operator-chart/crds")));
    await writeFile(join(settings.sources, "otel-operator/go.sum"), "changed");
    assert.equal(await intact(), undefined);
    assert.equal(await cachedToolchain({ cluster: "embedded", telemetry: true }, settings), undefined);
  });
});

describe("sources of the OpenTelemetry operator", () => {
  const read = (path: string) => readFileSync(join(projectRoot, "tools", path), "utf8");

  it("have the pinned version in the module, the lock file and the chart", () => {
    const version = optionalPins.opentelemetryOperator;
    assert.ok(read("otel-operator/go.mod").includes(`github.com/open-telemetry/opentelemetry-operator v${version}`));
    assert.equal(parse(read("otel-operator/chart/Chart.yaml")).appVersion, version);
  });

  it("lock the packages for Node.js, with a checksum for each", () => {
    const lock = JSON.parse(read("otel-nodejs/package-lock.json")) as {
      packages: Record<string, { integrity?: string }>;
    };
    const { "": _own, ...packages } = lock.packages;
    assert.ok(packages["node_modules/@opentelemetry/auto-instrumentations-node"]);
    assert.deepEqual(
      Object.entries(packages).filter(([, { integrity }]) => !integrity),
      [],
    );
  });
});
