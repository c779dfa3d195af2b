import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeConfig } from "../../../../tools/embedded/config";
import { identityOf } from "../../../../tools/embedded/proc";
import {
  endProcesses,
  ensureProcess,
  fingerprint,
  livePid,
  type ProcessSpec,
  readRecord,
  recordedProcesses,
} from "../../../../tools/embedded/processes";
import { waitFor } from "../../../../tools/poll";

describe("processes", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "processes-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const config = () => ({ ...nodeConfig({ stateFolder: join(folder, "state") }), runFolder: folder });
  const pidFile = (name: string, content: string) => {
    mkdirSync(join(folder, "pids"), { recursive: true });
    writeFileSync(join(folder, "pids", `${name}.json`), content);
  };

  it("have another fingerprint when command, arguments, environment or a file differ", () => {
    const file = join(folder, "key");
    writeFileSync(file, "one");
    const spec: ProcessSpec = { name: "x", command: "/x", args: ["-a"], env: { A: "1" }, files: [file] };
    const before = fingerprint(spec);
    assert.equal(fingerprint({ ...spec }), before);
    const others = [
      { ...spec, command: "/y" },
      { ...spec, args: ["-b"] },
      { ...spec, env: { A: "2" } },
      { ...spec, files: [] },
    ].map(fingerprint);
    writeFileSync(file, "two");
    assert.equal(new Set([before, ...others, fingerprint(spec)]).size, 6);
    rmSync(file);
    assert.notEqual(fingerprint(spec), before);
  });

  for (const content of ["", "{", "17", '{"pid":1}']) {
    it(`fails to read a pid file that holds ${JSON.stringify(content)}`, () => {
      pidFile("etcd", content);
      assert.equal(readRecord(config(), "etcd"), undefined);
      assert.equal(livePid(config(), "etcd"), undefined);
    });
  }

  it("fail to be taken for ours outside the node's network namespace", () => {
    const own = identityOf(process.pid);
    const record = { ...own, fingerprint: "f", startedAt: 1 };
    pidFile("etcd", JSON.stringify(record));
    assert.deepEqual(readRecord(config(), "etcd"), record);
    assert.equal(livePid({ ...config(), netnsPath: "/run/netns/no-such-namespace" }, "etcd"), undefined);
  });

  it("run in the node's network namespace as soon as they are started, however long the way there takes", async () => {
    const namespace = await otherNetworkNamespace();
    const nsenter = spawnSync("sh", ["-c", "command -v nsenter"], { encoding: "utf8" }).stdout.trim();
    const script = `#!/bin/sh\nsleep 0.3\nexec ${[nsenter, ...namespace.entering].join(" ")} "$@"\n`;
    writeFileSync(join(folder, "nsenter"), script, { mode: 0o755 });
    const inNamespace = { ...config(), netnsPath: namespace.path };
    for (const made of ["pids", "state"]) mkdirSync(join(folder, made), { recursive: true });
    const spec = {
      name: "etcd",
      command: "sleep",
      args: ["60"],
      env: { PATH: `${folder}:${process.env.PATH}` },
      files: [],
    };
    try {
      assert.equal(await ensureProcess(inNamespace, spec), "started");
      const pid = livePid(inNamespace, "etcd");
      assert.equal(pid, readRecord(inNamespace, "etcd")?.pid);
    } finally {
      await endProcesses([readRecord(inNamespace, "etcd")?.pid ?? 0].filter(Boolean), 1000);
      namespace.end();
    }
  });

  it("are listed by their pid files, partial ones left out", () => {
    pidFile("etcd", "{}");
    writeFileSync(join(folder, "pids", "kubelet.json.7.partial"), "{}");
    assert.deepEqual(recordedProcesses(config()), ["etcd"]);
  });

  it("are killed when they do not heed SIGTERM", async () => {
    const child = spawn("sh", ["-c", 'trap "" TERM; echo ready; while :; do sleep 0.1; done'], { stdio: "pipe" });
    await new Promise((done) => child.stdout.once("data", done));
    const ended = new Promise((done) => child.once("exit", (_code, signal) => done(signal)));
    assert.ok(child.pid);
    await endProcesses([child.pid], 300);
    assert.equal(await ended, "SIGKILL");
  });
});

/**
 * A network namespace that lives as long as a process does. Root makes one directly, anybody else within a user namespace.
 * Its tools, unshare and nsenter, are part of every Linux.
 */
async function otherNetworkNamespace() {
  const root = process.getuid?.() === 0;
  const holder = spawn("unshare", [...(root ? [] : ["--user", "--map-root-user"]), "--net", "cat"]);
  const path = `/proc/${holder.pid}/ns/net`;
  const own = readlinkSync("/proc/self/ns/net");
  const made = () => {
    assert.equal(holder.exitCode, null, "unshare made no namespace");
    return readlinkSync(path) !== own;
  };
  await waitFor("unshare to make a namespace", made, { withinMs: 10_000, everyMs: 10 });
  const entering = root ? [] : ["--preserve-credentials", `--user=/proc/${holder.pid}/ns/user`];
  return { path, entering, end: () => void holder.kill() };
}
