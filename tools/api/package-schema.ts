import ts from "typescript";
import { constructorOf } from "./components";
import { type Docstring, docstringOf, parentsOf } from "./docs";
import { asWritten, isAny, type Property, withoutPlain } from "./package-property";
import type { Declared, Sources } from "./surface";

/*
 * The schema that Pulumi generates SDKs of other languages from, made of the same types and docstrings as the API for TypeScript:
 * https://www.pulumi.com/docs/iac/packages-and-automation/pulumi-packages/schema/
 *
 * Pulumi's own analyzer of components knows no unions, no readonly lists and no imports under another name.
 */

/** A type of the schema, or the inputs of a resource. */
export interface ObjectType {
  readonly description?: string;
  readonly type: "object";
  readonly properties: Readonly<Record<string, Property>>;
  readonly required: readonly string[];
}

/** A component of the schema. */
export interface SchemaResource extends ObjectType {
  readonly isComponent: true;
  readonly inputProperties: Readonly<Record<string, Property>>;
  readonly requiredInputs: readonly string[];
}

/** What the schema has of components. */
export interface ComponentSchemas {
  readonly resources: Readonly<Record<string, SchemaResource>>;
  readonly types: Readonly<Record<string, ObjectType>>;
}

/** A type for which the schema has no word, such as a function. */
class NoSuchType extends Error {}

/** Makes the schema of components. */
export class SchemaMaker {
  private readonly types = new Map<string, { readonly declared: string; readonly type: ObjectType | undefined }>();

  /**
   * @param pack name of the package.
   * @param leftOut arguments that other languages do not have, such as `LaneSecurityArgs.barrier`.
   */
  public constructor(
    private readonly pack: string,
    private readonly sources: Sources,
    private readonly leftOut: readonly string[],
  ) {}

  /** @throws NoSuchType where an argument that is not left out is of a type that the schema has no word for. */
  public schemaOf(components: readonly Declared[]): ComponentSchemas {
    const resources = Object.fromEntries(components.map((each) => [this.token(each.name), this.resource(each)]));
    const types = [...this.types].flatMap(([name, { type }]) => (type ? [[this.token(name), type] as const] : []));
    return { resources, types: Object.fromEntries(types.sort(([a], [b]) => (a < b ? -1 : 1))) };
  }

  private token(name: string): string {
    return `${this.pack}:index:${name}`;
  }

  private resource(component: Declared): SchemaResource {
    const [node] = component.nodes;
    const argsType = constructorOf(component)?.parameters[1]?.type?.getText() ?? "";
    const args = this.sources.find(component.file, argsType);
    if (!node || !args) throw new Error(`${component.name} has no arguments`);
    const inputs = this.object(args);
    const outputs = this.outputs(component);
    return {
      description: oneLine(docstringOf(node).text),
      type: "object",
      isComponent: true,
      inputProperties: inputs.properties,
      requiredInputs: inputs.required,
      properties: outputs,
      required: Object.keys(outputs),
    };
  }

  /** The public fields of a component that are values; resources and functions are for programs in TypeScript. */
  private outputs({ file, nodes: [node] }: Declared): Record<string, Property> {
    if (!node || !ts.isClassDeclaration(node)) return {};
    const promised = (node.heritageClauses ?? [])
      .flatMap(({ types }) => types.map(({ expression }) => this.sources.find(file, expression.getText())))
      .flatMap((declared) => declared?.nodes.filter(ts.isInterfaceDeclaration) ?? [])
      .flatMap(({ members }) => [...members]);
    const fields = node.members.filter(ts.isPropertyDeclaration).filter(isPublic);
    return Object.fromEntries(
      fields.flatMap((field) => {
        const name = field.name.getText();
        if (!field.type) return [];
        const own = docstringOf(field);
        const other = promised.find((member) => member.name?.getText() === name);
        const docs = own.text === "" && other ? docstringOf(other) : own;
        try {
          const value = withoutPlain(this.valueOf(field.type, file, name));
          return isAny(value) ? [] : [[name, described(value, docs)] as const];
        } catch (error) {
          if (error instanceof NoSuchType) return [];
          throw error;
        }
      }),
    );
  }

  private object(declared: Declared): ObjectType {
    const members = this.membersOf(declared).filter(({ in: type, name }) => !this.leftOut.includes(`${type}.${name}`));
    return this.objectOf(
      members.map(({ file, node }) => ({ file, node })),
      declared.name,
      declared.nodes[0] ? docstringOf(declared.nodes[0]) : undefined,
    );
  }

  private membersOf(declared: Declared): { in: string; name: string; file: string; node: ts.PropertySignature }[] {
    const own = declared.nodes.filter(ts.isInterfaceDeclaration).flatMap(({ members }) => [...members]);
    return [
      ...own.filter(ts.isPropertySignature).map((node) => ({
        in: declared.name,
        name: node.name.getText(),
        file: declared.file,
        node,
      })),
      ...parentsOf(this.sources, declared).flatMap((parent) => this.membersOf(parent)),
    ];
  }

  private objectOf(
    members: readonly { readonly file: string; readonly node: ts.PropertySignature }[],
    name: string,
    docs?: Docstring,
  ): ObjectType {
    return {
      ...(docs && docs.text !== "" && { description: oneLine(docs.text) }),
      type: "object",
      properties: Object.fromEntries(
        members.map(({ file, node }) => {
          const key = node.name.getText();
          if (!node.type) throw new NoSuchType(`${name}.${key} has no type`);
          return [key, described(this.valueOf(node.type, file, `${name}.${key}`), docstringOf(node))];
        }),
      ),
      required: members.filter(({ node }) => !node.questionToken).map(({ node }) => node.name.getText()),
    };
  }

  /** @param at the argument, or the alias that the type is called by: parts without a name are called after it. */
  private valueOf(node: ts.TypeNode, file: string, at: string): Property {
    if (ts.isParenthesizedTypeNode(node)) return this.valueOf(node.type, file, at);
    if (ts.isTypeOperatorNode(node)) return this.valueOf(node.type, file, at);
    if (ts.isArrayTypeNode(node)) {
      return { type: "array", items: this.valueOf(node.elementType, file, at), plain: true };
    }
    if (ts.isUnionTypeNode(node)) return this.union(node, file, at);
    if (ts.isTypeLiteralNode(node)) return this.literal(node, file, at);
    if (ts.isTypeReferenceNode(node)) return this.reference(node, file, at);
    if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) {
      return { type: "string", const: node.literal.text, plain: true };
    }
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return { type: "string", plain: true };
      case ts.SyntaxKind.NumberKeyword:
        return { type: "number", plain: true };
      case ts.SyntaxKind.BooleanKeyword:
        return { type: "boolean", plain: true };
      case ts.SyntaxKind.UnknownKeyword:
        return { $ref: "pulumi.json#/Any" };
      default:
        throw new NoSuchType(`${at}: the schema of packages has no word for ${node.getText()}`);
    }
  }

  private reference(node: ts.TypeReferenceNode, file: string, at: string): Property {
    const name = node.typeName.getText().replace(/^pulumi\./, "");
    const [first, second] = node.typeArguments ?? [];
    switch (name) {
      case "Input":
      case "Output":
        if (first) return { ...this.valueOf(first, file, at), plain: false };
        break;
      case "Readonly":
      case "Partial":
        if (first) return this.valueOf(first, file, at);
        break;
      case "Record":
        if (second) return { type: "object", additionalProperties: this.valueOf(second, file, at), plain: true };
        break;
      default: {
        const found = this.sources.find(file, name);
        const [declaration] = found?.nodes ?? [];
        if (found && declaration && ts.isInterfaceDeclaration(declaration)) {
          return this.named(name, found.file, () => this.object(found));
        }
        if (found && declaration && ts.isTypeAliasDeclaration(declaration)) {
          // Such as `(typeof languages)[number]`: a list of texts.
          if (ts.isIndexedAccessTypeNode(declaration.type)) return { type: "string", plain: true };
          return this.valueOf(declaration.type, found.file, name);
        }
      }
    }
    throw new NoSuchType(`${at}: the schema of packages has no word for ${node.getText()}`);
  }

  private union(node: ts.UnionTypeNode, file: string, at: string): Property {
    const members = node.types.map((type) => this.valueOf(type, file, at));
    const constants = members.flatMap((member) => (member.const === undefined ? [] : [member.const]));
    const text: Property[] = constants.length > 0 ? [{ type: "string", plain: true }] : [];
    const shapes = [...text, ...members.filter((member) => member.const === undefined)];
    const different = new Map(
      shapes.flatMap((shape) => shape.oneOf ?? [shape]).map((shape) => [JSON.stringify({ ...shape, plain: 0 }), shape]),
    );
    const plain = shapes.every((shape) => shape.plain !== false);
    const [first, ...others] = different.values();
    if (!first) throw new NoSuchType(`${at} is of no type`);
    const oneOf = constants.length > 0 && { values: constants };
    if (others.length === 0) return { ...first, ...oneOf, plain };
    return { oneOf: [first, ...others].map((shape) => ({ ...shape, plain })), ...oneOf, plain };
  }

  private literal(node: ts.TypeLiteralNode, file: string, at: string): Property {
    const [member] = node.members;
    if (member && ts.isIndexSignatureDeclaration(member)) {
      return { type: "object", additionalProperties: this.valueOf(member.type, file, at), plain: true };
    }
    const members = node.members.filter(ts.isPropertySignature);
    const [first] = members;
    const kind = first?.type && ts.isLiteralTypeNode(first.type) ? first.type.literal : first?.name;
    const own = kind && (ts.isStringLiteral(kind) || ts.isIdentifier(kind)) ? kind.text : "";
    // `TlsSource` with `kind: "pem"` is TlsSourcePem, `Probe` with `http` is ProbeHttp.
    const name = `${at.split(".").map(capital).join("")}${capital(own)}`;
    return this.named(name, file, () =>
      this.objectOf(
        members.map((each) => ({ file, node: each })),
        name,
      ),
    );
  }

  private named(name: string, file: string, make: () => ObjectType): Property {
    const declared = `${file} ${name}`;
    const known = this.types.get(name);
    if (known && known.declared !== declared)
      throw new Error(`two types are called ${name}: ${declared}, ${known.declared}`);
    if (!known) {
      this.types.set(name, { declared, type: undefined });
      this.types.set(name, { declared, type: make() });
    }
    return { $ref: `#/types/${this.token(name)}`, plain: true };
  }
}

function isPublic(member: ts.ClassElement): boolean {
  const modifiers = (ts.canHaveModifiers(member) && ts.getModifiers(member)) || [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.PublicKeyword);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** With what the docstring says: what it is, which texts it may be, an example, the default last. */
function described(property: Property, { text, byDefault, examples }: Docstring): Property {
  const { values, ...value } = property;
  const parts = [
    oneLine(text),
    ...(values ? [`One of ${values.map((each) => `\`${each}\``).join(", ")}.`] : []),
    ...examples.map((example) => `Example: \`${oneLine(example)}\`.`),
    ...(byDefault === undefined ? [] : [`Default: ${oneLine(byDefault)}.`]),
  ];
  const description = parts.filter((part) => part !== "").join(" ");
  return { ...asWritten(value), ...(description !== "" && { description }) };
}
