import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { pulumiCommand } from "../../../../cli/pulumi/command";

describe("Pulumi's command line", () => {
  let folder: string;
  const asked = () => readFileSync(join(folder, "asked"), "utf8").trim().split("\n");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-command-"));
    const script = `#!/bin/sh\necho "$*" >> ${folder}/asked\n[ "$1" = version ] && echo v3.240.0 || echo '[]'\n`;
    writeFileSync(join(folder, "pulumi"), script);
    chmodSync(join(folder, "pulumi"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("of a tool chain is not asked for its version, and runs", async () => {
    const choice = { tool: "pulumi", version: "3.215.0", way: "cache", reason: "" } as const;
    const command = await pulumiCommand({ binFolder: folder, choices: [choice] });
    const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: command });
    assert.equal(workspace.pulumiVersion, "3.215.0");
    assert.deepEqual(await workspace.listStacks(), []);
    assert.deepEqual(asked(), ["stack ls --json --non-interactive"]);
  });

  it("on PATH is asked for its version", async () => {
    const path = process.env.PATH;
    process.env.PATH = `${folder}:${path}`;
    try {
      const command = await pulumiCommand();
      assert.equal(command.version?.version, "3.240.0");
    } finally {
      process.env.PATH = path;
    }
    assert.deepEqual(asked(), ["version"]);
  });
});
