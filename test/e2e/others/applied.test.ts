import assert from "node:assert/strict";
import { waitFor } from "../../../tools/poll";
import { silentReporter } from "../../../tools/report/reporter";
import { ensureTools } from "../../../tools/toolchain/ensure";
import { ApiServer } from "./api-server";
import { gatewayServes } from "./asm-gateway";
import { config } from "./rounds";
import { OthersStack } from "./stack";

/** On a real API server, with the real engine and a backend of the user in a folder. */
describe("lanes diff --applied", () => {
  const planted = "PLANTED-PASSWORD";
  let server: ApiServer;
  let stack: OthersStack;
  const title = (text: string) => text.split("\n")[0];
  const diff = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await stack.lanes("diff", "--applied", ...args);
    assert.equal(exitCode, 0, stderr);
    assert.ok(!(stdout + stderr).includes(planted));
    return stdout;
  };

  before(async () => {
    const toolchain = await ensureTools({ cluster: "embedded", telemetry: false }, silentReporter);
    server = await ApiServer.start(toolchain);
    stack = await OthersStack.make("applied", toolchain, server.kubeconfigFile);
    const names = ["istio-system", "applied"];
    const labels = { "istio-injection": "enabled" };
    await server.apply(
      names.map((name) => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name, ...(name === "applied" && { labels }) },
      })),
    );
    await gatewayServes(server, "ingressgateway", [80]);
  });

  after(async () => {
    stack?.remove();
    await server?.stop();
  });

  it("says that a stack was never updated, and what the first update brings", async () => {
    stack.write(config("applied", ["web"], ["v1", "v2"]));
    const text = await diff();
    assert.equal(title(text), `stack ${stack.name}: nothing (the stack was never updated) -> the working tree`);
    assert.match(text, /lane group lanes comes/);
  });

  it("says the same of a stack that the backend does not know, and makes none", async () => {
    assert.equal((await stack.pulumi("stack", "rm", "--yes", "--preserve-config", stack.name)).exitCode, 0);
    assert.match(await diff(), /nothing \(the stack was never updated\)/);
    assert.doesNotMatch((await stack.pulumi("stack", "ls", "--json")).stdout, /e2e-applied/);
    assert.equal((await stack.pulumi("stack", "init", stack.name)).exitCode, 0);
  });

  it("compares the working tree, or a file, with what the last update applied, and shows no secret", async () => {
    const set = ["config", "set", "--path", "--secret", "--stack", stack.name];
    const secret = await stack.pulumi(...set, "mesh-lanes:workloads[0].env.PASSWORD", planted);
    assert.equal(secret.exitCode, 0, secret.stderr);
    const { exitCode, stdout, stderr } = await stack.up();
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(await diff(), /^[^\n]*: what the stack last applied -> the working tree\nNothing changes: /);
    stack.write(config("applied", ["web"], ["v1"]));
    const text = await diff();
    assert.equal(title(text), `stack ${stack.name}: what the stack last applied -> the working tree`);
    assert.match(text, /requests with x-lane: v2: lane v2 -> lane v1/);
    const report = JSON.parse(await diff("--json"));
    assert.deepEqual([report.before, report.after], ["what the stack last applied", "the working tree"]);
    assert.match(await diff(`Pulumi.${stack.name}.yaml`), /what the stack last applied -> Pulumi\.e2e-applied\.yaml\n/);
  });

  it("says when the last update failed half-way", async () => {
    const name = "no-routes";
    const group = { apiVersion: "admissionregistration.k8s.io/v1", metadata: { name } };
    const rule = {
      ...{ apiGroups: ["networking.istio.io"], apiVersions: ["*"], operations: ["CREATE", "UPDATE"] },
      resources: ["virtualservices"],
    };
    await server.apply([
      {
        ...{ ...group, kind: "ValidatingAdmissionPolicy" },
        spec: {
          matchConstraints: { resourceRules: [rule] },
          validations: [{ expression: "false", message: "nobody changes routes now" }],
        },
      },
      { ...group, kind: "ValidatingAdmissionPolicyBinding", spec: { policyName: name, validationActions: ["Deny"] } },
    ]);
    const route = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name, namespace: "default" },
    };
    const denied = () =>
      server.apply([{ ...route, spec: { hosts: ["a"] } }]).then(
        () => false,
        () => true,
      );
    await waitFor("the API server to follow the policy", denied, { withinMs: 60_000, everyMs: 500 });
    const failed = await stack.up();
    assert.match(failed.stdout + failed.stderr, /nobody changes routes now/);
    const ending =
      /^[^\n]*: what the stack last applied \(its last update failed half-way: a part of that may be there, and a part not\) -> the working tree\n/;
    const told = await diff();
    assert.match(told, ending);
    // What was not applied is still to be.
    assert.match(told, /requests with x-lane: v2: lane v2 -> lane v1/);
    const preview = await stack.lanes("preview");
    assert.match(preview.stdout, ending);
    assert.match(preview.stdout, /requests with x-lane: v2: lane v2 -> lane v1/);
    await server.kubectl("delete", "validatingadmissionpolicybindings,validatingadmissionpolicies", name);
  });

  it("says what is missing where the passphrase is another", async () => {
    const wrong = await stack.lanesWith({ PULUMI_CONFIG_PASSPHRASE: "another" }, "diff", "--applied");
    assert.equal(wrong.exitCode, 1);
    assert.match(wrong.stderr, /the state of stack e2e-applied cannot be read\n {2}stack e2e-applied: /);
    assert.match(wrong.stderr, /PULUMI_CONFIG_PASSPHRASE/);
  });

  it("says that the stack was destroyed", async () => {
    stack.write(config("applied", ["web"], ["v1"]));
    const destroyed = await stack.destroy();
    assert.equal(destroyed.exitCode, 0, destroyed.stdout + destroyed.stderr);
    assert.match(title(await diff()) ?? "", /: nothing \(the stack was destroyed\) -> the working tree$/);
  });
});
