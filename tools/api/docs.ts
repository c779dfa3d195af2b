import ts from "typescript";
import { constructorOf } from "./components";
import type { Declared, Sources } from "./surface";

/* What the docstrings of components say, for their pages. */

/** A docstring in its parts, without the stars. */
export interface Docstring {
  readonly text: string;
  readonly byDefault: string | undefined;
  readonly examples: readonly string[];
}

/** An argument of a component, or a part of one. */
export interface Argument {
  readonly name: string;
  /** As it is written. */
  readonly type: string;
  readonly required: boolean;
  readonly docs: Docstring;
}

export function docstringOf(node: ts.Node): Docstring {
  const [block] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  const tags = [...(block?.tags ?? [])];
  const texts = (name: string) =>
    tags.filter(({ tagName }) => tagName.text === name).map(({ comment }) => textOf(comment));
  return { text: textOf(block?.comment), byDefault: texts("default")[0], examples: texts("example") };
}

function textOf(comment: Parameters<typeof ts.getTextOfJSDocComment>[0]): string {
  return (ts.getTextOfJSDocComment(comment) ?? "").trim();
}

/** The keys of an interface, those that it inherits last; undefined: it is no interface. */
export function argumentsOf(sources: Sources, declared: Declared): Argument[] | undefined {
  const interfaces = declared.nodes.filter(ts.isInterfaceDeclaration);
  if (interfaces.length === 0) return undefined;
  const inherited = parentsOf(sources, declared).flatMap((parent) => argumentsOf(sources, parent) ?? []);
  const own = interfaces.flatMap(({ members }) => members.filter(ts.isPropertySignature));
  return [
    ...own.map((property) => ({
      name: property.name.getText(),
      type: typeText(property.type),
      required: property.questionToken === undefined,
      docs: docstringOf(property),
    })),
    ...inherited,
  ];
}

/** What an interface extends. */
export function parentsOf(sources: Sources, { file, nodes }: Declared): Declared[] {
  const clauses = nodes.flatMap((node) => (ts.isInterfaceDeclaration(node) ? [...(node.heritageClauses ?? [])] : []));
  const names = clauses.flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
  return names.flatMap((name) => sources.find(file, name) ?? []);
}

/** What a program can read of a component: its public fields and methods, those of a base class of ours too. */
export function resultsOf(sources: Sources, component: Declared): Argument[] {
  const [node] = component.nodes;
  if (!node || !ts.isClassDeclaration(node)) return [];
  const named = (kind: ts.SyntaxKind): Declared[] =>
    (node.heritageClauses ?? [])
      .filter(({ token }) => token === kind)
      .flatMap(({ types }) =>
        types.flatMap(({ expression }) => sources.find(component.file, expression.getText()) ?? []),
      );
  const inherited = named(ts.SyntaxKind.ExtendsKeyword).flatMap((base) => resultsOf(sources, base));
  // What a class implements is described where it is declared.
  const promised = new Map(
    named(ts.SyntaxKind.ImplementsKeyword)
      .flatMap(({ nodes }) => nodes.filter(ts.isInterfaceDeclaration))
      .flatMap(({ members }) => members.map((member) => [member.name?.getText(), docstringOf(member)] as const)),
  );
  const own = node.members.filter(isPublic).flatMap((member) => {
    if (!(ts.isPropertyDeclaration(member) || ts.isMethodDeclaration(member))) return [];
    const parameters = ts.isMethodDeclaration(member) ? `(${member.parameters.map(parameterText).join(", ")})` : "";
    const value = ts.isPropertyDeclaration(member) ? member.initializer : undefined;
    const type = member.type ? typeText(member.type) : oneLine(value?.getText() ?? "");
    const name = member.name.getText();
    const own = docstringOf(member);
    const docs = own.text === "" ? (promised.get(name) ?? own) : own;
    return [{ name: `${name}${parameters}`, type, required: true, docs }];
  });
  return [...own, ...inherited];
}

function isPublic(member: ts.ClassElement): boolean {
  const modifiers = (ts.canHaveModifiers(member) && ts.getModifiers(member)) || [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.PublicKeyword);
}

function parameterText({ name, type }: ts.ParameterDeclaration): string {
  return `${name.getText()}: ${typeText(type)}`;
}

/** Text of a type, as a program has to import it. */
function typeText(type: ts.TypeNode | undefined): string {
  return oneLine(type?.getText() ?? "").replaceAll("pulumi.", "");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** What the second parameter of a component's constructor is called. */
export function argumentTypeOf(component: Declared): string {
  return constructorOf(component)?.parameters[1]?.type?.getText() ?? "";
}
