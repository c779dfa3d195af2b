import assert from "node:assert/strict";
import { requireNoStackBeside } from "../../../../cli/pulumi/require-no-stack-beside";
import { UserError } from "../../../../tools/user-error";

const label = "mesh-lanes.dev";

/** A cluster with an object of this stack and, of the kind that is asked for, one of another; none: it does not answer. */
const clusterWith = (other: string | undefined) => async (args: readonly string[]) => {
  if (other === undefined) throw new Error("no answer");
  const [, selector = ""] = / --selector (\S+)/.exec(args.join(" ")) ?? [];
  const of = (stack: string) => ({
    kind: "Namespace",
    metadata: { name: `of-${stack}`, labels: { "mesh-lanes/stack": stack } },
  });
  const items = [of(label), of(other)].filter(({ metadata }) => {
    const stack = metadata.labels["mesh-lanes/stack"];
    return args[1] === "namespaces" && selector === `mesh-lanes/stack,mesh-lanes/stack!=${label}` && stack !== label;
  });
  return JSON.stringify({ items });
};

describe("a destroy of a stack whose cluster goes with it", () => {
  it("is refused while another stack is on the cluster, and names it", async () => {
    const check = requireNoStackBeside(label, ["a"], () => clusterWith("mesh-lanes.mine"));
    await assert.rejects(check, (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.problems.length, 1);
      assert.match(
        error.message,
        /^Another stack is on this stack's cluster\. Nothing was destroyed\.\n {2}stack mine: /,
      );
      assert.match(error.problems[0]?.got ?? "", /Namespace of-mesh-lanes\.mine/);
      assert.match(error.problems[0]?.fix ?? "", /`npx lanes destroy --stack mine`/);
      return true;
    });
  });

  it("is not refused by the stack's own objects, or by a cluster that does not answer", async () => {
    await requireNoStackBeside(label, ["a"], () => clusterWith(label));
    await requireNoStackBeside(label, ["a"], () => clusterWith(undefined));
    await requireNoStackBeside(label, []);
  });
});
