import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { z } from "zod";
import { type PackageSchema, schemaProblems } from "./schema-problems";

const callSchema = z.array(
  z.object({ component: z.string(), arguments: z.record(z.string(), z.unknown()), read: z.array(z.string()) }),
);

/** As the generator for Python names it: `route_header` is `routeHeader`. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Where a program's calls do not fit the schema that the SDK is generated from. */
export async function pythonProblems(schema: PackageSchema, text: string): Promise<string[]> {
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
