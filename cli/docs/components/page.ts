import ts from "typescript";
import { leftOut } from "../../../plugin/left-out";
import schema from "../../../plugin/schema.json";
import { argumentTypes, type PublicComponent } from "../../../tools/api/components";
import { type Argument, argumentsOf, argumentTypeOf, docstringOf, parentsOf, resultsOf } from "../../../tools/api/docs";
import type { ReadSchema } from "../../../tools/api/package-shapes";
import type { Declared, Sources } from "../../../tools/api/surface";
import { otherExample } from "../programs/files";
import { escapeHtml, tableRow } from "../table";
import { exampleOf, fileName, pageOf } from "./files";
import { inOtherLanguages, onlyTypeScript } from "./only-typescript";

/** What a page is made of besides the sources. */
export interface PageSources {
  readonly sources: Sources;
  /** Text of a file; path from the root. */
  readonly read: (file: string) => string;
}

/** The page of a component of the library. */
export function componentPage(component: PublicComponent, { sources, read }: PageSources): string {
  const [node] = component.nodes;
  const docs = node && docstringOf(node);
  const example = exampleOf(component.as);
  const types = argumentTypes(sources, component);
  const main = argumentTypeOf(component);
  const inherited = new Set(types.flatMap((type) => parentsOf(sources, type)).map(({ name }) => name));
  const parts = types.filter(({ name }) => name !== main && !inherited.has(name));
  const own = types.find(({ name }) => name === main);
  return [
    `# ${component.as}`,
    "",
    "<!-- Generated from the docstrings and the example by `npm run docs`. -->",
    "",
    escapeHtml(docs?.text ?? ""),
    "",
    "## Example",
    "",
    `\`${example}\`, which a unit test runs:`,
    "",
    ...block("ts", read(example)),
    "## Other languages",
    "",
    ...otherLanguages(component.as, read),
    "## Arguments",
    "",
    ...(own ? argumentTable(argumentsOf(sources, own) ?? []) : []),
    ...parts.flatMap((part) => partText(sources, part)),
    "The [provider and what it waits for](../library.md#components) are in the options, the third parameter.",
    "",
    "## What a program reads of it",
    "",
    ...resultTable(resultsOf(sources, component)),
  ].join("\n");
}

function otherLanguages(component: string, read: PageSources["read"]): string[] {
  const other = inOtherLanguages[component];
  if (other !== undefined) return [`YAML, Python and Go have [\`${other}\`](../../${pageOf(other)}) in its place.`, ""];
  const reason = onlyTypeScript[component];
  if (reason !== undefined) return [`It is for programs in TypeScript. ${reason}`, ""];
  const resource = (schema as unknown as ReadSchema).resources[`mesh-lanes:index:${component}`];
  if (!resource) throw new Error(`cli/docs/components/only-typescript.ts says nothing about ${component}`);
  const file = (name: "Pulumi.yaml" | "__main__.py" | "main.go") => otherExample(fileName(component), name);
  const missing = Object.entries(leftOut).flatMap(([name, why]) =>
    name.startsWith(`${component}Args.`) ? [`\`${name.split(".")[1]}\` is missing: it is ${why}.`] : [],
  );
  const results = Object.keys(resource.properties).map((name) => `\`${name}\``);
  const told = results.length === 0 ? "nothing" : results.join(", ");
  return [
    "YAML, Python and Go have it with the same arguments, in snake_case in Python and with a capital in Go.",
    `A program reads ${told} of it.${missing.length > 0 ? ` ${missing.join(" ")}` : ""}`,
    "With `kubeconfig`, that of the provider, it looks at the cluster first, as in TypeScript: see [languages.md](../languages.md), which",
    "also says how the package is installed.",
    "The programs in Python and Go are made of the one in YAML. Unit tests check them against the schema, and `npm run e2e:more` compiles",
    "the one in Go.",
    "",
    ...(["Pulumi.yaml", "__main__.py", "main.go"] as const).flatMap((name) => [
      `\`${file(name)}\`:`,
      "",
      ...block({ "Pulumi.yaml": "yaml", "__main__.py": "python", "main.go": "go" }[name], read(file(name))),
    ]),
  ];
}

function partText(sources: Sources, part: Declared): string[] {
  const [node] = part.nodes;
  const rows = argumentsOf(sources, part);
  const docs = node ? escapeHtml(docstringOf(node).text) : "";
  const shape =
    node && ts.isTypeAliasDeclaration(node) ? block("ts", `${node.getText().replace("export ", "")}\n`) : [];
  return [`### ${part.name}`, "", ...(docs === "" ? [] : [docs, ""]), ...(rows ? argumentTable(rows) : shape)];
}

export function block(language: string, text: string): string[] {
  return [`\`\`\`${language}`, text.trimEnd(), "```", ""];
}

function argumentTable(rows: readonly Argument[]): string[] {
  return [
    "| argument | type | what it is | default |",
    "|---|---|---|---|",
    ...rows.map(({ name, type, required, docs }) => {
      const examples = docs.examples.map((example) => ` Example: \`${example}\`.`).join("");
      const what = `${oneLine(docs.text)}${examples}`.trim();
      const byDefault = required ? "*required*" : oneLine(docs.byDefault ?? "");
      return tableRow([`\`${name}\``, `\`${type}\``, escapeHtml(what), escapeHtml(byDefault)]);
    }),
    "",
  ];
}

function resultTable(rows: readonly Argument[]): string[] {
  if (rows.length === 0) return ["Nothing.", ""];
  return [
    "| name | type | what it is |",
    "|---|---|---|",
    ...rows.map(({ name, type, docs }) => tableRow([`\`${name}\``, `\`${type}\``, escapeHtml(oneLine(docs.text))])),
    "",
  ];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
