import type { Property } from "../../../tools/api/package-property";
import { namedType, type Properties, type ReadSchema, shapeOf } from "../../../tools/api/package-shapes";
import { isRecord } from "../../../tools/values";
import { type ExampleProgram, type ExampleResource, lastOf, referenceIn } from "./program";

/** The program in Go. Where a component is no part of another statement, it has no name. */
export function goProgram(schema: ReadSchema, { title, resources, outputs }: ExampleProgram): string {
  const made = Object.entries(resources).filter(([, { type }]) => type.startsWith("mesh-lanes:"));
  const used = new Set([
    ...made.flatMap(([, { options }]) => options.dependsOn.map((each) => referenceIn(each)?.[0])),
    ...Object.values(outputs).map((each) => referenceIn(each)?.[0]),
  ]);
  return [
    `// ${title}`,
    "package main",
    "",
    "import (",
    '\tmeshlanes "example.com/pulumi-mesh-lanes/sdk/go/meshlanes"',
    '\t"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"',
    '\t"github.com/pulumi/pulumi/sdk/v3/go/pulumi"',
    '\t"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"',
    ")",
    "",
    "func main() {",
    "\tpulumi.Run(func(ctx *pulumi.Context) error {",
    '\t\tkubeconfig := config.RequireSecret(ctx, "kubeconfig")',
    '\t\tcluster, err := kubernetes.NewProvider(ctx, "cluster", &kubernetes.ProviderArgs{Kubeconfig: kubeconfig})',
    ...check,
    ...made.flatMap(([name, resource]) => [
      `\t\t${used.has(name) ? `${name}, err :=` : "_, err ="} ${call(schema, name, resource)}`,
      ...check,
    ]),
    ...Object.entries(outputs).map(([name, value]) => {
      const [resource = "", field = ""] = referenceIn(value) ?? [];
      return `\t\tctx.Export(${text(name)}, ${resource}.${capital(field)})`;
    }),
    "\t\treturn nil",
    "\t})",
    "}",
    "",
  ].join("\n");
}

const check = ["\t\tif err != nil {", "\t\t\treturn err", "\t\t}"];

function call(schema: ReadSchema, name: string, { type, properties, options }: ExampleResource): string {
  const component = lastOf(type);
  const resource = schema.resources[type];
  const args = fields(schema, resource?.inputProperties ?? {}, resource?.requiredInputs ?? [], properties, 2);
  const names = (references: readonly string[]) => references.map((each) => referenceIn(each)?.join(".")).join(", ");
  const parts = [
    "ctx",
    text(name),
    `&meshlanes.${component}Args${block(args, 2)}`,
    ...(options.providers.length > 0 ? [`pulumi.Providers(${names(options.providers)})`] : []),
    ...(options.dependsOn.length > 0 ? [`pulumi.DependsOn([]pulumi.Resource{${names(options.dependsOn)}})`] : []),
  ];
  return `meshlanes.New${component}(${parts.join(", ")})`;
}

function fields(
  schema: ReadSchema,
  properties: Properties,
  required: readonly string[],
  given: object,
  depth: number,
): [string, string][] {
  return Object.entries(given).map(([key, value]) => {
    const property = properties[key] ?? {};
    return [capital(key), field(schema, property, value, required.includes(key), depth + 1)];
  });
}

/** The value of a field: one that may be left out and is plain is a pointer. */
function field(schema: ReadSchema, property: Property, given: unknown, required: boolean, depth: number): string {
  const value = valueText(schema, property, given, depth);
  if (required || !property.plain || property.oneOf) return value;
  if (property.$ref) return `&${value}`;
  switch (property.type) {
    case "string":
      return `pulumi.StringRef(${value})`;
    case "number":
      return `pulumi.Float64Ref(${value})`;
    case "boolean":
      return `pulumi.BoolRef(${value})`;
    default:
      return value;
  }
}

function valueText(schema: ReadSchema, property: Property, given: unknown, depth: number): string {
  const reference = referenceIn(given);
  if (reference) return [reference[0] ?? "", ...reference.slice(1).map(capital)].join(".");
  const shape = shapeOf(schema, property, given);
  const type = namedType(schema, shape);
  if (type && isRecord(given)) {
    return `${typeText(shape)}${block(fields(schema, type.properties, type.required ?? [], given, depth), depth)}`;
  }
  if (!shape.plain || shape.$ref) return anyInput(given, depth);
  if (Array.isArray(given)) {
    const parts = given.map((item) => valueText(schema, shape.items ?? {}, item, depth + 1));
    return `${typeText(shape)}${list(parts, depth)}`;
  }
  if (isRecord(given)) {
    const of = shape.additionalProperties ?? {};
    // Laid over what is made, and not sent as inputs of their own.
    const plain = property.oneOf !== undefined && of.$ref === "pulumi.json#/Any";
    const parts = Object.entries(given).map(([key, item]): [string, string] => [
      text(key),
      plain ? anyValue(item, depth + 1) : valueText(schema, of, item, depth + 1),
    ]);
    return `${plain ? "map[string]interface{}" : typeText(shape)}${block(parts, depth)}`;
  }
  return typeof given === "string" ? text(given) : String(given);
}

function typeText({ type, $ref, items, additionalProperties, oneOf, plain }: Property): string {
  if (oneOf) return plain ? "interface{}" : "pulumi.Input";
  if ($ref === "pulumi.json#/Any") return "pulumi.Input";
  if ($ref) return `meshlanes.${lastOf($ref)}Args`;
  if (items) return `[]${typeText(items)}`;
  if (additionalProperties) return `map[string]${typeText(additionalProperties)}`;
  const [value, input] = { string: ["string", "String"], number: ["float64", "Float64"], boolean: ["bool", "Bool"] }[
    type as "string" | "number" | "boolean"
  ];
  return plain ? (value ?? "") : `pulumi.${input}Input`;
}

/** A value of any kind as an input. */
function anyInput(given: unknown, depth: number): string {
  if (Array.isArray(given))
    return `pulumi.Array${list(
      given.map((item) => anyInput(item, depth + 1)),
      depth,
    )}`;
  if (isRecord(given)) {
    return `pulumi.Map${block(
      Object.entries(given).map(([key, item]) => [text(key), anyInput(item, depth + 1)]),
      depth,
    )}`;
  }
  if (typeof given === "string") return `pulumi.String(${text(given)})`;
  return typeof given === "number" ? `pulumi.Float64(${given})` : `pulumi.Bool(${given})`;
}

/** A value of any kind as it is. */
function anyValue(given: unknown, depth: number): string {
  if (Array.isArray(given))
    return `[]interface{}${list(
      given.map((item) => anyValue(item, depth + 1)),
      depth,
    )}`;
  if (isRecord(given)) {
    const parts = Object.entries(given).map(([key, item]): [string, string] => [text(key), anyValue(item, depth + 1)]);
    return `map[string]interface{}${block(parts, depth)}`;
  }
  return typeof given === "string" ? text(given) : String(given);
}

function list(parts: readonly string[], depth: number): string {
  if (parts.every((part) => !part.includes("\n"))) return `{${parts.join(", ")}}`;
  return `{\n${parts.map((part) => `${tabs(depth + 1)}${part},\n`).join("")}${tabs(depth)}}`;
}

/** Fields or keys with their values, as gofmt lays them out. */
function block(parts: readonly (readonly [string, string])[], depth: number): string {
  if (parts.length === 0) return "{}";
  const isLong = ([, value]: readonly [string, string]) => value.includes("\n");
  const [only] = parts;
  if (parts.length === 1 && only && !isLong(only)) return `{${only[0]}: ${only[1]}}`;
  const lines: string[] = [];
  let run: (readonly [string, string])[] = [];
  const flush = () => {
    const width = Math.max(0, ...run.map(([key]) => key.length));
    lines.push(...run.map(([key, value]) => `${tabs(depth + 1)}${`${key}:`.padEnd(width + 1)} ${value},\n`));
    run = [];
  };
  for (const part of parts) {
    if (!isLong(part)) {
      run.push(part);
      continue;
    }
    flush();
    lines.push(`${tabs(depth + 1)}${part[0]}: ${part[1]},\n`);
  }
  flush();
  return `{\n${lines.join("")}${tabs(depth)}}`;
}

function tabs(depth: number): string {
  return "\t".repeat(depth);
}

function text(value: string): string {
  return JSON.stringify(value);
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
