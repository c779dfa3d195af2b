import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { withUsedCommandsOnly } from "../../../../cli/pulumi/used-commands";

describe("withUsedCommandsOnly", () => {
  let workDir: string;
  before(() => {
    workDir = mkdtempSync(join(tmpdir(), "mesh-lanes-"));
  });
  after(() => rmSync(workDir, { recursive: true }));

  /** Runs an update by the real automation API, whose commands do nothing. */
  async function update(change: (stack: Stack) => Stack) {
    const commands: string[][] = [];
    const environments: Record<string, string>[] = [];
    const command = {
      run: async (args: string[], _folder: string, environment: Record<string, string>) => {
        commands.push(args.filter((arg) => !arg.startsWith("--exec-") && arg !== "auto.local"));
        environments.push(environment);
        const secrets = args.includes("--show-secrets");
        const stdout = args.includes("output") ? { open: 1, hidden: secrets ? "secret" : "[secret]" } : [];
        return { stdout: JSON.stringify(stdout), stderr: "" };
      },
    };
    const workspace = await LocalWorkspace.create({
      workDir,
      projectSettings: { name: "project", runtime: "nodejs" },
      pulumiCommand: { ...command, version: null } as unknown as PulumiCommand,
      pulumiHome: "/home",
      envVars: { PULUMI_BACKEND_URL: "file:///state" },
    });
    const stack = change(await Stack.select("dev", workspace));
    const result = await stack.up();
    return { commands, result, last: environments.at(-1), outputs: await stack.outputs() };
  }

  it("leaves out what the library runs after an update and nobody reads", async () => {
    const [plain, used] = [await update((stack) => stack), await update(withUsedCommandsOnly)];
    const afterUp = ({ commands }: typeof plain) => {
      const names = commands.map((args) => args.slice(0, 2).join(" "));
      return names.slice(names.findIndex((name) => name.startsWith("up")) + 1, -1);
    };
    assert.deepEqual(afterUp(plain), ["stack output", "stack output", "stack history", "stack output"]);
    assert.deepEqual(afterUp(used), ["stack output"]);
  });

  it("gives the same outputs, each as a secret, by the same backend", async () => {
    const { outputs, result, last } = await update(withUsedCommandsOnly);
    assert.deepEqual(outputs, { open: { value: 1, secret: true }, hidden: { value: "secret", secret: true } });
    assert.deepEqual(result.outputs, outputs);
    assert.deepEqual(
      { home: last?.PULUMI_HOME, backend: last?.PULUMI_BACKEND_URL },
      { home: "/home", backend: "file:///state" },
    );
  });
});
