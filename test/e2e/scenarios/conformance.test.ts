import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { appImage } from "../../../tools/images/app-image";
import { projectRoot, workPaths } from "../../../tools/paths";
import { useScenarios } from "./stack";

const namespace = "mesh-lanes-conformance";

describe("the conformance suite on the embedded cluster with Istio", () => {
  const stack = useScenarios();

  /** The suite as a process of its own, which shows what it does. */
  function start(): execa.ExecaChildProcess {
    const target = ["--kubeconfig", workPaths.kubeconfig, "--gateway", stack().url("istio-system/ingressgateway/http")];
    const args = [join(projectRoot, "bin", "lanes.js"), "conformance", ...target, "--image", appImage("mock").ref];
    const child = execa(process.execPath, args, { cwd: projectRoot, reject: false, stdin: "ignore" });
    child.stderr?.pipe(process.stderr, { end: false });
    return child;
  }

  const leftovers = async () => [
    await stack().kubectl("get", "namespace", namespace, "--ignore-not-found", "--output=name"),
    await stack().kubectl(
      "get",
      "envoyfilters",
      "-n",
      "istio-system",
      "-l",
      `mesh-lanes/lab=${namespace}`,
      "-o",
      "name",
    ),
  ];

  it("leaves things behind when it is killed half-way", async () => {
    const child = start();
    await new Promise<void>((resolve) => {
      child.stderr?.on("data", (data) => {
        if (String(data).includes("sending requests")) resolve();
      });
      child.on("close", () => resolve());
    });
    child.kill("SIGKILL");
    const { exitCode } = await child;
    assert.notEqual(exitCode, 1, "it ended before it could be killed");
    assert.ok((await leftovers()).every((names) => names !== ""));
  });

  it("passes every case after that, and removes all it made", async () => {
    const { exitCode, stdout } = await start();
    process.stderr.write(`${stdout}\n`);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^[1-9]\d* passed, 0 failed, \d+ s$/m);
    assert.deepEqual(await leftovers(), ["", ""]);
  });
});
