import assert from "node:assert/strict";
import { pollUsers, usersOf } from "../../../../tools/mesh/control-plane-users";
import { silentReporter } from "../../../../tools/report/reporter";
import { UserError } from "../../../../tools/user-error";

const line = (name: string, revision = "") => `${revision} shop/${name}`;
const list = (...lines: readonly string[]) => lines.map((each) => `${each}\n`).join("");

describe("who uses a control plane", () => {
  it("are pods with a proxy of its very revision", () => {
    const pods = list(
      line("cart", "old"),
      line("moved", "new"),
      line("plain"),
      line("none", "<no value>"),
      line("x", "older"),
    );
    assert.deepEqual(usersOf(pods, "old"), ["shop/cart"]);
    assert.deepEqual(usersOf("", "old"), []);
  });

  it("are waited for, since pods that go are still there for a moment", async () => {
    const answers = [list(line("cart", "old")), list(line("cart", "new"))];
    const asked: string[] = [];
    const kubectl = async () => {
      asked.push("pods");
      return answers[asked.length - 1] ?? assert.fail("asked again");
    };
    await pollUsers(kubectl, { namespace: "istio-system", revision: "old" }, silentReporter, {
      withinMs: 1000,
      everyMs: 1,
    });
    assert.equal(asked.length, 2);
  });

  it("keep it: all of them are counted, and ten named", async () => {
    const pods = Array.from({ length: 12 }, (_, index) => line(`pod-${index}`, "default"));
    const poll = pollUsers(
      async () => list(...pods),
      { namespace: "istio-system", revision: "default" },
      silentReporter,
      {
        withinMs: 5,
        everyMs: 1,
      },
    );
    await assert.rejects(poll, (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        /istiod of revision default in istio-system: 12 pods with a proxy of it: shop\/pod-0, .*shop\/pod-9 and 2 more/s,
      );
      assert.match(error.message, /kubectl rollout restart/);
      return true;
    });
  });
});
