import type { Property } from "../../../tools/api/package-property";
import { namedType, type Properties, type ReadSchema, shapeOf } from "../../../tools/api/package-shapes";
import { isRecord } from "../../../tools/values";
import { type ExampleProgram, type ExampleResource, lastOf, referenceIn } from "./program";

const width = 100;

/** The program in Python, as Black would lay it out in lines of 100. */
export function pythonProgram(schema: ReadSchema, { title, resources, outputs }: ExampleProgram): string {
  const made = Object.entries(resources).filter(([, { type }]) => type.startsWith("mesh-lanes:"));
  return [
    `"""${title}"""`,
    "",
    "import pulumi",
    "import pulumi_kubernetes as kubernetes",
    "import pulumi_mesh_lanes as mesh_lanes",
    "",
    'kubeconfig = pulumi.Config().require_secret("kubeconfig")',
    'cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)',
    ...made.flatMap(([name, resource]) => ["", call(schema, name, resource)]),
    ...(Object.keys(outputs).length > 0 ? [""] : []),
    ...Object.entries(outputs).map(
      ([name, value]) => `pulumi.export(${text(name)}, ${(referenceIn(value) ?? []).map(snakeCase).join(".")})`,
    ),
    "",
  ].join("\n");
}

function call(schema: ReadSchema, name: string, { type, properties, options }: ExampleResource): string {
  const inputs = schema.resources[type]?.inputProperties ?? {};
  const opts = [
    ...(options.providers.length > 0 ? [`providers=${names(options.providers)}`] : []),
    ...(options.dependsOn.length > 0 ? [`depends_on=${names(options.dependsOn)}`] : []),
  ];
  const parts = [
    text(name),
    ...keywords(schema, inputs, properties, 1),
    `opts=pulumi.ResourceOptions(${opts.join(", ")})`,
  ];
  return `${name} = ${brackets(`mesh_lanes.${lastOf(type)}(`, parts, ")", 0, `${name} = `.length)}`;
}

function names(references: readonly string[]): string {
  return `[${references.map((each) => referenceIn(each)?.join(".")).join(", ")}]`;
}

function keywords(schema: ReadSchema, properties: Properties, given: object, depth: number): string[] {
  return Object.entries(given).map(([key, value]) => {
    const name = snakeCase(key);
    return `${name}=${valueText(schema, properties[key] ?? {}, value, depth, name.length + 1)}`;
  });
}

/** @param used columns of the line that are taken. */
function valueText(schema: ReadSchema, property: Property, given: unknown, depth: number, used = 0): string {
  const reference = referenceIn(given);
  if (reference) return reference.map(snakeCase).join(".");
  const shape = shapeOf(schema, property, given);
  if (Array.isArray(given)) {
    const parts = given.map((item) => valueText(schema, shape.items ?? {}, item, depth + 1));
    return brackets("[", parts, "]", depth, used);
  }
  if (isRecord(given)) {
    const type = namedType(schema, shape);
    if (type && shape.$ref) {
      const parts = keywords(schema, type.properties, given, depth + 1);
      return brackets(`mesh_lanes.${lastOf(shape.$ref)}Args(`, parts, ")", depth, used);
    }
    const parts = Object.entries(given).map(
      ([key, item]) =>
        `${text(key)}: ${valueText(schema, shape.additionalProperties ?? {}, item, depth + 1, key.length + 4)}`,
    );
    return brackets("{", parts, "}", depth, used);
  }
  if (typeof given === "boolean") return given ? "True" : "False";
  return typeof given === "string" ? text(given) : String(given);
}

function brackets(open: string, parts: readonly string[], close: string, depth: number, used: number): string {
  const line = `${open}${parts.join(", ")}${close}`;
  if (!line.includes("\n") && 4 * depth + used + line.length < width) return line;
  const inner = " ".repeat(4 * (depth + 1));
  return [open, ...parts.map((part) => `${inner}${part},`), " ".repeat(4 * depth) + close].join("\n");
}

function text(value: string): string {
  return JSON.stringify(value);
}

/** Words of the language that an argument is called by. */
const reserved = ["from"];

/** As the generator for Python names it: `routeHeader` is `route_header`, and `from` is `from_`. */
function snakeCase(name: string): string {
  return reserved.includes(name) ? `${name}_` : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
