import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { fileName } from "../../../cli/docs/components/files";
import { otherExample, otherExamples } from "../../../cli/docs/programs/files";
import { readProgram } from "../../../cli/docs/programs/program";
import { components } from "../../../plugin/components";
import { projectRoot } from "../../../tools/paths";
import { pythonProblems } from "./python-problems";
import { type PackageSchema, schemaProblems } from "./schema-problems";

const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");
const schema: PackageSchema = JSON.parse(read("plugin/schema.json"));

/** What a program in YAML gets wrong, by Pulumi's own rules: arguments, and references to what is not there. */
function yamlProblems(text: string): string[] {
  const { resources, outputs } = readProgram(text);
  const known = new Set(["kubeconfig"]);
  const problems = Object.entries(resources).flatMap(([name, { type, properties, options }]) => {
    const unknown = [...options.providers, ...options.dependsOn].filter((each) => !known.has(each.slice(2, -1)));
    known.add(name);
    const wrong = type === "pulumi:providers:kubernetes" ? [] : schemaProblems(schema, type, properties);
    return [...wrong, ...unknown.map((each) => `${name}: no ${each}`)];
  });
  const unread = Object.values(outputs).filter((each) => {
    const [name = "", field = ""] = each.slice(2, -1).split(".");
    return !schema.resources[resources[name]?.type ?? ""]?.properties[field];
  });
  return [...problems, ...unread.map((each) => `outputs: no ${each}`)];
}

describe("the examples of components in other languages", () => {
  it("are there for each component that has no page of its own", () => {
    const all = Object.keys(components).filter((name) => name !== "Lanes");
    assert.deepEqual(otherExamples(), all.map(fileName).sort());
  });

  for (const name of otherExamples()) {
    it(`${name}: fits the schema in YAML and in Python`, async () => {
      assert.deepEqual(yamlProblems(read(otherExample(name, "Pulumi.yaml"))), []);
      const python = read(otherExample(name, "__main__.py"));
      await execa("python3", ["-c", "import sys; compile(sys.stdin.read(), 'example', 'exec')"], { input: python });
      assert.deepEqual(await pythonProblems(schema, python), []);
    });
  }

  it("fail where an argument is unknown, or of no shape that it may have", () => {
    const text = read(otherExample("workload", "Pulumi.yaml"));
    assert.deepEqual(yamlProblems(text.replace("serviceName: cart", "serviceNames: cart")), [
      "serviceName: missing",
      "serviceNames: unknown",
    ]);
    assert.match(yamlProblems(text.replace("min: 2", "least: 2")).join(), /replicas.min: missing/);
    assert.match(yamlProblems(text.replace("cart.serviceName", "cart.url")).join(), /no \$\{cart.url\}/);
  });
});
