interface Property {
  readonly type?: string;
  readonly oneOf?: readonly Property[];
  readonly const?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly description?: string;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

/** What is read of a Pulumi package schema: https://www.pulumi.com/docs/iac/packages-and-automation/pulumi-packages/schema/ */
export interface PackageSchema {
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties: Readonly<Record<string, Property>>;
        readonly requiredInputs?: readonly string[];
        readonly properties: Readonly<Record<string, Property>>;
      }
    >
  >;
  readonly types: Readonly<Record<string, ObjectSchema>>;
}

/** Where the properties of a resource are not what the schema says, as Pulumi's own type check of YAML would have it. */
export function schemaProblems(schema: PackageSchema, token: string, properties: object): string[] {
  const resource = schema.resources[token];
  if (!resource) return [`${token}: no such resource`];
  return objectProblems(
    schema,
    { properties: resource.inputProperties, required: resource.requiredInputs },
    properties,
    "",
  );
}

function objectProblems(schema: PackageSchema, wanted: ObjectSchema, value: object, path: string): string[] {
  const { properties = {}, required = [] } = wanted;
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  return [
    ...required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${at(key)}: missing`),
    ...Object.entries(value).flatMap(([key, item]) => {
      const property = properties[key];
      return property ? valueProblems(schema, property, item, at(key)) : [`${at(key)}: unknown`];
    }),
  ];
}

function valueProblems(schema: PackageSchema, wanted: Property, value: unknown, path: string): string[] {
  if (wanted.$ref === "pulumi.json#/Any") return [];
  if (wanted.oneOf) {
    const tries = wanted.oneOf.map((shape) => valueProblems(schema, shape, value, path));
    return tries.some((problems) => problems.length === 0) ? [] : tries.flat();
  }
  if (wanted.const !== undefined && value !== wanted.const) return [`${path}: not ${wanted.const}`];
  if (wanted.$ref !== undefined) {
    const type = schema.types[wanted.$ref.replace("#/types/", "")];
    if (!type || typeof value !== "object" || value === null) return [`${path}: not ${wanted.$ref}`];
    return objectProblems(schema, type, value, path);
  }
  if (wanted.type === "array") {
    const { items } = wanted;
    if (!Array.isArray(value) || !items) return [`${path}: not a list`];
    return value.flatMap((item, index) => valueProblems(schema, items, item, `${path}[${index}]`));
  }
  if (wanted.type === "object") {
    const { additionalProperties } = wanted;
    if (typeof value !== "object" || value === null || !additionalProperties) return [`${path}: not a map`];
    return Object.entries(value).flatMap(([key, item]) =>
      valueProblems(schema, additionalProperties, item, `${path}.${key}`),
    );
  }
  return typeof value === wanted.type ? [] : [`${path}: not a ${wanted.type}`];
}
