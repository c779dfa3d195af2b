import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import schemaJson from "../../../plugin/schema.json";
import type { ReadSchema } from "../../../tools/api/package-shapes";
import { projectRoot } from "../../../tools/paths";
import { goProgram } from "./go";
import { readProgram } from "./program";
import { pythonProgram } from "./python";

const folder = "plugin/examples/components";
const schema = schemaJson as unknown as ReadSchema;

/** The example of a component in another language, as its file is called. @param name `ingress-gateway` */
export function otherExample(name: string, file: "Pulumi.yaml" | "__main__.py" | "main.go"): string {
  return `${folder}/${name}/${file}`;
}

/** Names of the components with an example in YAML. */
export function otherExamples(): string[] {
  return readdirSync(join(projectRoot, folder)).sort();
}

/** The examples in Python and Go, made of those in YAML: path from the root -> text. */
export function generatedPrograms(): Readonly<Record<string, () => string>> {
  const program = (name: string) =>
    readProgram(readFileSync(join(projectRoot, otherExample(name, "Pulumi.yaml")), "utf8"));
  return Object.fromEntries(
    otherExamples().flatMap((name) => [
      [otherExample(name, "__main__.py"), () => pythonProgram(schema, program(name))],
      [otherExample(name, "main.go"), () => goProgram(schema, program(name))],
    ]),
  );
}
