import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../tools/paths";
import { run } from "./support";

/** A program of somebody else: typed by the package's declarations, run from its JavaScript. */
const program = `
import { Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { formatLaneTable, LaneGroup, type LaneGroupInput, parseLaneGroup, UserError } from "mesh-lanes";

const input: LaneGroupInput = {
  name: "shop",
  mode: "permissive",
  baseline: "v1",
  routeHeader: "version",
  services: [{ name: "mocka", port: 8000, versions: ["v1", "v2"] }],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
  lanes: [{ name: "v1", weight: 90 }, { name: "v2", weight: 10 }],
};

async function main(): Promise<void> {
  const made: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, inputs }) => {
      made.push(type);
      return { id: "id", state: inputs };
    },
    call: () => ({}),
  });
  const provider = new Provider("mesh", { kubeconfig: "{}" });
  const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
  const group = new LaneGroup("shop", { group: parseLaneGroup(input), gateway }, { provider });
  group.table.apply((table) => console.log(formatLaneTable(table)));
  await pulumi.runtime.disconnect();
  console.log(made.filter((type) => type.endsWith(":VirtualService")).length, "VirtualServices");
  try {
    parseLaneGroup({ ...input, baseline: "v9" });
  } catch (error) {
    console.log(error instanceof UserError, error instanceof Error ? error.message : "");
  }
}
void main();
`;

describe("the package as a library", () => {
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-consumer-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is packed, and a program that imports it compiles and runs", async () => {
    const packed = await run("npm", ["pack", "--pack-destination", folder, "--foreground-scripts=false"]);
    assert.equal(packed.exitCode, 0, packed.stdout + packed.stderr);
    const [archive] = readdirSync(folder);
    assert.ok(archive);
    const own = join(folder, "node_modules", "mesh-lanes");
    mkdirSync(own, { recursive: true });
    const unpacked = await run("tar", ["-xzf", join(folder, archive), "--strip-components=1", "-C", own]);
    assert.equal(unpacked.exitCode, 0, unpacked.stderr);
    assert.ok(!readdirSync(own).includes("tools"), "sources of the project are in the package");
    // What npm would install beside it.
    for (const name of readdirSync(join(projectRoot, "node_modules"))) {
      if (name.startsWith(".")) continue;
      symlinkSync(join(projectRoot, "node_modules", name), join(folder, "node_modules", name));
    }
    writeFileSync(join(folder, "program.ts"), program);
    const options = ["--strict", "--target", "es2022", "--module", "commonjs", "--skipLibCheck", "--types", "node"];
    for (const resolution of ["node", "node16"]) {
      const kind = resolution === "node16" ? ["--module", "node16"] : [];
      const compiled = await run(join(projectRoot, "node_modules", ".bin", "tsc"), [
        ...options,
        ...["--moduleResolution", resolution, ...kind, join(folder, "program.ts")],
      ]);
      assert.equal(compiled.exitCode, 0, compiled.stdout);
    }
    const { exitCode, stdout, stderr } = await run(process.execPath, [join(folder, "program.js")]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^shop \(baseline v1\)\n {2}LANE +mocka\n {2}v1 +v1\n {2}v2 +v2\n/);
    assert.match(stdout, /2 VirtualServices\ntrue The lane group has one problem\.\n {2}laneGroup\.baseline:/);
  });
});
