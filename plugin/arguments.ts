import * as pulumi from "@pulumi/pulumi";
import type { Property } from "../tools/api/package-property";
import { namedType, type Properties, type ReadSchema, shapeOf } from "../tools/api/package-shapes";
import { type Problem, UserError } from "../tools/user-error";
import { isRecord } from "../tools/values";
import { type Plain, plain, together } from "./values";

/**
 * The arguments of a component as its class takes them: what the schema calls plain is a value, and an input is left as it came.
 *
 * @param name of the component, for paths.
 * @throws UserError with every key that the schema does not have: Python hands on those of a dict as they are written.
 */
export async function argumentsOf(
  schema: ReadSchema,
  token: string,
  name: string,
  inputs: pulumi.Inputs,
): Promise<Plain> {
  const reader = new Reader(schema);
  const read = await reader.properties(schema.resources[token]?.inputProperties ?? {}, inputs, name);
  if (reader.problems.length > 0)
    throw new UserError("A component has arguments that it does not know.", reader.problems);
  return read;
}

class Reader {
  /** Unknown keys. */
  public readonly problems: Problem[] = [];

  public constructor(private readonly schema: ReadSchema) {}

  public async properties(properties: Properties, given: object, path: string): Promise<Plain> {
    const entries = Object.entries(given);
    const parts = await Promise.all(
      entries.map(([key, value]) => {
        const property = properties[key];
        if (property) return this.value(property, value, `${path}.${key}`);
        const expected = Object.keys(properties).join(", ");
        const fix = "Correct the name; in Python write the type of the SDK in place of a dict.";
        this.problems.push({ path: `${path}.${key}`, got: "got an unknown argument", expected, fix });
        return plain(undefined, path);
      }),
    );
    return together(Object.fromEntries(entries.map(([key], index) => [key, parts[index]?.value])), parts);
  }

  private async value(property: Property, given: unknown, path: string): Promise<Plain> {
    // Where anything fits, outputs do too.
    if (!property.plain) return { value: given === undefined ? unknown() : given, unknown: [], secret: false };
    if (given === undefined) return { value: undefined, unknown: [path], secret: false };
    if (pulumi.Output.isInstance(given)) return plain(given, path);
    const shape = shapeOf(this.schema, property, given);
    const { items, additionalProperties } = shape;
    if (Array.isArray(given)) {
      const parts = await Promise.all(given.map((item, index) => this.value(items ?? {}, item, `${path}[${index}]`)));
      return together(
        parts.map(({ value }) => value),
        parts,
      );
    }
    if (!isRecord(given)) return { value: given, unknown: [], secret: false };
    const type = namedType(this.schema, shape);
    if (type) return this.properties(type.properties, given, path);
    const every = additionalProperties ? Object.keys(given).map((key) => [key, additionalProperties] as const) : [];
    return this.properties(Object.fromEntries(every), given, path);
  }
}

/** What the engine does not know yet comes as undefined; what the program does not have is not there. */
function unknown(): unknown {
  return pulumi.output(pulumi.unknown);
}
