import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeConfig } from "../../../../tools/embedded/config";
import { lastLines, waitUntil } from "../../../../tools/embedded/wait";
import { UserError } from "../../../../tools/user-error";

describe("waiting for the node", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wait-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const config = () => ({ ...nodeConfig({ stateFolder: folder }), runFolder: join(folder, "run") });

  it("ends when the condition holds", async () => {
    let asked = 0;
    await waitUntil(config(), "it", [], async () => ++asked === 2, 5);
    assert.equal(asked, 2);
  });

  it("fails at once when a process that it needs has ended, with the end of its log", async () => {
    mkdirSync(join(folder, "log"));
    writeFileSync(join(folder, "log", "etcd.log"), "first\npanic: no space\n");
    await assert.rejects(
      waitUntil(config(), "it", ["etcd"], async () => false, 60),
      (error) => error instanceof UserError && /etcd ended[\s\S]*panic: no space/.test(error.message),
    );
  });

  it("fails when the time has passed", async () => {
    await assert.rejects(
      waitUntil(config(), "the thing", [], async () => false, 0),
      /the thing was not ready within 0 s/,
    );
  });

  it("shows the end of a long log and says when there is none", () => {
    const file = join(folder, "long.log");
    writeFileSync(file, Array.from({ length: 5000 }, (_, index) => `line ${index}`).join("\n"));
    assert.equal(lastLines(file, 2), "      line 4998\n      line 4999");
    assert.equal(lastLines(join(folder, "none.log"), 2), "      (nothing)");
  });
});
