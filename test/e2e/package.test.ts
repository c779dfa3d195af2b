import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishedPackage } from "../../.github/scripts/release.js";
import { filesBelow } from "../../tools/files-below";
import { pathWith } from "../../tools/path-variable";
import { projectRoot } from "../../tools/paths";
import { silentReporter } from "../../tools/report/reporter";
import { ensureTools } from "../../tools/toolchain/ensure";
import { runAction } from "../unit/ci/action";
import { ConsumerFolder, compilers, sdks } from "./own-program/consumer";
import { LoopbackRegistry } from "./own-program/registry";
import type { RunResult } from "./support";

/** A program of somebody else: typed by the package's declarations, run from its JavaScript. */
const program = `
import { Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { formatLaneTable, LaneGroup, type LaneGroupInput, parseLaneGroup, UserError } from "mesh-lanes";

const input: LaneGroupInput = {
  name: "shop",
  mode: "permissive",
  baseline: "v1",
  routeHeader: "version",
  services: [{ name: "mocka", port: 8000, versions: ["v1", "v2"] }],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
  lanes: [{ name: "v1", weight: 90 }, { name: "v2", weight: 10 }],
};

async function main(): Promise<void> {
  const made: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, inputs }) => {
      made.push(type);
      return { id: "id", state: inputs };
    },
    call: () => ({}),
  });
  const provider = new Provider("mesh", { kubeconfig: "{}" });
  const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
  const group = new LaneGroup("shop", { group: parseLaneGroup(input), gateway }, { provider });
  group.table.apply((table) => console.log(formatLaneTable(table)));
  await pulumi.runtime.disconnect();
  console.log(made.filter((type) => type.endsWith(":VirtualService")).length, "VirtualServices");
  try {
    parseLaneGroup({ ...input, baseline: "v9" });
  } catch (error) {
    console.log(error instanceof UserError, error instanceof Error ? error.message : "");
  }
}
void main();
`;

/** Config of somebody else's stack, as `lanes` of the package reads it in the folder where it is run. */
const stackConfig = `config:
  mesh-lanes:cluster: { kind: existing, kubeconfig: kubeconfig, context: mine }
  mesh-lanes:laneGroups:
    - name: shop
      mode: permissive
      baseline: v1
      routeHeader: version
      services: [{ name: mocka, port: 8000, versions: [v1, v2] }]
      entry: { service: mocka, gateway: istio-system/ingressgateway, hosts: [shop.example.com] }
      lanes: [{ name: v1, weight: 90 }, { name: v2, weight: 10, match: { headers: { version: { exact: v2 } } } }]
`;

/** Bytes of all files below a folder. */
function sizeBelow(path: string): number {
  return filesBelow(path).reduce((sum, file) => sum + statSync(file).size, 0);
}

describe("the npm package, installed into an empty folder", () => {
  let consumer: ConsumerFolder;
  let folder: string;
  after(() => consumer?.remove());

  const run = (command: string, ...args: string[]): Promise<RunResult> => consumer.run(command, args);
  const lanes = (...args: string[]) => run(join(folder, "node_modules", ".bin", "lanes"), ...args);

  before(async () => {
    consumer = await ConsumerFolder.make();
    folder = consumer.path;
    consumer.write("Pulumi.dev.yaml", stackConfig);
  });

  it("brings little besides Pulumi's SDKs, of which it takes the consumer's own", async () => {
    const bare = await ConsumerFolder.with(...sdks);
    try {
      const [own, alone] = [folder, bare.path].map((each) => sizeBelow(join(each, "node_modules")));
      process.stderr.write(`node_modules: ${own} bytes, of which the SDKs alone ${alone}\n`);
      assert.ok(own !== undefined && alone !== undefined && own < 1.3 * alone);
      const installed = filesBelow(join(folder, "node_modules")).filter((file) => file.endsWith("/package.json"));
      for (const name of ["@pulumi/pulumi", "@pulumi/kubernetes"]) {
        const copies = installed.filter((file) => file.endsWith(`node_modules/${name}/package.json`));
        assert.equal(copies.length, 1, copies.join());
      }
    } finally {
      bare.remove();
    }
  });

  it("holds what was compiled, and no sources", () => {
    const own = join(folder, "node_modules", "mesh-lanes");
    const schemas = ["mesh-lanes.include.schema.json", "mesh-lanes.schema.json"];
    assert.deepEqual(readdirSync(own).sort(), ["LICENSE", "README.md", "bin", "dist", ...schemas, "package.json"]);
  });

  it("is a library: a program that imports it compiles and runs", async () => {
    await consumer.install(...compilers);
    writeFileSync(join(folder, "program.ts"), program);
    const options = ["--strict", "--target", "es2022", "--module", "commonjs", "--skipLibCheck", "--types", "node"];
    for (const resolution of ["node", "node16"]) {
      const kind = resolution === "node16" ? ["--module", "node16"] : [];
      const compiler = join(folder, "node_modules", ".bin", "tsc");
      const compiled = await run(compiler, ...options, "--moduleResolution", resolution, ...kind, "program.ts");
      assert.equal(compiled.exitCode, 0, compiled.stdout);
    }
    const { exitCode, stdout, stderr } = await run(process.execPath, "program.js");
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^shop \(baseline v1\)\n {2}LANE +mocka\n {2}v1 +v1\n {2}v2 +v2\n/);
    assert.match(stdout, /2 VirtualServices\ntrue The lane group has one problem\.\n {2}laneGroup\.baseline:/);
  });

  it("compiles the programs of the docs, but for those that need @pulumi/alicloud", async () => {
    const examples = join(projectRoot, "examples", "components");
    const programs = readdirSync(examples)
      .map((name) => ({ name, text: readFileSync(join(examples, name), "utf8") }))
      .filter(({ text }) => !/alicloud|mesh-lanes\/alibaba/.test(text));
    assert.ok(programs.length > 10);
    for (const { name, text } of programs) consumer.write(name, text);
    const options = [
      "--noEmit",
      "--strict",
      "--target",
      "es2022",
      "--module",
      "node16",
      "--moduleResolution",
      "node16",
    ];
    const names = programs.map(({ name }) => name);
    const compiled = await run(join(folder, "node_modules", ".bin", "tsc"), ...options, "--skipLibCheck", ...names);
    assert.equal(compiled.exitCode, 0, compiled.stdout);
  });

  it("has the rules without Pulumi in mesh-lanes/core, and what needs @pulumi/alicloud in mesh-lanes/alibaba", async () => {
    const loaded = "Object.keys(require.cache).filter((file) => file.includes('@pulumi')).length";
    const core = await run(process.execPath, "-p", `[typeof require("mesh-lanes/core").explain, ${loaded}].join()`);
    assert.deepEqual([core.exitCode, core.stdout], [0, "function,0"], core.stderr);
    // Nobody installed it in this folder, and it is loaded with the first component that needs it.
    const alibaba = await run(process.execPath, "-e", 'require("mesh-lanes/alibaba").AckCluster');
    assert.equal(alibaba.exitCode, 1);
    assert.match(alibaba.stderr, /Cannot find module '@pulumi\/alicloud/);
  });

  it("has a command that reads the stacks of the folder where it is run", async () => {
    const help = await lanes("--help");
    assert.equal(help.exitCode, 0, help.stderr);
    assert.match(help.stdout, /^ {2}matrix /m);
    const matrix = await lanes("matrix");
    assert.equal(matrix.exitCode, 0, matrix.stderr);
    assert.match(matrix.stdout, /^shop \(baseline v1\)\n {2}LANE +mocka\n/);
    const explained = await lanes("explain", "--host", "shop.example.com", "--path", "/", "--header", "version: v2");
    assert.equal(explained.exitCode, 0, explained.stdout + explained.stderr);
    assert.match(explained.stdout, /v2/);
    const other = await lanes("matrix", "--stack", "live");
    assert.equal(other.exitCode, 1);
    assert.match(other.stderr, new RegExp(`there is no Pulumi\\.live\\.yaml in ${folder}`));
  });

  it("begins a stack that its other commands take, and says what it cannot have", async () => {
    const local = await lanes("init", "made");
    assert.equal(local.exitCode, 1);
    assert.match(local.stderr, /--cluster: got "auto", a cluster of this machine/);
    const cluster = ["--cluster", "existing", "--kubeconfig", "kubeconfig", "--context", "theirs"];
    const made = await lanes("init", "made", ...cluster);
    assert.equal(made.exitCode, 0, made.stderr);
    assert.match(made.stdout, /^PULUMI_CONFIG_PASSPHRASE=\.\.\. pulumi up --stack made /m);
    assert.match(consumer.read("Pulumi.made.yaml"), /^# yaml-language-server: \$schema=\.\/node_modules\/mesh-lanes\//);
    for (const command of ["matrix", "render"]) {
      const { exitCode, stderr } = await lanes(command, "--stack", "made");
      assert.equal(exitCode, 0, stderr);
    }
    const demo = await lanes("init", "demo", "--demo", ...cluster);
    assert.equal(demo.exitCode, 0, demo.stderr);
    const rendered = await lanes("render", "--stack", "demo");
    assert.equal(rendered.exitCode, 1);
    assert.match(rendered.stderr, /fix: Give the workload an `image` in place of `app`/);
    assert.doesNotMatch(rendered.stderr, /^ +at /m);
    for (const name of ["made", "demo"]) rmSync(join(folder, `Pulumi.${name}.yaml`));
  });

  describe("in a repository of its own, with the step of the preview", () => {
    const files = (name: string) => consumer.read(join("preview", name));
    const git = (...args: string[]) =>
      consumer.must("git", "-c", "user.name=a", "-c", "user.email=a@example.com", ...args);
    const program = `
const pulumi = require("@pulumi/pulumi");
module.exports = { lanes: new pulumi.Config("mesh-lanes").requireObject("laneGroups").length };
`;

    before(async () => {
      consumer.write(".gitignore", "node_modules\n");
      consumer.write("Pulumi.yaml", "name: theirs\nruntime: nodejs\nmain: program/index.js\n");
      mkdirSync(join(folder, "program"));
      consumer.write("program/index.js", program);
      await git("init", "--quiet");
      await git("add", ".gitignore", "package.json", "package-lock.json", "Pulumi.yaml", "Pulumi.dev.yaml", "program");
      await git("commit", "--quiet", "--message", "first");
      const changed = stackConfig.replace("weight: 90", "weight: 60").replace("weight: 10", "weight: 40");
      consumer.write("Pulumi.dev.yaml", changed);
    });

    it("tells from the configs what a change does, without state and cluster", async () => {
      const { exitCode, log, summary } = await runAction("preview", folder, { stack: "dev", base: "HEAD" });
      assert.equal(exitCode, 0, log);
      assert.match(summary, /^### Lanes of stack dev\n\n🟠 \*\*shop: 30 % of the requests that name no lane/);
      assert.match(summary, /\*\*Objects\*\*: 2 to update; \d+ stay the same/);
      assert.equal(files("dev.md"), summary);
      assert.equal(JSON.parse(files("dev.json")).mode, "offline");
    });

    it("runs the repository's own program, in its own backend, by the pulumi of its PATH", async () => {
      const toolchain = await ensureTools({ cluster: "existing" }, silentReporter);
      const backend = mkdtempSync(join(tmpdir(), "mesh-lanes-backend-"));
      const env = {
        PATH: pathWith(toolchain.binFolder, process.env),
        ...{ PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_HOME: join(backend, "home") },
        ...{ PULUMI_CONFIG_PASSPHRASE: "theirs", PULUMI_SKIP_UPDATE_CHECK: "true" },
      };
      try {
        const without = await runAction("preview", folder, { stack: "dev" }, env);
        assert.equal(without.exitCode, 1);
        assert.match(without.log, /there is no such stack\n.*\n.*\n {4}fix: Run `pulumi stack init dev`/);
        const made = await consumer.run("pulumi", ["stack", "init", "dev", "--non-interactive"], env);
        assert.equal(made.exitCode, 0, made.stderr);
        const { exitCode, log, summary } = await runAction("preview", folder, { stack: "dev" }, env);
        assert.equal(exitCode, 0, log);
        assert.match(summary, /lane group shop comes/);
        const report = JSON.parse(files("dev.pulumi.json"));
        assert.deepEqual(
          [report.mode, report.failed, report.lanes.before],
          ["pulumi", null, "nothing (the stack was never updated)"],
        );
      } finally {
        rmSync(backend, { recursive: true });
      }
    });
  });

  it("says of the commands for the local cluster that they need a checkout", async () => {
    for (const command of ["up", "stop", "env"]) {
      const { exitCode, stderr } = await lanes(command);
      assert.equal(exitCode, 1);
      assert.match(stderr, new RegExp(`^lanes ${command} needs a checkout of mesh-lanes`));
    }
  });

  it("is published by npm as the release workflow makes it, and is private until then", async () => {
    const registry = await LoopbackRegistry.start();
    try {
      await consumer.must("tar", "-xzf", "mesh-lanes.tgz");
      const publish = () =>
        run("npm", "publish", "./package", "--access=public", "--ignore-scripts", ...registry.flags);
      const refused = await publish();
      assert.match(refused.stderr, /EPRIVATE/);
      const manifest = JSON.parse(consumer.read("package/package.json"));
      const published = publishedPackage(manifest, "https://github.com/acme/mesh-lanes");
      consumer.write("package/package.json", JSON.stringify(published));
      const { exitCode, stdout, stderr } = await publish();
      assert.equal(exitCode, 0, stdout + stderr);
      const [sent] = registry.published as { versions: Record<string, Record<string, unknown>> }[];
      const version = sent?.versions[manifest.version];
      assert.deepEqual(version?.repository, { type: "git", url: "git+https://github.com/acme/mesh-lanes.git" });
      assert.deepEqual([version?.license, version?.bin], ["Apache-2.0", { lanes: "bin/lanes.js" }]);
    } finally {
      registry.stop();
    }
  });
});
