import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/*
 * The public surface of the package, read from its sources: each name that an entry point exports, and every type of this project
 * that those name in turn. It is read without the type checker, which would take a minute for what takes a second.
 *
 * @microsoft/api-extractor was looked at: it brings a compiler of its own in another major version (TypeScript 6) and wants the
 * declarations emitted first, in which a schema of zod is a page of inferred types where the source has a line for each key.
 */

/** A declaration and the file that it is in. */
export interface Declared {
  readonly name: string;
  /** Path from the root. */
  readonly file: string;
  /** Several where a function has overloads, or an interface goes with a constant. */
  readonly nodes: readonly ts.Statement[];
}

/** What an entry point exports. */
export interface Exported extends Declared {
  /** As the entry point calls it. */
  readonly as: string;
}

/** Reads declarations out of sources. */
export class Sources {
  private readonly files = new Map<string, ts.SourceFile>();

  /** @param root folder that paths are relative to. */
  public constructor(private readonly root: string) {}

  public read(file: string): ts.SourceFile {
    const known = this.files.get(file);
    if (known) return known;
    const source = ts.createSourceFile(file, readFileSync(join(this.root, file), "utf8"), ts.ScriptTarget.ES2022, true);
    this.files.set(file, source);
    return source;
  }

  /** What an entry point exports, sorted by name. */
  public exportsOf(entry: string): Exported[] {
    const found = this.read(entry).statements.flatMap((statement): Exported[] => {
      if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) {
        throw new Error(`${entry} holds more than exports of other files: ${statement.getText()}`);
      }
      const file = this.resolve(entry, statement.moduleSpecifier);
      if (file === undefined) throw new Error(`${entry} exports from a package: ${statement.getText()}`);
      const { exportClause } = statement;
      if (!exportClause) return this.exportsOf(file);
      if (!ts.isNamedExports(exportClause)) throw new Error(`${entry} exports a namespace: ${statement.getText()}`);
      return exportClause.elements.map(({ name, propertyName }) => {
        const declared = this.find(file, (propertyName ?? name).text);
        if (!declared) throw new Error(`${file} has no ${(propertyName ?? name).text}`);
        return { ...declared, as: name.text };
      });
    });
    return found.sort((a, b) => (a.as < b.as ? -1 : 1));
  }

  /** What a name in a file stands for, in that file or in another of the project; undefined: it is none of the project's. */
  public find(file: string, name: string): Declared | undefined {
    const { statements } = this.read(file);
    const nodes = statements.filter((statement) => namesOf(statement).includes(name));
    if (nodes.length > 0) return { name, file, nodes };
    for (const statement of statements) {
      const specifier = importedAs(statement, name);
      if (!specifier) continue;
      const from = this.resolve(file, specifier.module);
      return from === undefined ? undefined : this.find(from, specifier.name);
    }
    return undefined;
  }

  /** Whatever of the project a declaration names. */
  public namedBy({ file, nodes, name }: Declared): Declared[] {
    const found = new Map<string, Declared>();
    for (const node of nodes) {
      for (const identifier of identifiersIn(publicPart(node, name))) {
        const declared = this.find(file, identifier);
        if (declared) found.set(`${declared.file} ${declared.name}`, declared);
      }
    }
    return [...found.values()];
  }

  private resolve(file: string, specifier: ts.Expression): string | undefined {
    if (!ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return undefined;
    const path = join(this.root, dirname(file), specifier.text);
    const found = [`${path}.ts`, join(path, "index.ts")].find((candidate) => existsSync(candidate));
    return found && relative(this.root, found);
  }
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

function importedAs(statement: ts.Statement, name: string): { module: ts.Expression; name: string } | undefined {
  const module =
    ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
  const bindings = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : ts.isExportDeclaration(statement)
      ? statement.exportClause
      : undefined;
  if (!module || !bindings || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return undefined;
  const found = [...bindings.elements].find((element) => element.name.text === name);
  return found && { module, name: (found.propertyName ?? found.name).text };
}

/** The nodes of a declaration that a program of somebody else sees: no bodies, nothing private. */
export function publicPart(statement: ts.Statement, name: string): ts.Node {
  const { factory } = ts;
  if (ts.isFunctionDeclaration(statement)) {
    const { modifiers, typeParameters, parameters, type } = statement;
    return factory.createFunctionDeclaration(
      modifiers?.filter(({ kind }) => kind !== ts.SyntaxKind.AsyncKeyword),
      undefined,
      statement.name,
      typeParameters,
      parameters.map(withoutValue),
      type,
      undefined,
    );
  }
  if (ts.isClassDeclaration(statement)) {
    const { modifiers, typeParameters, heritageClauses, members } = statement;
    return factory.createClassDeclaration(
      modifiers,
      statement.name,
      typeParameters,
      heritageClauses,
      members.flatMap((member) => publicMember(member) ?? []),
    );
  }
  if (ts.isVariableStatement(statement)) {
    const declared = statement.declarationList.declarations.find((each) => each.name.getText() === name);
    return declared?.type
      ? factory.updateVariableDeclaration(declared, declared.name, undefined, declared.type, undefined)
      : (declared ?? statement);
  }
  return statement;
}

function publicMember(member: ts.ClassElement): ts.ClassElement | undefined {
  const { factory } = ts;
  const modifiers = ts.canHaveModifiers(member) ? ts.getModifiers(member) : undefined;
  if (modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) return undefined;
  if (ts.isConstructorDeclaration(member)) {
    return factory.createConstructorDeclaration(modifiers, member.parameters.map(withoutValue), undefined);
  }
  if (ts.isMethodDeclaration(member)) {
    const { name, questionToken, typeParameters, parameters, type } = member;
    const shown = parameters.map(withoutValue);
    return factory.createMethodDeclaration(
      modifiers,
      undefined,
      name,
      questionToken,
      typeParameters,
      shown,
      type,
      undefined,
    );
  }
  if (ts.isPropertyDeclaration(member) && member.type) {
    const { name, questionToken, type } = member;
    return factory.createPropertyDeclaration(modifiers, name, questionToken, type, undefined);
  }
  return member;
}

/** A parameter with a default is one that may be left out, and of what is taken apart only the type is seen. */
function withoutValue(parameter: ts.ParameterDeclaration, index: number): ts.ParameterDeclaration {
  const { dotDotDotToken, name, questionToken, initializer, type } = parameter;
  const optional = questionToken ?? (initializer && ts.factory.createToken(ts.SyntaxKind.QuestionToken));
  const shown = ts.isIdentifier(name) ? name : `args${index}`;
  return ts.factory.createParameterDeclaration(undefined, dotDotDotToken, shown, optional, type, undefined);
}

/** Names that stand for something else: not those of members and parameters. */
function identifiersIn(node: ts.Node): Set<string> {
  const found = new Set<string>();
  const visit = (each: ts.Node): void => {
    if (ts.isIdentifier(each)) found.add(each.text);
    const own = memberName(each);
    ts.forEachChild(each, (child) => {
      if (child !== own) visit(child);
    });
  };
  visit(node);
  return found;
}

function memberName(node: ts.Node): ts.Node | undefined {
  const names =
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isParameter(node);
  return names ? node.name : undefined;
}
