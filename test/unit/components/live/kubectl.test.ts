import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import { kubectlWith } from "../../../../components/live/kubectl";
import { KubectlFailure } from "../../../../tools/kubectl/kubectl";

describe("a cluster that is asked by a program", () => {
  const failing = (words: string, missing = false) =>
    kubectlWith("kind: Config", async () => {
      throw new KubectlFailure(words, missing);
    });

  it("does not answer: told with kubectl's words and what to do, without a stack trace", async () => {
    const refused = "The connection to the server 127.0.0.1:1 was refused";
    await assert.rejects(failing(refused)(["get", "namespaces", "--output=json"]), (error) => {
      assert.ok(RunError.isInstance(error));
      assert.equal(error.stack, "");
      assert.match(
        error.message,
        /^the cluster does not answer as it should\n {2}kubectl get namespaces: The connection/,
      );
      assert.match(error.message, /expected: .*\n {4}fix: /);
      return true;
    });
  });

  it("cannot be asked without kubectl: told so", async () => {
    await assert.rejects(
      failing("it is not on PATH", true)(["get", "pods"]),
      /^Error: the cluster was not asked\n {2}kubectl: no such program on PATH/,
    );
  });
});
