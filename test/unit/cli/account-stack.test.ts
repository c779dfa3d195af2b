import assert from "node:assert/strict";
import { accountEnvironment, isAccountStack, refuseAccountStack } from "../../../cli/account-stack";
import { toolLines } from "../../../cli/env";
import { clusterChoiceOf } from "../../../cli/stack/needs";
import { openLocalStack } from "../../../cli/stack/open";
import { readStack } from "../../../cli/stack/read";
import { status } from "../../../cli/status";
import { stop } from "../../../cli/stop";

describe("a stack in an account", () => {
  it("is one with a cluster of kind ack", () => {
    assert.equal(isAccountStack(readStack("prod")), true);
    assert.equal(isAccountStack(readStack("staging")), true);
    assert.equal(isAccountStack(readStack("dev")), false);
  });

  it("needs the tools of an existing cluster, and none that runs one", () => {
    assert.equal(clusterChoiceOf(readStack("prod")).kind, "existing");
  });

  it("fails to open as a local stack, naming pulumi's own commands", async () => {
    await assert.rejects(openLocalStack("prod"), /pulumi destroy --run-program --stack prod/);
    assert.doesNotThrow(() => refuseAccountStack(readStack("dev"), "dev"));
  });

  it("fails to be looked into by lanes status", async () => {
    await assert.rejects(status({ stack: "prod", json: false }), /cluster ack with mesh asm/);
  });

  it("has nothing to stop here", async () => {
    assert.equal(await stop({ stack: "prod", purge: false }), true);
  });

  it("keeps the user's backend and passphrase: only the tools come first", () => {
    assert.deepEqual(accountEnvironment("/tools/bin", { PATH: "/usr/bin", PULUMI_BACKEND_URL: "oss://state" }), {
      PATH: "/tools/bin:/usr/bin",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    });
    assert.equal(toolLines({ binFolder: "/tools/bin" }), `export PATH='/tools/bin':"$PATH"`);
  });
});
