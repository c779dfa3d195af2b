import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";
import { pythonProblems } from "./python-problems";
import type { PackageSchema } from "./schema-problems";

const program = join(projectRoot, "plugin", "examples", "python", "__main__.py");
const schema: PackageSchema = JSON.parse(readFileSync(join(projectRoot, "plugin", "schema.json"), "utf8"));
describe("the example in Python", () => {
  const text = readFileSync(program, "utf8");

  it("compiles, and fits the schema", async () => {
    await execa("python3", ["-c", "import sys; compile(sys.stdin.read(), 'example', 'exec')"], { input: text });
    assert.deepEqual(await pythonProblems(schema, text), []);
  });

  for (const [title, from, to, found] of [
    ["an unknown argument", "route_header=", "route_headers=", ["routeHeaders: unknown"]],
    ["a value of another kind", '"port": 8000, "versions": ["v1"]', '"port": "x", "versions": ["v1"]', /port: not a/],
    ["an unknown result", "shop.table", "shop.tables", ["Lanes has no tables"]],
    ["an unknown component", "mesh_lanes.Lanes(", "mesh_lanes.Lane(", /Lane: no such resource/],
  ] as const) {
    it(`fails with ${title}`, async () => {
      const wrong = await pythonProblems(schema, text.replace(from, to));
      if (found instanceof RegExp) assert.match(wrong.join(), found);
      else assert.deepEqual(wrong, found);
    });
  }
});
