import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";
import { run, stack as stackName } from "../support";
import { useScenarios } from "./stack";

describe("lanes render of a stack that is up", () => {
  const stack = useScenarios();
  let text = "";

  before(async () => {
    const args = [join(projectRoot, "bin", "lanes.js"), "render", "--stack", stackName];
    const { exitCode, stdout, stderr } = await run(process.execPath, args, stack().environment);
    assert.equal(exitCode, 0, stderr);
    // Helm's releases are told of, not rendered.
    assert.match(stderr, /as release istio-system\/istiod/);
    text = `${stdout}\n`;
  });

  const kubectl = (args: readonly string[], input: string) =>
    execa("kubectl", [...args, "--filename=-"], { env: stack().environment, input, reject: false });

  it("is taken by the API server, which finds no field that another writer holds with another value", async () => {
    const { exitCode, stdout, stderr } = await kubectl(["apply", "--server-side", "--dry-run=server"], text);
    assert.equal(exitCode, 0, stderr);
    const objects = text.split(/^---$/m).length - 1;
    assert.ok(objects > 100, `${objects} objects`);
    assert.equal(
      stdout.split("\n").filter((line) => line.endsWith("serverside-applied (server dry run)")).length,
      objects,
    );
  });

  it("has no difference from what the update made", async () => {
    for (const way of [[], ["--server-side"]]) {
      const { exitCode, stdout, stderr } = await kubectl(["diff", ...way], text);
      assert.deepEqual([exitCode, stdout], [0, ""], stderr);
    }
  });

  it("would show one", async () => {
    const { exitCode, stdout } = await kubectl(["diff"], text.replaceAll("replicas: 1", "replicas: 2"));
    assert.equal(exitCode, 1);
    assert.match(stdout, /^\+ {2}replicas: 2$/m);
  });
});
