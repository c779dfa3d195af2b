import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";
import type { Declared, Exported, Sources } from "./surface";

/** A component that programs import, and from where. */
export interface PublicComponent extends Exported {
  /** @example "mesh-lanes/alibaba" */
  readonly entry: string;
}

/** Exported classes that no program makes a component of. */
const others = ["UserError", "ProcessProvider"];

/** Every component of the package, sorted by name. */
export function publicComponents(root: string, sources: Sources): PublicComponent[] {
  const found = readdirSync(join(root, "library")).flatMap((file) =>
    sources.exportsOf(`library/${file}`).map((exported) => ({ ...exported, entry: entryOf(file) })),
  );
  return found
    .filter(({ as, nodes: [node] }) => node && ts.isClassDeclaration(node) && !others.includes(as))
    .sort((a, b) => (a.as < b.as ? -1 : 1));
}

function entryOf(file: string): string {
  return file === "index.ts" ? "mesh-lanes" : `mesh-lanes/${basename(file, ".ts")}`;
}

export function constructorOf({ nodes: [node] }: Declared): ts.ConstructorDeclaration | undefined {
  return node && ts.isClassDeclaration(node) ? node.members.find(ts.isConstructorDeclaration) : undefined;
}

/** The type of a component's arguments, and those of their parts. What is plain data of the core has docs of its own. */
export function argumentTypes(sources: Sources, component: Declared): Declared[] {
  const found = new Map<string, Declared>();
  const type = constructorOf(component)?.parameters[1]?.type;
  const first = type && sources.find(component.file, type.getText());
  const waiting = first ? [first] : [];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (found.has(next.name)) continue;
    const ofCore = !next.nodes.some(isType) || /^components\/lanes\/|^tools\//.test(next.file);
    if (ofCore && !next.file.endsWith("lane-group.ts")) continue;
    found.set(next.name, next);
    waiting.push(...sources.namedBy(next));
  }
  return [...found.values()];
}

function isType(node: ts.Statement): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}
