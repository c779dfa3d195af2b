import assert from "node:assert/strict";
import ts from "typescript";
import { argumentTypes, constructorOf, publicComponents } from "../../../tools/api/components";
import { docstringOf, resultsOf } from "../../../tools/api/docs";
import { type Declared, Sources } from "../../../tools/api/surface";
import { projectRoot } from "../../../tools/paths";

const sources = new Sources(projectRoot);

const components = publicComponents(projectRoot, sources);

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
      const docs = docstringOf(property);
      const tags = ts.getJSDocTags(property).map(({ tagName }) => tagName.text);
      return [
        ...(docs.text === "" ? [`${name} is not described`] : []),
        ...(property.questionToken && !tags.includes("default") ? [`${name} has no @default`] : []),
      ];
    });
  });
}

describe("docstrings of public components", () => {
  it("are looked for at all of them", () => {
    const names = components.map(({ as }) => as);
    for (const name of ["AckCluster", "AsmMesh", "LaneGroup", "Workload", "IngressGateway", "LaneSecurity"]) {
      assert.ok(names.includes(name), name);
    }
    const workload = components.find(({ as }) => as === "Workload");
    assert.ok(workload && argumentTypes(sources, workload).some(({ name }) => name === "WorkloadVersion"));
  });

  for (const component of components) {
    it(`${component.as}: has one itself, and each argument has one, with its default where it may be left out`, () => {
      const [node] = component.nodes;
      assert.ok(node && ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc), `${component.as} has no docstring`);
      assert.deepEqual([...new Set(argumentTypes(sources, component).flatMap(holes))], []);
    });

    it(`${component.as}: says what each of its results is`, () => {
      const undescribed = resultsOf(sources, component).filter(({ docs }) => docs.text === "");
      assert.deepEqual(
        undescribed.map(({ name }) => name),
        [],
      );
    });

    it(`${component.as}: is made of a name, arguments and options`, () => {
      const [name, args, opts] = constructorOf(component)?.parameters.map(({ type }) => type?.getText() ?? "") ?? [];
      assert.equal(name, "string");
      assert.match(args ?? "", /Args$/);
      assert.match(opts ?? "", /Options$/);
    });
  }
});
