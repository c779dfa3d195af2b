import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { laneGroupSchema } from "../../../components/lanes/spec";
import { keysOf, stepInto, unwrap } from "../../../components/lanes/zod-walk";
import { projectRoot } from "../../../tools/paths";
import type { PackageSchema } from "./schema-problems";

/** Keys of a lane group that this package does not have: it is for upstream Istio. */
const notHere = ["asmWay", "asmPatches"];
/** Under another name: the name of a resource is taken. */
const renamed: Readonly<Record<string, string>> = { name: "group" };
/** What stands in for a shape of a key that the schema of packages has no word for: it knows no unions. */
const instead: Readonly<Record<string, readonly string[]>> = {
  LaneEntryArgs: ["stickyCookie"],
  LaneArgs: ["anyMatch"],
};
/** What a resource needs besides its group. */
const added = ["gatewayNamespace", "gatewayLabels", "kubeconfig"];

const schema: PackageSchema = JSON.parse(readFileSync(join(projectRoot, "plugin/schema.json"), "utf8"));

function typeKeys(type: string): string[] {
  return Object.keys(schema.types[`mesh-lanes:index:${type}`]?.properties ?? {}).sort();
}

/** The schema of a part of a lane group: a key, or `*` for what a list holds. */
function partAt(...way: readonly string[]): z.ZodType {
  let part: z.ZodType = unwrap(laneGroupSchema);
  for (const key of way) {
    const next = stepInto(part, undefined, key === "*" ? 0 : key);
    assert.ok(next, way.join("."));
    part = next;
  }
  return part;
}

describe("the arguments of the package for other languages", () => {
  it("have every key of a lane group", () => {
    const own = Object.keys(schema.resources["mesh-lanes:index:Lanes"]?.inputProperties ?? {});
    const wanted = keysOf(partAt(), undefined)
      .filter((key) => !notHere.includes(key))
      .map((key) => renamed[key] ?? key);
    assert.deepEqual(own.sort(), [...wanted, ...added].sort());
  });

  for (const [type, way] of [
    ["LaneServiceArgs", ["services", "*"]],
    ["LaneEntryArgs", ["entry"]],
    ["LaneArgs", ["lanes", "*"]],
    ["LaneMatchArgs", ["lanes", "*", "match"]],
    ["TextMatchArgs", ["entry", "path"]],
    ["LaneScopeArgs", ["scope"]],
  ] as const) {
    it(`have every key of ${way.join(".")} in ${type}`, () => {
      assert.deepEqual(typeKeys(type), [...keysOf(partAt(...way), undefined), ...(instead[type] ?? [])].sort());
    });
  }
});
