import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";

describe("the preview of all stacks", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-preview-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const run = (base: string) =>
    execa(process.execPath, [".github/scripts/preview.js", base, folder], { cwd: projectRoot, reject: false });

  it("keeps the reports of those that change, and says at the end that all were looked at", async () => {
    const { exitCode, stdout, stderr } = await run("HEAD");
    assert.equal(exitCode, 0, stderr);
    const stacks = readdirSync(projectRoot).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    for (const stack of stacks) assert.ok(stdout.includes(`stack ${stack}: HEAD`), stdout);
    const { changed } = JSON.parse(readFileSync(join(folder, "stacks.json"), "utf8"));
    const expected = [...changed.flatMap((stack: string) => ["json", "md", "svg"].map((form) => `${stack}.${form}`))];
    assert.deepEqual(readdirSync(folder).sort(), [...expected, "stacks.json"].sort());
  }).timeout(120_000);

  it("fails without that when a revision is not there", async () => {
    const { exitCode } = await run("no-such-revision");
    assert.notEqual(exitCode, 0);
    assert.ok(!existsSync(join(folder, "stacks.json")));
  });
});
