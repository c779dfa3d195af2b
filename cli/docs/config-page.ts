import { isRecord, records } from "../../tools/values";
import { escapeHtml, tableRow } from "./table";

/*
 * docs/config.md out of the JSON schema of stack files: every key with its meaning and its default, so that neither is
 * written a second time.
 */

/** A JSON schema, or a part of one. */
type Schema = Readonly<Record<string, unknown>>;

interface Row {
  readonly key: string;
  readonly what: string;
  readonly byDefault: string;
}

/** @param schema that of stack files; see `stackFileJsonSchema`. */
export function configPage(schema: Schema): string {
  const { definitions } = schema;
  const sections = Object.entries(isRecord(definitions) ? definitions : {}).filter(([name]) => name !== "encrypted");
  return [
    "# Config reference",
    "",
    "<!-- Generated from the schemas in config/ and components/lanes/spec.ts by `npm run docs`. -->",
    "",
    "Every key of `Pulumi.<stack>.yaml`. In the file a section stands under `config:` as `mesh-lanes:<section>`. `[]` is an element",
    "of a list, `<…>` a name of your own. A key without a default is left out unless it is *required*: that is within the map or list",
    "element it stands in. What is judged with other keys in view is not in this table: `lanes matrix` tells every mistake of a file,",
    "without a cluster. Editors complete and check the same keys by `mesh-lanes.schema.json`.",
    "",
    "`Pulumi.yaml` declares none of these keys in its own `config` block: Pulumi's engine then refuses every stack that lacks one without a",
    "default, and a default there would be seen by the program and not by `lanes`.",
    "",
    "Of Alibaba Cloud: ACK is its managed Kubernetes, ASM its Service Mesh, CLB and NLB its Classic and its Network Load Balancer, ECS its virtual machines,",
    "KMS its key management, RAM its users, roles and permissions, SLS its log service. OTLP is OpenTelemetry's protocol.",
    "",
    ...sections.flatMap(([name, section]) => (isRecord(section) ? sectionText(name, section) : [])),
  ].join("\n");
}

function sectionText(name: string, section: Schema): string[] {
  const rows = rowsOf(name, section);
  return [
    `## ${name}`,
    "",
    ...(typeof section.description === "string" ? [`${sentence(section.description)}`, ""] : []),
    ...(rows.length === 0 ? [] : ["| key | what it is | default |", "|---|---|---|", ...rows.map(line), ""]),
  ];
}

function line({ key, what, byDefault }: Row): string {
  return tableRow([`\`${key}\``, ...[what, byDefault].map(escapeHtml)]);
}

/** The rows below a place. */
function rowsOf(path: string, schema: Schema): Row[] {
  const { properties, items, additionalProperties } = schema;
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return [
    ...rowsOfBranches(path, branches(schema)),
    ...(isRecord(items) ? rowsOf(`${path}[]`, items) : []),
    ...(isRecord(additionalProperties) ? rowsOf(`${path}.<${nameOf(path, schema)}>`, additionalProperties) : []),
    ...Object.entries(isRecord(properties) ? properties : {}).flatMap(([key, inner]) => {
      if (!isRecord(inner) || inner.const !== undefined) return [];
      const at = `${path}.${key}`;
      return [rowOf(at, inner, required.has(key)), ...rowsOf(at, inner)];
    }),
  ];
}

/** What all branches have stands once; a row that only some have says in which. */
function rowsOfBranches(path: string, all: readonly Schema[]): Row[] {
  const rows = new Map<string, { readonly row: Row; readonly of: string[] }>();
  const told = new Set<string>();
  for (const branch of all) {
    const choice = discriminator(branch);
    if (choice) told.add(choice.key);
    for (const row of rowsOf(path, branch)) {
      const id = JSON.stringify(row);
      const known = rows.get(id) ?? { row, of: [] };
      rows.set(id, known);
      if (choice) known.of.push(`\`${choice.key}: ${choice.value}\``);
    }
  }
  const [key] = told;
  // A branch may leave the key out that tells it apart: the usual one.
  const choices = key === undefined ? [] : [choiceRow(path, key, all)];
  const left = [...rows.values()].filter(({ row }) => row.key !== `${path}.${key}`);
  return [
    ...choices,
    ...left.map(({ row, of }) => {
      const everywhere = of.length === 0 || of.length === all.length;
      return everywhere ? row : { ...row, what: `with ${of.join(" or ")}: ${row.what}` };
    }),
  ];
}

/** The key by which a value says which of the shapes it has. */
function choiceRow(path: string, key: string, all: readonly Schema[]): Row {
  const own = all.flatMap(({ properties }) => {
    const found = isRecord(properties) ? properties[key] : undefined;
    return isRecord(found) ? [found] : [];
  });
  const values = own.flatMap(({ const: one, enum: some }) => (Array.isArray(some) ? some : [one])).map(String);
  const usual = own.find((each) => each.default !== undefined)?.default;
  return {
    key: `${path}.${key}`,
    what: `one of ${values.join(", ")}`,
    byDefault: usual === undefined ? "*required*" : String(usual),
  };
}

/** The shapes of which a value has one, those apart that a description tells in full: `{ exact }`, `{ prefix }`. */
function branches(schema: Schema): Schema[] {
  return [...records(schema.oneOf), ...records(schema.anyOf)].filter(
    (branch) =>
      branch.$ref === undefined &&
      (!isRecord(branch.properties) ||
        Object.keys(branch.properties).length > 1 ||
        discriminator(branch) !== undefined),
  );
}

/** The key whose one value, or few, tells this branch from the others: `kind: ack`. */
function discriminator({ properties }: Schema): { readonly key: string; readonly value: string } | undefined {
  const found = Object.entries(isRecord(properties) ? properties : {}).find(
    ([key, inner]) => isRecord(inner) && (inner.const !== undefined || (key === "kind" && Array.isArray(inner.enum))),
  );
  if (!found) return undefined;
  const [key, inner] = found;
  const { const: one, enum: some } = isRecord(inner) ? inner : {};
  return { key, value: Array.isArray(some) ? some.join(", ") : String(one) };
}

function rowOf(key: string, schema: Schema, required: boolean): Row {
  const described = typeof schema.description === "string" ? schema.description : typeWords(schema);
  const [, what = described, told] = /^(.*); default:? (.*)$/s.exec(described) ?? [];
  const plain = schema.default;
  const shown = plain === undefined || (isRecord(plain) && Object.keys(plain).length === 0) ? undefined : plain;
  const byDefault = told ?? (shown === undefined ? undefined : `\`${JSON.stringify(shown)}\``);
  return { key, what, byDefault: byDefault ?? (required ? "*required*" : "") };
}

function typeWords({ type, enum: values }: Schema): string {
  if (Array.isArray(values)) return values.map(String).join(", ");
  return typeof type === "string" ? `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}` : "one of the following";
}

/** What the keys of a map are called: by its description, `version -> image`, else by the map itself. */
function nameOf(path: string, { description }: Schema): string {
  const [, told] = /([a-z]+) -> /.exec(typeof description === "string" ? description : "") ?? [];
  return told ?? path.replaceAll("[]", "").split(".").at(-1)?.replace(/s$/, "") ?? "";
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
