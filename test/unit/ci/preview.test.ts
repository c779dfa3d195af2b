import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { reportsOf } from "../../../.github/scripts/comment.js";
import { driftOf } from "../../../.github/scripts/drift.js";
import { projectRoot } from "../../../tools/paths";

describe("the preview of all stacks", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-preview-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const run = (base: string, cwd = projectRoot) =>
    execa(process.execPath, [".github/scripts/preview.js", base, folder], { cwd, reject: false });

  /** A checkout of the last commit: in this one may be stack files of whoever runs the tests. */
  async function inCheckout(work: (checkout: string) => Promise<void>): Promise<void> {
    const checkout = join(folder, "checkout");
    await execa("git", ["worktree", "add", "--quiet", "--detach", checkout, "HEAD"], { cwd: projectRoot });
    try {
      symlinkSync(join(projectRoot, "node_modules"), join(checkout, "node_modules"));
      await work(checkout);
    } finally {
      await execa("git", ["worktree", "remove", "--force", checkout], { cwd: projectRoot });
    }
  }

  it("keeps the reports of those that change, and says at the end that all were looked at", () =>
    inCheckout(async (checkout) => {
      const { exitCode, stdout, stderr } = await run("HEAD", checkout);
      assert.equal(exitCode, 0, stderr);
      const stacks = readdirSync(checkout).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
      for (const stack of stacks) assert.ok(stdout.includes(`stack ${stack}: HEAD`), stdout);
      const { changed } = JSON.parse(readFileSync(join(folder, "stacks.json"), "utf8"));
      const expected = changed.flatMap((stack: string) => ["json", "md", "svg"].map((form) => `${stack}.${form}`));
      const rendered = changed.length > 0 ? ["rendered"] : [];
      assert.deepEqual(readdirSync(folder).sort(), [...expected, ...rendered, "checkout", "stacks.json"].sort());
    })).timeout(600_000);

  it("has what a change of one stack does, and names it for the preview with credentials", () =>
    inCheckout(async (checkout) => {
      const file = join(checkout, "Pulumi.dev.yaml");
      const swapped = readFileSync(file, "utf8").replace(/(?<=name: s2, version: )v2/, "v3");
      writeFileSync(file, swapped.replace(/(?<=name: s3, version: )v3/, "v2"));
      const output = join(folder, "output");
      const { exitCode, stderr } = await execa(process.execPath, [".github/scripts/preview.js", "HEAD", folder], {
        ...{ cwd: checkout, reject: false },
        env: { GITHUB_OUTPUT: output, PREVIEW_STACKS: '["dev","prod"]' },
      });
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(JSON.parse(readFileSync(join(folder, "stacks.json"), "utf8")), { changed: ["dev"] });
      assert.equal(readFileSync(output, "utf8"), 'stacks=["dev"]\n');
      const text = readFileSync(join(folder, "dev.md"), "utf8");
      assert.match(text, /^### Lanes of stack dev\n\n🔴 \*\*An update would be refused\*\*: .* unsafe in one update/);
      assert.match(text, /\n🔴 \*\*test: strict lane s2 changes its version in place, and 2 moves\./);
      assert.match(text, /\*\*Objects\*\*: 4 to update; \d+ stay the same/);
      const rendered = readdirSync(join(folder, "rendered", "dev", "cluster"));
      assert.ok(rendered.includes("60-destinationrule.default.test.mocka.yaml"), rendered.join());
    })).timeout(600_000);

  it("fails without that when a revision is not there", async () => {
    const { exitCode } = await run("no-such-revision");
    assert.notEqual(exitCode, 0);
    assert.ok(!existsSync(join(folder, "stacks.json")));
  });
});

describe("drift", () => {
  const quiet = { failed: null, lanes: { verdict: { risk: null, text: "Nothing changes." } }, changes: [] };
  const change = { operation: "update", type: "kubernetes:apps/v1:Deployment", name: "a", drift: [] };

  it("is none where nothing would change", () => assert.deepEqual(driftOf(quiet), []));

  it("is what somebody changed in the cluster, told apart from what nobody has applied yet", () => {
    const changes = [
      { ...change, cause: "cluster", drift: ["spec.replicas"] },
      { ...change, cause: "config" },
    ];
    const lanes = { verdict: { risk: "care", text: "A lane moves." } };
    assert.deepEqual(driftOf({ ...quiet, lanes, changes }), [
      "changed in the cluster: kubernetes:apps/v1:Deployment a spec.replicas",
      "not applied yet: A lane moves.",
      "not applied yet: update kubernetes:apps/v1:Deployment a",
    ]);
    assert.deepEqual(driftOf({ ...quiet, failed: "no" }), ["pulumi preview failed: no"]);
  });
});

describe("the reports of a comment", () => {
  it("are one for each stack, that with credentials where there is one", () => {
    const names = ["dev.json", "dev.md", "prod.md", "prod.pulumi.json", "prod.pulumi.md", "stacks.json"];
    assert.deepEqual(reportsOf(names), ["dev.md", "prod.pulumi.md"]);
  });
});
