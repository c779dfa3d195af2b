import assert from "node:assert/strict";
import { pollUsers, usersOf } from "../../../../tools/mesh/control-plane-users";
import { silentReporter } from "../../../../tools/report/reporter";
import { UserError } from "../../../../tools/user-error";

const pod = (
  name: string,
  revision?: string,
  more: { readonly phase?: string; readonly deletionTimestamp?: string } = {},
) => ({
  metadata: {
    ...{ name, namespace: "shop" },
    ...(revision !== undefined && { annotations: { "istio.io/rev": revision } }),
    ...(more.deletionTimestamp !== undefined && { deletionTimestamp: more.deletionTimestamp }),
  },
  status: { phase: more.phase ?? "Running" },
});
const list = (...items: readonly object[]) => JSON.stringify({ items });

describe("who uses a control plane", () => {
  it("are pods with a proxy of its revision, but those that are ending or have ended", () => {
    const pods = list(
      pod("cart", "old"),
      pod("starting", "old", { phase: "Pending" }),
      pod("moved", "new"),
      pod("plain"),
      pod("ending", "old", { deletionTimestamp: "2026-11-29T10:00:00Z" }),
      pod("job", "old", { phase: "Succeeded" }),
    );
    assert.deepEqual(usersOf(pods, "old"), ["shop/cart", "shop/starting"]);
  });

  it("are waited for, since pods that go are still there for a moment", async () => {
    const answers = [list(pod("cart", "old")), list(pod("cart", "new"))];
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
    const pods = Array.from({ length: 12 }, (_, index) => pod(`pod-${index}`, "default"));
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
        /istiod of revision default in istio-system: 12 pods .* shop\/pod-0, .*shop\/pod-9 and 2 more/s,
      );
      assert.match(error.message, /kubectl rollout restart/);
      return true;
    });
  });
});
