import assert from "node:assert/strict";
import { environmentLines } from "../../../../cli/env";
import {
  collectingRarely,
  pulumiEnvironment,
  requireSecretsProvider,
  stackOwner,
} from "../../../../cli/pulumi/environment";
import { UserError } from "../../../../tools/user-error";

const toolchain = { binFolder: "/tools/bin" };
const theirs = { PATH: "/usr/bin", PULUMI_CONFIG_PASSPHRASE: "theirs", PULUMI_BACKEND_URL: "s3://theirs" };

describe("collectingRarely", () => {
  it("has the engine collect garbage rarely, unless the user says how often, and leaves the user's shell alone", () => {
    assert.deepEqual(collectingRarely({}), { GOGC: "400" });
    assert.deepEqual(collectingRarely({ GOGC: "50" }), { GOGC: "50" });
    assert.doesNotMatch(environmentLines(toolchain, { kind: "embedded" }, {}), /GOGC/);
  });
});

describe("pulumiEnvironment", () => {
  it("keeps state and secrets of a cluster that the program makes to itself", () => {
    for (const kind of ["auto", "embedded", "kind"]) {
      const env = pulumiEnvironment(toolchain, stackOwner({ kind }), theirs);
      assert.equal(env.PULUMI_CONFIG_PASSPHRASE, "mesh-lanes-local");
      assert.match(env.PULUMI_BACKEND_URL ?? "", /^file:/);
    }
  });

  it("leaves passphrase and backend of a stack on the user's cluster to the user", () => {
    const env = { ...theirs, ...pulumiEnvironment(toolchain, stackOwner({ kind: "existing" }), theirs) };
    assert.equal(env.PULUMI_CONFIG_PASSPHRASE, "theirs");
    assert.equal(env.PULUMI_BACKEND_URL, "s3://theirs");
  });

  it("names the charts of each control plane", () => {
    const env = pulumiEnvironment({ ...toolchain, charts: "/new", previousCharts: "/older" }, "user", {});
    assert.deepEqual([env.MESH_LANES_CHARTS, env.MESH_LANES_PREVIOUS_CHARTS], ["/new", "/older"]);
    assert.ok(!("MESH_LANES_PREVIOUS_CHARTS" in pulumiEnvironment(toolchain, "user", {})));
  });

  it("never gives the public passphrase to a stack on the user's cluster", () => {
    assert.ok(!("PULUMI_CONFIG_PASSPHRASE" in pulumiEnvironment(toolchain, "user", {})));
  });
});

describe("requireSecretsProvider", () => {
  const allowed: [string, "program" | "user", string, NodeJS.ProcessEnv][] = [
    ["a cluster of the program", "program", "", {}],
    ["a passphrase", "user", "", { PULUMI_CONFIG_PASSPHRASE: "x" }],
    ["an empty passphrase, which is a choice too", "user", "", { PULUMI_CONFIG_PASSPHRASE: "" }],
    ["a file with the passphrase", "user", "", { PULUMI_CONFIG_PASSPHRASE_FILE: "/run/secret" }],
    ["a secrets provider", "user", "secretsprovider: awskms://alias/x\n", {}],
    ["Pulumi Cloud", "user", "", { PULUMI_BACKEND_URL: "https://api.pulumi.com" }],
  ];
  for (const [title, owner, file, env] of allowed) {
    it(`takes ${title}`, () => assert.doesNotThrow(() => requireSecretsProvider(owner, file, env)));
  }
  it("refuses to make a stack on the user's cluster with the passphrase of local ones, and opens one that has it", () => {
    const env = { PULUMI_CONFIG_PASSPHRASE: "mesh-lanes-local" };
    assert.throws(() => requireSecretsProvider("user", "config: {}\n", env), /everybody knows/);
    requireSecretsProvider("user", "config: {}\nencryptionsalt: v1:abc\n", env);
    requireSecretsProvider("program", "config: {}\n", env);
  });

  it("refuses a stack on the user's cluster without any of them", () => {
    assert.throws(() => requireSecretsProvider("user", "config: {}\n", { PULUMI_BACKEND_URL: "s3://x" }), UserError);
  });
});

describe("environmentLines", () => {
  it("names the kubeconfig file and the context of an existing cluster", () => {
    const cluster = { kind: "existing", kubeconfig: "/home/a/prod.yaml", context: "prod" };
    const lines = environmentLines(toolchain, cluster, theirs).split("\n");
    assert.ok(lines.includes("export KUBECONFIG='/home/a/prod.yaml'"), lines.join("\n"));
    assert.ok(lines.includes("export PULUMI_BACKEND_URL='s3://theirs'"), lines.join("\n"));
    assert.equal(lines.at(-1), "# the stack's context: kubectl --context 'prod'");
    assert.doesNotMatch(lines.join("\n"), /PASSPHRASE/);
  });
  it("names the program's own kubeconfig for a cluster that it makes", () => {
    const lines = environmentLines(toolchain, { kind: "embedded" }, {}).split("\n");
    assert.match(lines.at(-1) ?? "", /^export KUBECONFIG='.*\.lanes\/kubeconfig'$/);
  });
});
