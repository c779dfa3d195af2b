import { isRecord } from "../../../tools/values";
import { escapeHtml, tableRow } from "../table";
import { exampleOf } from "./files";
import { block, type PageSources } from "./page";

type Schema = Readonly<Record<string, unknown>>;

const programs = [
  { title: "TypeScript", language: "ts", files: [exampleOf("LaneGroup")] },
  { title: "YAML", language: "yaml", files: ["plugin/examples/yaml/Pulumi.yaml"] },
  {
    title: "Python",
    language: "python",
    files: ["plugin/examples/python/__main__.py", "plugin/examples/python/requirements.txt"],
  },
  { title: "Go", language: "go", files: ["plugin/examples/go/main.go"] },
] as const;

/** The page of the component that the package for other languages has: its schema, and the same program in each of them. */
export function lanesPage(schema: Schema, read: PageSources["read"]): string {
  const { types, resources } = schema;
  const token = "mesh-lanes:index:Lanes";
  const lanes = isRecord(resources) ? resources[token] : undefined;
  if (!isRecord(lanes) || !isRecord(types)) throw new Error(`plugin/schema.json has no ${token}`);
  return [
    "# Lanes",
    "",
    "<!-- Generated from plugin/schema.json and the examples by `npm run docs`. -->",
    "",
    `${escapeHtml(String(lanes.description))} It is for programs in YAML, Python and Go; in TypeScript`,
    "[`LaneGroup`](lane-group.md) does the same. How the package is installed is in [languages.md](../languages.md).",
    "",
    "## Example",
    "",
    "The same lanes in each language. Unit tests run the program in TypeScript and check those in YAML and Python against the schema;",
    "`npm run e2e:more` compiles the one in Go and runs lanes from YAML and Python on a mesh.",
    "",
    ...programs.flatMap(({ title, language, files }) => [
      `### ${title}`,
      "",
      ...files.flatMap((file) => [`\`${file}\`:`, "", ...block(file.endsWith(".txt") ? "text" : language, read(file))]),
    ]),
    "## Arguments",
    "",
    "In Python the names are in snake_case, and in Go they begin with a capital.",
    "",
    ...table(lanes.inputProperties, lanes.requiredInputs ?? []),
    ...typesNamed(lanes.inputProperties, types)
      .sort()
      .flatMap((name) => (isRecord(types[name]) ? typeText(name, types[name]) : [])),
    "## What a program reads of it",
    "",
    ...table(lanes.properties),
  ].join("\n");
}

/** The types that arguments name, and those that these name. */
function typesNamed(inputs: unknown, types: Schema): string[] {
  const found = new Set<string>();
  const waiting = [inputs];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [, name = ""] of JSON.stringify(next).matchAll(/"#\/types\/([^"]+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      waiting.push(types[name]);
    }
  }
  return [...found];
}

function typeText(token: string, { description, properties, required }: Schema): string[] {
  const text = typeof description === "string" ? [escapeHtml(description), ""] : [];
  return [`### ${nameOf(token)}`, "", ...text, ...table(properties, required ?? [])];
}

/** @param required names of those that must be given; undefined: they are results. */
function table(properties: unknown, required?: unknown): string[] {
  const needed = new Set(Array.isArray(required) ? required : []);
  const rows = Object.entries(isRecord(properties) ? properties : {}).map(([name, property]) => {
    if (!isRecord(property)) throw new Error(`no property: ${name}`);
    const [, text = "", byDefault = ""] = /^([\s\S]*?)(?:\s*Default: ([\s\S]*?)\.?)?$/.exec(described(property)) ?? [];
    const last = needed.has(name) ? "*required*" : byDefault;
    const cells = required === undefined ? [text] : [text, last];
    return tableRow([`\`${name}\``, typeOf(property), ...cells.map(escapeHtml)]);
  });
  const head = ["name", "type", "what it is", ...(required === undefined ? [] : ["default"])];
  return [tableRow(head), `|${"---|".repeat(head.length)}`, ...rows, ""];
}

function described({ description }: Schema): string {
  return typeof description === "string" ? description.replace(/\s+/g, " ").trim() : "";
}

function typeOf({ type, $ref, items, additionalProperties }: Schema): string {
  if (typeof $ref === "string") return `[${nameOf($ref)}](#${nameOf($ref).toLowerCase()})`;
  if (isRecord(items)) return `list of ${typeOf(items)}`;
  if (isRecord(additionalProperties)) return `map of ${typeOf(additionalProperties)}`;
  return String(type);
}

function nameOf(token: string): string {
  return token.split(":").at(-1) ?? token;
}
