import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cost } from "../../../../cli/cost";
import { costItems } from "../../../../cli/cost/items";
import { loadStackConfig } from "../../../../config/read";
import type { StackConfig } from "../../../../config/stack";
import { createStack } from "../../../../stacks/stack";
import { UserError } from "../../../../tools/user-error";
import { startPulumiMocks } from "../../pulumi-mocks";
import { answers, environment, programs } from "../../stacks/programs";
import { runProgram } from "../../stacks/run-stack";

function configOf(program: string): StackConfig {
  return loadStackConfig({ values: programs[program] ?? assert.fail(program), encrypted: new Set() });
}

/** How many of each resource that is billed by the hour the program itself makes. */
async function madeBy(program: string): Promise<Record<string, number>> {
  const mocks = await startPulumiMocks(answers);
  await runProgram(() => createStack(configOf(program), environment));
  // What is read is somebody else's.
  const made = mocks.resources.filter(({ read }) => !read);
  const count = (prefix: string) => made.filter(({ type }) => type.startsWith(prefix)).length;
  return {
    cluster: count("alicloud:cs/managedKubernetes:"),
    nodes: count("alicloud:cs/nodePool:"),
    key: count("alicloud:kms/key:"),
    mesh: count("alicloud:servicemesh/serviceMesh:"),
    balancer: count("alicloud:slb/applicationLoadBalancer:"),
  };
}

describe("lanes cost", () => {
  for (const program of Object.keys(programs).filter((name) => /prod|staging|dev on an existing/.test(name))) {
    it(`lists what ${program} makes, and nothing else`, async () => {
      const items = costItems(configOf(program));
      const count = (fits: (key: string, because: string) => boolean) =>
        items.filter(({ key, because }) => fits(key, because)).length;
      const made = await madeBy(program);
      assert.deepEqual(
        {
          cluster: count((key) => key.startsWith("ack.")),
          nodes: count((key) => key.startsWith("ecs.")),
          key: count((key) => key === "kms.key"),
          mesh: count((key) => key.startsWith("asm.")),
        },
        { cluster: made.cluster, nodes: made.nodes, key: made.key, mesh: made.mesh },
      );
      // On upstream Istio the cluster makes it, for the gateway's Service.
      const byService = program === "prod with upstream Istio" ? 1 : 0;
      assert.equal(
        count((key, because) => key === "clb" && because === "gateway"),
        (made.balancer ?? 0) + byService,
      );
    });
  }

  it("lists an NLB instance that the cluster makes, with an address in each zone, and no CLB of the gateway", () => {
    const values = {
      ...programs.prod,
      gateway: { ...(programs.prod?.gateway as object), loadBalancer: { kind: "nlb" } },
    };
    const items = costItems(loadStackConfig({ values, encrypted: new Set() }));
    const ofGateway = items.filter(({ because }) => because.startsWith("gateway"));
    assert.deepEqual(
      ofGateway.map(({ key, amount }) => [key, amount?.least]),
      [
        ["nlb", 1],
        ["eip", 3],
        ["internet-traffic", undefined],
      ],
    );
  });

  describe("with prices", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "mesh-lanes-cost-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const priced = (text: string, json = false) => {
      const file = join(folder, "prices.yaml");
      writeFileSync(file, text);
      return cost({ stack: "prod", prices: file, json });
    };

    it("sums an hour up, from the fewest nodes to the most, and says what has no price", () => {
      const text = priced("currency: CNY\nprices: { ecs.g7.xlarge: 1, clb: 0.5, disk.cloud_essd: 0.001 }");
      assert.match(text, /^5\.36 to 12\.08 CNY an hour, and what depends on the traffic; no price: ack\.pro\.small, /m);
      const { sum, items } = JSON.parse(priced("currency: CNY\nprices: { clb: 1 }", true));
      assert.deepEqual([sum.least, sum.most], [4, 4]);
      assert.ok(items.every((item: { because: string }) => item.because !== ""));
    });

    it("refuses what is no price of this stack, all of it at once", () => {
      const message = (text: string) => {
        try {
          priced(text);
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
          return error.message;
        }
        return assert.fail("nothing was thrown");
      };
      const unknown = message("currency: CNY\nprices: { ecs.g9.large: 1, nat: 2 }");
      assert.match(
        unknown,
        /prices\.ecs\.g9\.large: unknown key .*\n {4}expected: ack\.pro\.small, .*\n {4}fix: Did you mean/,
      );
      assert.match(unknown, /prices\.nat: unknown key/);
      const wrong = message("currency:\nprices: { clb: -1, eip: a lot }");
      assert.match(wrong, /currency: got null\n.*\n {4}fix: Write a text, such as CNY\./);
      assert.match(wrong, /prices\.clb: got -1\n {4}expected: a number of at least 0\n/);
      assert.match(wrong, /prices\.eip: got "a lot"\n/);
      assert.match(message("prices: {}"), /currency: missing\n.*\n {4}fix: Add currency, such as currency: CNY\./);
      assert.match(message("a: ["), /the prices cannot be read/);
      // A price that Pulumi's engine and YAML 1.2 read as different numbers is none.
      assert.match(message("currency: CNY\nprices: { clb: 010 }"), /prices\.clb: 010 without quotes/);
    });
  });

  it("says that a stack without an account makes nothing in one", () => {
    assert.match(cost({ stack: "dev", json: false }), /^stack dev makes nothing in an account/);
  });
});
