import ts from "typescript";
import { argumentTypes, type PublicComponent } from "../../../tools/api/components";
import { type Argument, argumentsOf, argumentTypeOf, docstringOf, parentsOf, resultsOf } from "../../../tools/api/docs";
import type { Declared, Sources } from "../../../tools/api/surface";
import { escapeHtml, tableRow } from "../table";
import { exampleOf, pageOf } from "./files";
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
    otherLanguages(component.as),
    "",
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

function otherLanguages(component: string): string {
  const other = inOtherLanguages[component];
  if (other !== undefined) return `YAML, Python and Go have [\`${other}\`](../../${pageOf(other)}) in its place.`;
  const reason = onlyTypeScript[component];
  if (reason === undefined) throw new Error(`cli/docs/components/only-typescript.ts says nothing about ${component}`);
  return `It is for programs in TypeScript. ${reason}`;
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
