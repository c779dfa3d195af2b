import assert from "node:assert/strict";
import { requireNoRoutesOfOthers } from "../../../../cli/pulumi/require-no-routes-of-others";
import { UserError } from "../../../../tools/user-error";

const label = "mesh-lanes.shop";
const metadata = { namespace: "shop", name: "web", labels: { "mesh-lanes/stack": label, "mesh-lanes/group": "shop" } };
const rule = {
  ...{ kind: "DestinationRule", metadata },
  spec: { host: "web.shop.svc.cluster.local", subsets: [{ name: "version-v1" }] },
};
const route = (subset: string) => ({
  ...{ kind: "VirtualService", metadata: { namespace: "shop", name: "theirs" } },
  spec: { http: [{ route: [{ destination: { host: "web", subset } }] }] },
});

/** A cluster with the stack's rule and this route of others; none: it does not answer. */
const clusterWith = (subset: string | undefined) => async (args: readonly string[]) => {
  if (subset === undefined) throw new Error("no answer");
  const items = [rule, route(subset)].filter(
    ({ kind }) => args.includes("--selector") === (kind === rule.kind) || args[1]?.startsWith(kind.toLowerCase()),
  );
  return JSON.stringify({ items });
};

describe("a destroy", () => {
  it("is refused while routes of others name a subset of the stack, in whichever cluster", async () => {
    const clusters: Record<string, string | undefined> = { fine: "v9", theirs: "version-v1", gone: undefined };
    const check = requireNoRoutesOfOthers(label, Object.keys(clusters), (kubeconfig) =>
      clusterWith(clusters[kubeconfig]),
    );
    await assert.rejects(check, (error) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual(
        error.problems.map(({ path, fix }) => [path, fix]),
        [["VirtualService shop/theirs", "Take the subset out there first."]],
      );
      return true;
    });
  });

  it("goes on where none does, and where a cluster does not answer", async () => {
    for (const subset of ["v9", undefined]) await requireNoRoutesOfOthers(label, ["k"], () => clusterWith(subset));
  });
});
