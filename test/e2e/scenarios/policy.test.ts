import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { resourcePolicies, stackPolicies } from "../../../policy/policies";
import type { PolicyResource } from "../../../policy/resource";
import { projectRoot, workFolder } from "../../../tools/paths";
import { expected, type FixtureKind, fixture } from "../../unit/policy/fixtures";
import { run, stackEnvironment, stack as stackName } from "../support";
import { useScenarios } from "./stack";

const pack = join(projectRoot, "policy");
const policies = [...resourcePolicies, ...stackPolicies].map(({ name }) => name);

/** A component that puts out what a fixture says. */
class Component extends pulumi.ComponentResource {
  public constructor(type: string, name: string, outputs: pulumi.Inputs) {
    super(type, name);
    this.registerOutputs(outputs);
  }
}

/** Makes the fixture's resources; Kubernetes objects are written to files, so that no cluster is asked. */
function make(resources: readonly PolicyResource[]): void {
  const provider = new Provider("files", { renderYamlToDirectory: join(workFolder, "policy-objects") });
  for (const { type, urn, props } of resources) {
    const name = urn.split("::").at(-1) ?? "";
    const [, apiVersion = "", kind = ""] = /^kubernetes:(.*):(\w+)$/.exec(type) ?? [];
    if (kind === "") new Component(type, name, props);
    else
      new CustomResource(name, { ...props, apiVersion, kind, metadata: { ...Object(props.metadata) } }, { provider });
  }
}

/** What the engine says when it previews the resources in a stack of that name with the pack. */
async function previewFixtures(kind: FixtureKind, stack: string): Promise<{ ok: boolean; text: string }> {
  const env = await stackEnvironment();
  const folder = join(env.PATH?.split(":")[0] ?? "", "..");
  const workspace = await LocalWorkspace.createOrSelectStack(
    {
      stackName: stack,
      projectName: "policies",
      program: async () => make(policies.flatMap((policy) => fixture(policy, kind))),
    },
    {
      pulumiCommand: await PulumiCommand.get({ root: folder, skipVersionCheck: true }),
      envVars: Object.fromEntries(
        Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
    },
  );
  try {
    const { stdout, stderr } = await workspace.preview({ policyPacks: [pack] });
    return { ok: true, text: stdout + stderr };
  } catch (error) {
    return { ok: false, text: String(error) };
  } finally {
    await workspace.workspace.removeStack(stack);
  }
}

/** The engine breaks no lines, but indents them. */
const flat = (text: string) => text.replaceAll(/\s+/g, " ");

describe("policy pack", () => {
  describe("in a stack of fixtures", () => {
    it("lets the good ones pass in production", async () => {
      const { ok, text } = await previewFixtures("good", "prod");
      assert.ok(ok, text);
      assert.match(text, /mesh-lanes@v0\.1\.0/);
    });

    it("refuses each bad one in production, and says what to do", async () => {
      const { ok, text } = await previewFixtures("bad", "prod");
      assert.equal(ok, false, text);
      for (const policy of policies) {
        assert.match(text, new RegExp(`\\[mandatory\\]\\s+${policy}\\s`), text);
        for (const message of expected[policy] ?? []) assert.ok(flat(text).includes(message), `${message}\n${text}`);
      }
    });

    it("lets plain gateways and any host pass elsewhere", async () => {
      const { ok, text } = await previewFixtures("bad", "dev");
      assert.equal(ok, false, text);
      assert.doesNotMatch(text, /gateway-tls|no-wildcard-host/);
    });
  });

  describe("in the stack of the scenarios", () => {
    const stack = useScenarios();
    const preview = (...more: string[]) =>
      run("pulumi", ["preview", "--stack", stackName, "--policy-pack", pack, ...more], stack().environment);

    it("has nothing against it", async () => {
      const { exitCode, stdout, stderr } = await preview();
      assert.equal(exitCode, 0, stdout + stderr);
      assert.match(stdout, /mesh-lanes@v0\.1\.0/);
      assert.doesNotMatch(stdout, /mandatory|advisory/);
    });

    it("refuses its plain gateway and its open hosts when it is said to be production", async () => {
      const file = join(workFolder, "e2e-policy-config.json");
      const production = { productionStacks: [stackName] };
      writeFileSync(file, JSON.stringify({ "gateway-tls": production, "no-wildcard-host": production }));
      const { exitCode, stdout } = await preview("--policy-pack-config", file);
      assert.notEqual(exitCode, 0);
      assert.match(flat(stdout), /Gateway istio-system\/ingressgateway takes plain HTTP on port 80 \(http\)/);
      assert.match(flat(stdout), /Gateway istio-system\/ingressgateway serves any host on port 80/);
    });
  });
});
