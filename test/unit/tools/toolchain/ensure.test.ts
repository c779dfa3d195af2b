import assert from "node:assert/strict";
import fs, { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Reporter, silentReporter } from "../../../../tools/report/reporter";
import { ensureTools } from "../../../../tools/toolchain/ensure";
import type { Machine } from "../../../../tools/toolchain/machine";
import { officialDownloads } from "../../../../tools/toolchain/official";
import { pins } from "../../../../tools/toolchain/pins";
import type { ToolchainOptions } from "../../../../tools/toolchain/settings";
import { UserError } from "../../../../tools/user-error";
import { fakeGo, fakeModules } from "./fake-go";
import { type Answer, FakePublisher, sha256, tarball } from "./fake-publisher";
import { scratchFolder, writeProgram } from "./scratch-folder";

const machine: Machine = { platform: "linux", cpu: "x64", root: false, debianLike: true };
const programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"];

describe("ensureTools", () => {
  const folder = scratchFolder();
  let publisher: FakePublisher;
  let notes: string[];
  const reporter: Reporter = { ...silentReporter, note: (text) => notes.push(text) };

  async function setUp(answers: Record<string, Answer>): Promise<ToolchainOptions> {
    notes = [];
    publisher = new FakePublisher(answers);
    await publisher.start();
    for (const part of ["go/cmd/pulumi-resource-kubernetes", "language-host"]) {
      await mkdir(join(folder(), "sources", part), { recursive: true });
    }
    await writeFile(join(folder(), "sources/go/go.mod"), "module x\n\nrequire (\n\texample.org/a v1.0.0\n)\n");
    await writeFile(join(folder(), "sources/language-host/go.mod"), "module y\n");
    return {
      cache: join(folder(), "cache"),
      sources: join(folder(), "sources"),
      logs: join(folder(), "log"),
      env: { PATH: `${folder()}/bin:/usr/bin:/bin` },
      bases: publisher.bases(),
      machine,
      probeTimeout: 10_000,
      stallTimeout: 10_000,
      buildSpace: 1,
    };
  }

  afterEach(() => publisher.stop());

  async function published(): Promise<Record<string, Answer>> {
    const bases = { pulumi: "", github: "", kubernetes: "", istioCharts: "", images: "" };
    const platform = { os: "linux", cpu: "x64" } as const;
    const [engine] = officialDownloads("pulumi", platform, bases);
    const [provider] = officialDownloads("kubernetes-provider", platform, bases);
    assert.ok(engine && provider);
    const engineFile = await tarball(
      Object.fromEntries(programs.map((name) => [`pulumi/${name}`, `official ${name}`])),
    );
    const providerFile = await tarball({ "pulumi-resource-kubernetes": "official provider" });
    return {
      [engine.url]: { body: engineFile },
      [engine.checksumUrl]: { body: `${sha256(engineFile)}  ${engine.fileName}\n` },
      [provider.url]: { body: providerFile },
      [provider.checksumUrl]: { body: `${sha256(providerFile)}  ${provider.fileName}\n` },
      "/index.yaml": { body: "entries: {}" },
    };
  }

  /** @returns the folder of its modules. */
  async function withGo(version?: string): Promise<string> {
    const modules = await fakeModules(join(folder(), "modules"));
    await writeProgram(join(folder(), "bin", "go"), fakeGo(modules, version));
    return modules;
  }

  const read = (path: string) => readFileSync(path, "utf8").trim();
  const ways = (choices: readonly { tool: string; way: string }[]) =>
    Object.fromEntries(choices.map(({ tool, way }) => [tool, way]));

  it("downloads what publishers offer, and the second time asks nobody", async () => {
    const options = await setUp(await published());
    const tools = await ensureTools({ cluster: "existing" }, reporter, options);
    assert.deepEqual(ways(tools.choices), {
      pulumi: "official",
      "kubernetes-provider": "official",
      "istio-charts": "remote",
    });
    assert.equal(read(tools.path("pulumi")), "official pulumi");
    assert.equal(read(tools.path("pulumi-resource-kubernetes")), "official provider");
    assert.deepEqual(readdirSync(tools.binFolder).sort(), [...programs].sort());
    assert.equal(tools.charts, undefined);
    assert.equal(tools.canPullImages, true);

    publisher.asked.length = 0;
    const again = await ensureTools({ cluster: "existing" }, reporter, options);
    assert.deepEqual(publisher.asked, []);
    assert.deepEqual(ways(again.choices), { pulumi: "cache", "kubernetes-provider": "cache", "istio-charts": "cache" });
    assert.equal(again.binFolder, tools.binFolder);
  });

  it("asks each host once", async () => {
    const options = await setUp(await published());
    await ensureTools({ cluster: "existing" }, reporter, options);
    assert.equal(publisher.asked.filter((line) => line.startsWith("HEAD ")).length, 1);
  });

  it("builds when a checksum is wrong, and says why", async () => {
    const answers = await published();
    const wrong = Object.keys(answers).find((path) => path.endsWith(`${pins.kubernetesProvider}_checksums.txt`));
    const name = `pulumi-resource-kubernetes-v${pins.kubernetesProvider}-linux-amd64.tar.gz`;
    const options = await setUp({ ...answers, [wrong ?? ""]: { body: `${"0".repeat(64)}  ${name}\n` } });
    await withGo();
    const tools = await ensureTools({ cluster: "existing" }, reporter, options);
    assert.equal(read(tools.path("pulumi-resource-kubernetes")), "built");
    assert.equal(read(tools.path("pulumi")), "official pulumi");
    assert.ok(
      notes.some((note) => /kubernetes-provider: the official download failed.*its publisher says 0000/.test(note)),
    );
  });

  it("builds everything when no host answers, and costs one timeout in all", async () => {
    const answers: Record<string, Answer> = {};
    for (const path of Object.keys(await published())) answers[path] = { silent: true };
    const options = { ...(await setUp(answers)), probeTimeout: 300 };
    await withGo();
    const tools = await ensureTools({ cluster: "existing" }, reporter, options);
    assert.equal(publisher.asked.length, 1);
    assert.deepEqual(ways(tools.choices), {
      pulumi: "registry",
      "kubernetes-provider": "registry",
      "istio-charts": "registry",
    });
    assert.equal(read(tools.path("pulumi")), "built");
    assert.equal(read(tools.path("pulumi-resource-pulumi-nodejs")), "script");
    assert.equal(read(join(tools.charts ?? "", "istio-discovery", "Chart.yaml")), "name: istiod");
    assert.ok(notes.some((note) => note.includes("did not answer in 0.3 s")));
    assert.ok(notes.some((note) => note.startsWith("built the tools in ")));
  });

  it("asks no host with MESH_LANES_OFFLINE=1", async () => {
    const options = await setUp(await published());
    await withGo();
    const env = { ...options.env, MESH_LANES_OFFLINE: "1" };
    const tools = await ensureTools({ cluster: "existing" }, reporter, { ...options, env });
    assert.deepEqual(publisher.asked, []);
    assert.equal(read(tools.path("pulumi")), "built");
  });

  it("takes the whole Pulumi set from PATH", async () => {
    const options = await setUp(await published());
    for (const program of programs) await writeProgram(join(folder(), "bin", program), "echo v3.230.0");
    const tools = await ensureTools({ cluster: "existing" }, reporter, options);
    assert.equal(ways(tools.choices).pulumi, "path");
    assert.match(read(tools.path("pulumi")), /echo v3.230.0/);
  });

  it("gets a binary again that was changed behind its back", async () => {
    const options = await setUp(await published());
    const tools = await ensureTools({ cluster: "existing" }, reporter, options);
    writeFileSync(tools.path("pulumi"), "half writ");
    const again = await ensureTools({ cluster: "existing" }, reporter, options);
    assert.equal(read(again.path("pulumi")), "official pulumi");
    assert.deepEqual(ways(again.choices), {
      pulumi: "official",
      "kubernetes-provider": "cache",
      "istio-charts": "cache",
    });
  });

  it("removes what a killed run left behind", async () => {
    const options = await setUp(await published());
    await mkdir(join(folder(), "cache/tools/.stage-old"), { recursive: true });
    await ensureTools({ cluster: "existing" }, reporter, options);
    assert.deepEqual(
      readdirSync(join(folder(), "cache/tools")).filter((name) => name.startsWith(".") || name === "lock"),
      [],
    );
  });

  it("fails when a build fails, with its last lines and the log", async () => {
    const options = await setUp({});
    await writeFile(join(await withGo(), "broken"), "");
    await assert.rejects(
      ensureTools({ cluster: "existing" }, reporter, options),
      (error) =>
        error instanceof UserError &&
        error.message.includes("a.go:1: does not compile") &&
        error.message.includes(join(folder(), "log", "tools-build.log")),
    );
    assert.deepEqual(readdirSync(join(folder(), "cache/tools")), []);
  });

  it("fails without a Go that is new enough", async () => {
    const options = await setUp({});
    await withGo("1.19.8");
    await assert.rejects(
      ensureTools({ cluster: "existing" }, reporter, options),
      (error) => error instanceof UserError && /go: .*1\.19\.8[\s\S]*fix: install Go 1\.26/.test(error.message),
    );
  });

  it("fails when the disk is too full for a build", async () => {
    const options = await setUp({});
    await withGo();
    await assert.rejects(
      ensureTools({ cluster: "existing" }, reporter, { ...options, buildSpace: 1e18 }),
      (error) => error instanceof UserError && /disk space: .* GB free[\s\S]*1000000000\.0 GB/.test(error.message),
    );
  });

  it("says that the disk is full where a download does not fit, and takes no part of it for a tool", async () => {
    const options = await setUp(await published());
    await withGo();
    const { createWriteStream } = fs;
    fs.createWriteStream = () => createWriteStream("/dev/full");
    try {
      await assert.rejects(
        ensureTools({ cluster: "existing" }, reporter, options),
        (error) => error instanceof UserError && /^the disk is full[\s\S]*ENOSPC[\s\S]*fix: Free/.test(error.message),
      );
    } finally {
      fs.createWriteStream = createWriteStream;
    }
    assert.deepEqual(
      notes.filter((note) => /built instead/.test(note)),
      [],
    );
    const tools = await ensureTools({ cluster: "existing" }, reporter, options);
    assert.equal(read(tools.path("pulumi")), "official pulumi");
  });

  it("fails for kind with every tool that only the user can install", async () => {
    const options = await setUp(await published());
    const env = { PATH: join(folder(), "bin") };
    await assert.rejects(
      ensureTools({ cluster: "kind" }, reporter, { ...options, env }),
      (error) =>
        error instanceof UserError &&
        JSON.stringify(error.problems.map((problem) => problem.path)) === JSON.stringify(["docker", "kind"]),
    );
  });

  it("fails for the embedded cluster without root", async () => {
    const options = await setUp({});
    await assert.rejects(
      ensureTools({ cluster: "embedded" }, reporter, options),
      (error) => error instanceof UserError && /not root[\s\S]*sudo/.test(error.message),
    );
  });
});
