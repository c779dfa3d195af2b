import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { podForward } from "../../../../tools/kubectl/port-forward";
import { scratchFolder, writeProgram } from "../toolchain/scratch-folder";

describe("podForward", () => {
  const folder = scratchFolder();
  const target = { namespace: "shop", pod: "mocka-1", port: "web" };

  const forwardWith = async (script: string) => {
    await writeProgram(join(folder(), "kubectl"), script);
    return podForward({ flags: ["--kubeconfig", "k"], env: { PATH: `${folder()}:/usr/bin:/bin` } });
  };

  it("opens the port that kubectl tells, and ends kubectl when it is closed", async () => {
    const script = `echo "$*" > ${folder()}/args
trap 'echo ended > ${folder()}/ended; exit 0' TERM
echo "Forwarding from 127.0.0.1:41234 -> 8000"
while :; do sleep 0.05; done`;
    const way = await (await forwardWith(script))(target);
    assert.equal(way.url, "http://127.0.0.1:41234");
    await way.close();
    assert.equal(
      readFileSync(join(folder(), "args"), "utf8").trim(),
      "--kubeconfig k port-forward --address 127.0.0.1 --namespace shop pod/mocka-1 :web",
    );
    assert.equal(readFileSync(join(folder(), "ended"), "utf8").trim(), "ended");
  });

  it("fails with kubectl's own words", async () => {
    const forward = await forwardWith('echo "first" >&2; echo "error: pods \\"mocka-1\\" not found" >&2; exit 1');
    await assert.rejects(forward(target), { message: 'error: pods "mocka-1" not found' });
  });
});
