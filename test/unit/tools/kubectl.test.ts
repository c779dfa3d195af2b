import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { KubectlFailure, runKubectl, withKubeconfig } from "../../../tools/kubectl/kubectl";
import { scratchFolder, writeProgram } from "./toolchain/scratch-folder";

describe("kubectl", () => {
  const folder = scratchFolder();
  const target = () => ({ flags: ["--kubeconfig", "/file"], env: { PATH: `${folder()}:/usr/bin:/bin` } });
  const program = (script: string) => writeProgram(join(folder(), "kubectl"), script);

  it("gets the flags of the cluster first, and its input, and gives what it prints", async () => {
    await program('echo "$*"; cat');
    assert.equal(await runKubectl(target(), ["get", "pods"]), "--kubeconfig /file get pods");
    const applied = await runKubectl(target(), ["apply", "-f", "-"], { input: "kind: List" });
    assert.equal(applied, "--kubeconfig /file apply -f -\nkind: List");
  });

  it("fails with its last words, and without what it was sent", async () => {
    await program('cat > /dev/null; echo first >&2; echo "error: no such pod" >&2; exit 1');
    await assert.rejects(runKubectl(target(), ["apply", "-f", "-"], { input: "token: hidden" }), (error) => {
      assert.ok(error instanceof KubectlFailure);
      assert.equal(error.words, "error: no such pod");
      assert.equal(error.missing, false);
      assert.doesNotMatch(error.stack ?? "", /hidden/);
      return true;
    });
  });

  it("says how it ended where it has no words", async () => {
    await program("exit 3");
    await assert.rejects(runKubectl(target(), []), { message: "kubectl: it ended with exit code 3" });
  });

  it("fails when it takes too long", async () => {
    await program("exec sleep 60");
    await assert.rejects(runKubectl(target(), ["get"], { timeoutSeconds: 0.2 }), {
      message: "kubectl: no answer within 0.2 s",
    });
  });

  it("fails in a way of its own where there is none", async () => {
    await assert.rejects(
      runKubectl({ flags: [], env: { PATH: "/nowhere" } }, []),
      (error) => error instanceof KubectlFailure && error.missing,
    );
  });

  it("keeps a kubeconfig in a file of its owner's, and only for as long as the work takes", async () => {
    let path = "";
    const work = withKubeconfig("secret", async ({ flags }) => {
      path = flags[1] ?? "";
      assert.equal(readFileSync(path, "utf8"), "secret");
      assert.equal(statSync(path).mode & 0o777, 0o600);
      throw new Error("the work failed");
    });
    await assert.rejects(work, /the work failed/);
    assert.equal(existsSync(path), false);
  });
});
