import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { marked } from "marked";
import { limit, main } from "../../../.github/scripts/comment.js";
import { projectRoot } from "../../../tools/paths";
import { FakeForge } from "../../unit/ci/fake-forge";
import { Browser } from "../scenarios/browser";

/** With this variable set, the pictures of the documentation are recreated in that folder. */
const images = process.env.MESH_LANES_E2E_IMAGES;

/** Of a common phone, in CSS pixels. */
const phone = { width: 390, height: 844 };

/** The change that docs/ci.md shows: lane v2 gets a mockb of its own. */
const change = {
  stack: "staging",
  versions: { from: /(name: mockb\b.*?versions: )\[v1, v3\]/s, to: "$1[v1, v2, v3]" },
  service: {
    from: "{ name: mockb, port: 8000, versions: [v1, v3] }",
    to: "{ name: mockb, port: 8000, versions: [v1, v2, v3] }",
  },
} as const;

/** What a forge does to a comment: tables and code scroll in their own box, the page does not. */
const style = `
  body { margin: 16px; font: 15px/1.5 sans-serif; overflow-wrap: anywhere; }
  table { border-collapse: collapse; } td, th { border: 1px solid #d1d9e0; padding: 6px 10px; text-align: left; }
  td:nth-child(-n+2), th { white-space: nowrap; }
  pre { overflow-x: auto; background: #f6f8fa; padding: 12px; font-size: 12px; } details { margin: 10px 0; }`;

describe("the comment on a pull request, as the workflow makes it in a copy of the repository", () => {
  let folder: string;
  let forge: FakeForge;
  let browser: Browser | undefined;
  let comment: string;
  let report: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-comment-"));
    forge = await FakeForge.start();
    const checkout = join(folder, "checkout");
    const preview = join(folder, "preview");
    const git = (...args: string[]) => execa("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args]);
    await git("clone", "--quiet", projectRoot, checkout);
    symlinkSync(join(projectRoot, "node_modules"), join(checkout, "node_modules"));
    const file = join(checkout, `Pulumi.${change.stack}.yaml`);
    const before = readFileSync(file, "utf8");
    const after = before
      .replace(change.service.from, change.service.to)
      .replace(change.versions.from, change.versions.to);
    assert.notEqual(after, before);
    writeFileSync(file, after);
    await git("-C", checkout, "commit", "--quiet", "--all", "--message", "Lane v2 gets a mockb of its own");
    const { stdout: sha } = await git("-C", checkout, "rev-parse", "HEAD");
    await execa(process.execPath, [".github/scripts/preview.js", "HEAD~1", preview], { cwd: checkout });
    report = readFileSync(join(preview, `${change.stack}.md`), "utf8");
    forge.pulls = [{ number: 7, head: { sha, label: "o:branch" } }];
    const done = await main({
      ...{ GITHUB_API_URL: forge.url, GITHUB_TOKEN: "t", GITHUB_REPOSITORY: "o/r", HEAD: "o:branch", HEAD_SHA: sha },
      ...{ GITHUB_RUN_NUMBER: "1", RUN_URL: "https://forge.example/runs/1", PREVIEW: preview, FORK: "false" },
    });
    assert.equal(done, "created");
    comment = forge.comments[0]?.body ?? "";
  });

  after(async () => {
    await browser?.close();
    forge?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("tells the stack that changes, verdict first, within the limit", () => {
    assert.match(
      comment,
      /^<!-- mesh-lanes preview run=1 -->\n### Lanes of stack staging\n\n🟠 \*\*shop: 30 % of the requests/,
    );
    assert.match(comment, /lane v2 now has its own mockb, and no longer falls back/);
    assert.ok(comment.length <= limit, `${comment.length} characters`);
  });

  it("is the text that docs/ci.md shows", () => {
    assert.ok(comment.includes(report.trim()), comment);
    const page = readFileSync(join(projectRoot, "docs", "ci.md"), "utf8");
    assert.ok(page.includes(`\`\`\`\`markdown\n${report.trim()}\n\`\`\`\`\n`), `docs/ci.md shows another: ${report}`);
  });

  it("is readable on a phone: nothing is wider than the screen", async () => {
    browser = await Browser.start({ rules: [] });
    const window = await browser.window();
    await window.setViewportSize(phone);
    const body = await marked.parse(comment, { gfm: true });
    await window.setContent(`<!doctype html><meta charset="utf-8"><style>${style}</style>${body}`);
    const widest = await window.evaluate("document.documentElement.scrollWidth");
    assert.equal(widest, phone.width);
    // What is folded counts too.
    await window.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
    assert.equal(await window.evaluate("document.documentElement.scrollWidth"), phone.width);
    if (images === undefined) return;
    await window.evaluate("document.querySelectorAll('details').forEach((each, at) => { each.open = at === 1; })");
    await window.screenshot({ path: join(images, "comment-phone.png"), fullPage: true });
  });
});
