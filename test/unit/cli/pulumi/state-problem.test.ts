import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { lookingAtState, withoutKey } from "../../../../cli/pulumi/state-problem";
import { UserError } from "../../../../tools/user-error";

describe("a command of Pulumi that does not end well", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "mesh-lanes-pulumi-"));
    mkdirSync(join(root, "bin"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function runs(script: string): Promise<unknown> {
    const file = join(root, "bin", "pulumi");
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return PulumiCommand.get({ root });
  }

  /** What a user is told when Pulumi's command line is this script. */
  async function told(script: string): Promise<UserError> {
    const error = await lookingAtState("dev", () => runs(script)).catch((problem) => problem);
    assert.ok(error instanceof UserError, String(error));
    return error;
  }

  it("was killed: told with the signal, and to run it again", async () => {
    const { message, problems } = await told("kill -9 $$");
    assert.match(message, /^pulumi was killed/);
    assert.equal(problems[0]?.got, "SIGKILL");
    assert.match(problems[0]?.fix ?? "", /again/);
  });

  it("found a part of a state: told that no other passphrase helps, and what does", async () => {
    const words = "error: failed to load checkpoint: place 1: unexpected end of JSON input";
    const { message, problems } = await told(`echo '${words}' >&2; exit 255`);
    assert.match(message, /^the state of stack dev is not whole/);
    assert.equal(problems[0]?.got, words);
    assert.match(problems[0]?.fix ?? "", /lanes up --stack dev.*dev\.json\.bak/);
    assert.doesNotMatch(message, /PASSPHRASE/);
  });

  it("found the disk full: told so", async () => {
    const { message } = await told("echo 'error: write /x/workspace.json87: no space left on device' >&2; exit 255");
    assert.match(message, /^the disk is full[\s\S]*ENOSPC/);
  });

  it("has a reason: told in the engine's words, with what the state needs", async () => {
    const { message, problems } = await told("echo 'error: incorrect passphrase' >&2; exit 255");
    assert.match(message, /^the state of stack dev cannot be read/);
    assert.equal(problems[0]?.got, "error: incorrect passphrase");
    assert.match(problems[0]?.fix ?? "", /PULUMI_CONFIG_PASSPHRASE/);
  });

  it("changes things and has no key to the secrets: told as of one that looks, and no other failure is", async () => {
    const failure = (words: string) => runs(`echo '${words}' >&2; exit 255`).catch((error: unknown) => error);
    const words = "error: getting stack configuration: get stack secrets manager: incorrect passphrase";
    const error = withoutKey("dev", await failure(words));
    assert.match(error?.message ?? "", /^the state of stack dev cannot be read/);
    assert.equal(error?.problems[0]?.got, words);
    assert.equal(withoutKey("dev", await failure("error: update failed")), undefined);
    assert.equal(withoutKey("dev", new Error("passphrase")), undefined);
  });
});
