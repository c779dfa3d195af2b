import { isRecord } from "../values";
import type { Property } from "./package-property";

/** Properties of a type, by name. */
export type Properties = Readonly<Record<string, Property>>;

/** A type that the schema of a package names. */
export interface NamedType {
  readonly properties: Properties;
  readonly required?: readonly string[];
}

/** What is read of the schema of a package. */
export interface ReadSchema {
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties: Properties;
        readonly requiredInputs?: readonly string[];
        readonly properties: Properties;
      }
    >
  >;
  readonly types: Readonly<Record<string, NamedType>>;
}

/** The type that a property names; undefined: it names none. */
export function namedType(schema: ReadSchema, { $ref }: Property): NamedType | undefined {
  return $ref === undefined ? undefined : schema.types[$ref.replace("#/types/", "")];
}

/** The one of several shapes that a value has. */
export function shapeOf(schema: ReadSchema, property: Property, given: unknown): Property {
  const { oneOf } = property;
  if (!oneOf) return property;
  if (Array.isArray(given)) return oneOf.find(({ items }) => items) ?? {};
  if (!isRecord(given)) return oneOf.find(({ type }) => type === typeof given) ?? {};
  const fits = (shape: Property) => {
    const type = namedType(schema, shape);
    if (!type) return shape.additionalProperties !== undefined;
    const { properties, required = [] } = type;
    return (
      required.every((key) => key in given) &&
      Object.entries(properties).every(([key, { const: only }]) => only === undefined || given[key] === only)
    );
  };
  return oneOf.find(fits) ?? {};
}
