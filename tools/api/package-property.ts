/** A type of Pulumi's schema of packages, or a property of that type. */
export interface Property {
  readonly type?: "string" | "number" | "boolean" | "array" | "object";
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly oneOf?: readonly Property[];
  readonly discriminator?: { readonly propertyName: string; readonly mapping: Readonly<Record<string, string>> };
  readonly const?: string;
  /** Not an input: the value must be there when the program runs. */
  readonly plain?: boolean;
  readonly description?: string;
  /** The texts that it may be; part of the description in the schema. */
  readonly values?: readonly string[];
}

/** Any value: no output of a component is described so. */
export function isAny({ $ref }: Property): boolean {
  return $ref === "pulumi.json#/Any";
}

/** As a result of a resource: there all are outputs. */
export function withoutPlain({ plain: _, ...property }: Property): Property {
  return {
    ...property,
    ...(property.items && { items: withoutPlain(property.items) }),
    ...(property.additionalProperties && { additionalProperties: withoutPlain(property.additionalProperties) }),
    ...(property.oneOf && { oneOf: property.oneOf.map(withoutPlain) }),
  };
}

/** As the schema is written: without what says nothing. */
export function asWritten({ plain, values: _, ...property }: Property): Property {
  return {
    ...property,
    ...(property.items && { items: asWritten(property.items) }),
    ...(property.additionalProperties && { additionalProperties: asWritten(property.additionalProperties) }),
    ...(property.oneOf && { oneOf: property.oneOf.map(asWritten) }),
    ...(plain && { plain }),
  };
}
