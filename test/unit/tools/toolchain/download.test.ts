import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fetchOfficial } from "../../../../tools/toolchain/download";
import type { OfficialDownload } from "../../../../tools/toolchain/official";
import { type Answer, FakePublisher, sha256, tarball } from "./fake-publisher";
import { scratchFolder } from "./scratch-folder";

describe("fetchOfficial", () => {
  const folder = scratchFolder();
  let publisher: FakePublisher;
  afterEach(() => publisher.stop());

  async function fetchFrom(answers: Record<string, Answer>, take: OfficialDownload["take"]): Promise<void> {
    publisher = new FakePublisher(answers);
    await publisher.start();
    const download = { url: `${publisher.base}/tool`, checksumUrl: `${publisher.base}/sums`, fileName: "tool", take };
    await fetchOfficial(download, folder(), { stallTimeout: 300 });
  }

  it("puts a checked file there, executable", async () => {
    await fetchFrom({ "/tool": { body: "binary" }, "/sums": { body: sha256("binary") } }, { program: "kubelet" });
    assert.deepEqual(readdirSync(folder()), ["kubelet"]);
    assert.equal(readFileSync(`${folder()}/kubelet`, "utf8"), "binary");
    assert.equal(statSync(`${folder()}/kubelet`).mode & 0o777, 0o755);
  });

  it("takes only the named members of an archive", async () => {
    const body = await tarball({ "./etcd-v3/etcd": "server", "etcd-v3/etcdctl": "client", "../outside": "evil" });
    await fetchFrom(
      { "/tool": { body }, "/sums": { body: `${sha256(body)}  tool\n` } },
      { members: { "etcd-v3/etcd": "etcd" } },
    );
    assert.deepEqual(readdirSync(folder()), ["etcd"]);
    assert.equal(readFileSync(`${folder()}/etcd`, "utf8"), "server");
  });

  const good = Buffer.from("binary");
  const sums = { body: sha256(good) };
  const failing: [string, Record<string, Answer>, RegExp][] = [
    ["fails on a wrong checksum", { "/tool": { body: "tampered" }, "/sums": sums }, /its publisher says/],
    ["fails on a file that breaks off", { "/tool": { truncated: good }, "/sums": sums }, /\/tool: /],
    ["fails on 404", { "/sums": sums }, /\/tool: it answered 404/],
    ["fails without a checksum file", { "/tool": { body: good } }, /\/sums: it answered 404/],
    [
      "fails when the checksum file does not list it",
      { "/tool": { body: good }, "/sums": { body: `${sha256(good)}  other\n` } },
      /does not list tool/,
    ],
    ["fails when the server stalls", { "/tool": { silent: true }, "/sums": sums }, /no data for 0.3 s/],
    [
      "fails when the checksum server stalls",
      { "/tool": { body: good }, "/sums": { silent: true } },
      /did not answer in time/,
    ],
  ];
  for (const [title, answers, message] of failing) {
    it(`${title} and leaves no file`, async () => {
      await assert.rejects(fetchFrom(answers, { program: "kubelet" }), message);
      assert.deepEqual(readdirSync(folder()), []);
    });
  }

  it("fails when an archive lacks a member", async () => {
    const body = await tarball({ other: "x" });
    const answers = { "/tool": { body }, "/sums": { body: sha256(body) } };
    await assert.rejects(fetchFrom(answers, { members: { etcd: "etcd" } }), /tool does not hold etcd/);
    assert.equal(existsSync(`${folder()}/etcd`), false);
  });

  it("fails on a right checksum of something that is no archive", async () => {
    const answers = { "/tool": { body: "plain" }, "/sums": { body: sha256("plain") } };
    await assert.rejects(fetchFrom(answers, { members: { etcd: "etcd" } }), /incorrect header check/);
  });
});
