import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { combine, findPull, limit, main, untrusted, writeComment } from "../../../.github/scripts/comment";
import { FakeForge } from "./fake-forge";

const bot = "github-actions[bot]";
const body = (run: number, text: string) => `<!-- mesh-lanes preview run=${run} -->\n${text}`;

describe("the comment of a preview", () => {
  let forge: FakeForge;
  let waits: number[];
  beforeEach(async () => {
    forge = await FakeForge.start();
    waits = [];
  });
  afterEach(() => forge.stop());

  const access = () => ({
    ...{ api: forge.url, token: "t", repository: "o/r" },
    sleep: async (milliseconds: number) => void waits.push(milliseconds),
  });
  const write = (run: number, text: string) => writeComment({ ...access(), pull: 7, run, author: bot, body: text });
  const bodies = () => forge.comments.map((comment) => comment.body);

  it("is made once and then changed in place, among many others", async () => {
    for (let index = 0; index < 250; index += 1) forge.add("hello", "someone");
    assert.equal(await write(1, "one"), "created");
    assert.equal(await write(2, "two"), "updated");
    assert.deepEqual(bodies().slice(250), [body(2, "two")]);
  });

  it("leaves alone what others wrote with the same mark", async () => {
    forge.add(body(9, "not ours"), "someone");
    assert.equal(await write(1, "one"), "created");
    assert.deepEqual(bodies(), [body(9, "not ours"), body(1, "one")]);
  });

  it("is one when two runs write at once, and tells what the later one found", async () => {
    await Promise.all([write(1, "one"), write(2, "two"), write(3, "three")]);
    // Whatever the order was, the next look leaves one.
    await write(3, "three");
    assert.deepEqual(bodies(), [body(3, "three")]);
  });

  it("is not written over by a run that is late", async () => {
    await write(5, "five");
    assert.equal(await write(4, "four"), "newer");
    assert.deepEqual(bodies(), [body(5, "five")]);
    forge.add(body(6, "six"), bot);
    assert.equal(await write(4, "four"), "newer");
    assert.deepEqual(bodies(), [body(6, "six")]);
  });

  it("waits as long as a rate limit says, and no longer than makes sense", async () => {
    const limits: { status: number; headers: Record<string, string> }[] = [
      { status: 429, headers: { "retry-after": "7" } },
      {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 30) },
      },
    ];
    forge.fault = ({ method }) => (method === "POST" ? limits.shift() : undefined);
    assert.equal(await write(1, "one"), "created");
    assert.equal(waits[0], 7000);
    assert.ok((waits[1] ?? 0) > 20_000 && (waits[1] ?? 0) <= 31_000, String(waits[1]));
    forge.fault = () => ({ status: 429, headers: { "retry-after": "3600" } });
    await assert.rejects(write(2, "two"), /got 429/);
    assert.equal(waits.length, 2);
  });

  it("is made again when somebody deleted it between the look and the change", async () => {
    await write(1, "one");
    forge.fault = ({ method }) => {
      if (method !== "PATCH") return undefined;
      forge.comments = [];
      forge.fault = () => undefined;
      return undefined;
    };
    assert.equal(await write(2, "two"), "created");
    assert.deepEqual(bodies(), [body(2, "two")]);
  });

  it("is not made twice when the answer to the first attempt is lost", async () => {
    let lost = 0;
    forge.fault = ({ method }) => {
      if (method !== "POST" || lost > 0) return undefined;
      lost += 1;
      return { status: 502, after: true };
    };
    assert.equal(await write(1, "one"), "created");
    assert.deepEqual(bodies(), [body(1, "one")]);
  });

  it("fails with the forge's own words when it may not write, or when the comment never stays", async () => {
    forge.fault = ({ method }) => (method === "POST" ? { status: 403 } : undefined);
    await assert.rejects(write(1, "one"), /POST \/repos\/o\/r\/issues\/7\/comments: got 403 \{"message":"no"\}/);
    forge.fault = ({ method }) => (method === "POST" ? { status: 502 } : undefined);
    await assert.rejects(write(1, "one"), /is lost each time it is made/);
  });

  it("belongs to the pull request whose head the run was at", async () => {
    forge.pulls = [
      { number: 3, head: { sha: "old", label: "fork:main" } },
      { number: 4, head: { sha: "abc", label: "fork:main" } },
      { number: 5, head: { sha: "abc", label: "o:main" } },
    ];
    const find = (head: string, sha: string) => findPull({ ...access(), head, sha });
    assert.deepEqual([await find("fork:main", "abc"), await find("fork:main", "new")], [4, undefined]);
  });

  describe("of a run", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "mesh-lanes-comment-"));
      forge.pulls = [{ number: 7, head: { sha: "abc", label: "fork:x" } }];
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const run = (fork: boolean) =>
      main({
        ...{ GITHUB_API_URL: forge.url, GITHUB_TOKEN: "t", GITHUB_REPOSITORY: "o/r", HEAD: "fork:x", HEAD_SHA: "abc" },
        ...{ GITHUB_RUN_NUMBER: "1", RUN_URL: "https://forge.example/runs/1", PREVIEW: folder, FORK: String(fork) },
      });

    it("has the reports of all stacks, and says when a fork made them", async () => {
      writeFileSync(join(folder, "dev.md"), "### Lanes of stack dev\n@all <!-- mesh-lanes preview run=99 -->\n");
      writeFileSync(join(folder, "stacks.json"), "{}");
      assert.equal(await run(true), "created");
      const [written = ""] = bodies();
      assert.ok(written.includes("_Made by the code of a fork: look at the files too._"), written);
      assert.ok(written.includes("### Lanes of stack dev\n@\u200ball &lt;!-- mesh-lanes"), written);
    });

    it("says when nothing changes, and when the preview failed", async () => {
      await run(false);
      assert.deepEqual(bodies(), [body(1, "The preview of the lanes failed: https://forge.example/runs/1\n")]);
      writeFileSync(join(folder, "stacks.json"), "{}");
      await run(false);
      assert.deepEqual(bodies(), [body(1, "No stack changes what its lanes do.\n")]);
    });
  });
});

describe("reports of several stacks as one comment", () => {
  const report = (name: string, rows: number, rest: number) =>
    `### ${name}\n\n**verdict of ${name}**\n\n| | Group |\n${"| care | x |\n".repeat(rows)}\n<details>${"r".repeat(rest)}</details>\n`;

  it("has all of them where there is room", () => {
    const [one, two] = [report("a", 3, 10), report("b", 3, 10)];
    assert.equal(combine([one, two], "note"), `note\n${one}\n${two}`);
  });

  it("is bounded, with every verdict, and as many lists of changes as there is room for", () => {
    for (const rows of [10, 500, 4000]) {
      const text = combine(Array.from({ length: 12 }, (_, index) => report(`stack-${index}`, rows, 30_000)));
      assert.ok(text.length <= limit, `${text.length} characters`);
      for (let index = 0; index < 12; index += 1) assert.ok(text.includes(`**verdict of stack-${index}**`));
    }
  });

  const sections = (text: string) => (text.match(/<details>/g) ?? []).length;
  const left = (text: string) =>
    [...text.matchAll(/(\d+) more parts? (?:is|are) too long for a comment/g)].reduce(
      (sum, [, more]) => sum + Number(more),
      0,
    );
  const detail = (size: number) => `<details><summary>s</summary>\n\n${"r".repeat(size)}\n</details>\n`;

  it("drops parts one by one, and counts them with those that were left out before", () => {
    const head = "### a\n\n**verdict of a**\n\n| | Group |\n|---|---|\n| care | x |\n\n";
    const full = head + [detail(25_000), detail(25_000), detail(9750)].join("\n");
    assert.ok(full.length < limit && full.length > limit - 150, `${full.length} characters`);
    assert.equal(combine([full]), full);
    const tail = "\n4 more parts are too long for a comment: `lanes diff` shows all.\n";
    const two = combine([full + tail, head + detail(40_000) + detail(100)]);
    assert.ok(two.length <= limit && two.includes(head), `${two.length} characters`);
    assert.deepEqual([sections(two), left(two)], [3, 6]);
  });

  it("tells the greatest risks of a long list, and counts the others", () => {
    const rows = [...Array(40).fill("| 🔴 DANGER | x | d |"), ...Array(4000).fill("| ⚪ note | x | n |")];
    const head = `### a\n\n🔴 **verdict of a**\n\n<sub>b</sub>\n\n| | Group | Change |\n|---|---|---|\n${rows.join("\n")}\n\n**Objects**: 3\n`;
    const text = combine(Array(3).fill(head));
    assert.ok(text.length <= limit, `${text.length} characters`);
    assert.equal(text.split("| 🔴 DANGER |").length - 1, 120);
    assert.equal(text.split("**Objects**: 3").length - 1, 3);
    const counted = [...text.matchAll(/and (\d+) more changes/g)].reduce((sum, [, more]) => sum + Number(more), 0);
    assert.equal(text.split("\n| ").length - 1 - 3 - 3 + counted, 3 * rows.length);
  });

  it("is bounded for any number of stacks, with the dangerous ones first, and counts those that are left out", () => {
    const head = (name: number) => {
      const [sign, risk] = name % 100 === 99 ? ["🔴", "DANGER"] : ["🟠", "care"];
      return `### Lanes of stack s${name}\n\n${sign} **${"long ".repeat(300)}**\n\n| | Group | Change |\n|---|---|---|\n| ${sign} ${risk} | x | d |\n`;
    };
    for (const count of [30, 300, 3000]) {
      const text = combine(
        Array.from({ length: count }, (_, index) => head(index)),
        "note\n",
      );
      assert.ok(text.length <= limit, `${text.length} characters`);
      const stacks = text.split("### Lanes of stack").length - 1;
      const [, more = "0"] = /and (\d+) more stacks/.exec(text) ?? [];
      assert.equal(stacks + Number(more), count);
      assert.equal(text.split("🔴 **").length - 1, Math.floor(count / 100), "dangerous");
    }
  });

  it("takes marks and mentions of others for text", () => {
    assert.equal(untrusted("<!-- x --> @a @\u200bb"), "&lt;!-- x --> @\u200ba @\u200bb");
  });
});
