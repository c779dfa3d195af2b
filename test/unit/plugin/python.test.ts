import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { z } from "zod";
import { projectRoot } from "../../../tools/paths";
import { type PackageSchema, schemaProblems } from "./schema-problems";

const program = join(projectRoot, "plugin", "examples", "python", "__main__.py");
const schema: PackageSchema = JSON.parse(readFileSync(join(projectRoot, "plugin", "schema.json"), "utf8"));
const callSchema = z.array(
  z.object({ component: z.string(), arguments: z.record(z.string(), z.unknown()), read: z.array(z.string()) }),
);

/** As the generator for Python names it: `route_header` is `routeHeader`. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Where a program's calls do not fit the schema that the SDK is generated from. */
async function problems(text: string): Promise<string[]> {
  const { stdout } = await execa("python3", [join(__dirname, "python-calls.py")], { input: text });
  const calls = callSchema.parse(JSON.parse(stdout));
  assert.ok(calls.length > 0);
  return calls.flatMap(({ component, arguments: given, read }) => {
    const { opts, ...named } = given;
    assert.ok(opts !== undefined);
    const token = `mesh-lanes:index:${component}`;
    const inputs = Object.fromEntries(Object.entries(named).map(([name, value]) => [camelCase(name), value]));
    const results = Object.keys(schema.resources[token]?.properties ?? {});
    const unknown = read.filter((name) => !results.includes(camelCase(name)));
    return [...schemaProblems(schema, token, inputs), ...unknown.map((name) => `${component} has no ${name}`)];
  });
}

describe("the example in Python", () => {
  const text = readFileSync(program, "utf8");

  it("compiles, and fits the schema", async () => {
    await execa("python3", ["-c", "import sys; compile(sys.stdin.read(), 'example', 'exec')"], { input: text });
    assert.deepEqual(await problems(text), []);
  });

  for (const [title, from, to, found] of [
    ["an argument that there is not", "route_header=", "route_headers=", ["routeHeaders: unknown"]],
    ["a value of another kind", '"port": 8000, "versions": ["v1"]', '"port": "x", "versions": ["v1"]', /port: not a/],
    ["a result that there is not", "shop.table", "shop.tables", ["Lanes has no tables"]],
    ["a component that there is not", "mesh_lanes.Lanes(", "mesh_lanes.Lane(", /Lane: no such resource/],
  ] as const) {
    it(`fails with ${title}`, async () => {
      const wrong = await problems(text.replace(from, to));
      if (found instanceof RegExp) assert.match(wrong.join(), found);
      else assert.deepEqual(wrong, found);
    });
  }
});
