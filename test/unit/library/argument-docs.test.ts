import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { type Declared, type Exported, Sources } from "../../../tools/api/surface";
import { projectRoot } from "../../../tools/paths";

const sources = new Sources(projectRoot);

/** Classes that programs make resources of. */
function components(): Exported[] {
  return readdirSync(join(projectRoot, "library"))
    .flatMap((file) => sources.exportsOf(`library/${file}`))
    .filter(
      ({ nodes: [node] }) => node && ts.isClassDeclaration(node) && node.members.some(ts.isConstructorDeclaration),
    )
    .filter(({ as }) => as !== "UserError");
}

function constructorOf({ nodes: [node] }: Declared): ts.ConstructorDeclaration | undefined {
  return node && ts.isClassDeclaration(node) ? node.members.find(ts.isConstructorDeclaration) : undefined;
}

/** The interfaces of a component's arguments, and those of their parts. What is plain data of the core has docs of its own. */
function argumentTypes(component: Declared): Declared[] {
  const found = new Map<string, Declared>();
  const type = constructorOf(component)?.parameters[1]?.type;
  const first = type && sources.find(component.file, type.getText());
  const waiting = first ? [first] : [];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (found.has(next.name) || !next.nodes.some(isType) || /^components\/lanes\/|^tools\//.test(next.file)) {
      if (!next.file.endsWith("lane-group.ts")) continue;
    }
    if (found.has(next.name)) continue;
    found.set(next.name, next);
    waiting.push(...sources.namedBy(next));
  }
  return [...found.values()];
}

function isType(node: ts.Statement): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

/** Everything that a reader of the docstrings would have to guess. */
function holes(declared: Declared): string[] {
  return declared.nodes.flatMap((node) => {
    const properties: ts.PropertySignature[] = [];
    const visit = (each: ts.Node): void => {
      if (ts.isPropertySignature(each)) properties.push(each);
      ts.forEachChild(each, visit);
    };
    if (ts.isInterfaceDeclaration(node)) visit(node);
    return properties.flatMap((property) => {
      const name = `${declared.name}.${property.name.getText()}`;
      const docs = ts.getJSDocCommentsAndTags(property).filter(ts.isJSDoc);
      const tags = ts.getJSDocTags(property).map(({ tagName }) => tagName.text);
      return [
        ...(docs.length === 0 ? [`${name} has no docstring`] : []),
        ...(property.questionToken && !tags.includes("default") ? [`${name} has no @default`] : []),
      ];
    });
  });
}

describe("docstrings of public components", () => {
  it("are looked for at all of them", () => {
    const names = components().map(({ as }) => as);
    for (const name of ["AckCluster", "AsmMesh", "LaneGroup", "Workload", "IngressGateway", "LaneSecurity"]) {
      assert.ok(names.includes(name), name);
    }
    const workload = components().find(({ as }) => as === "Workload");
    assert.ok(workload && argumentTypes(workload).some(({ name }) => name === "WorkloadVersion"));
  });

  for (const component of components()) {
    it(`${component.as}: has one itself, and each argument has one, with its default where it may be left out`, () => {
      const [node] = component.nodes;
      assert.ok(node && ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc), `${component.as} has no docstring`);
      assert.deepEqual([...new Set(argumentTypes(component).flatMap(holes))], []);
    });

    it(`${component.as}: is made of a name, arguments and options`, () => {
      const [name, args, opts] = constructorOf(component)?.parameters.map(({ type }) => type?.getText() ?? "") ?? [];
      assert.equal(name, "string");
      if (component.as === "ProcessProvider") return;
      assert.match(args ?? "", /Args$/);
      assert.match(opts ?? "", /Options$/);
    });
  }
});
