import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { projectRoot } from "../../../../tools/paths";

/** The text of `podFieldsText`: the fields of PodSpec and of all that is in it, out of the types of @pulumi/kubernetes. */
export function podFieldsOfTypes(): string {
  const file = join(projectRoot, "node_modules/@pulumi/kubernetes/types/input.d.ts");
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  const walk = (node: ts.Node, way: readonly string[]): void => {
    if (ts.isModuleDeclaration(node) && node.body) walk(node.body, [...way, node.name.getText(source)]);
    else if (ts.isModuleBlock(node)) for (const statement of node.statements) walk(statement, way);
    else if (ts.isInterfaceDeclaration(node)) interfaces.set([...way, node.name.text].join("."), node);
  };
  for (const statement of source.statements) walk(statement, []);
  const found: Record<string, Record<string, string>> = {};
  const add = (type: string): void => {
    const short = type.split(".").at(-1) ?? type;
    if (found[short]) return;
    const fields: Record<string, string> = {};
    found[short] = fields;
    const declaration = interfaces.get(type);
    if (!declaration) throw new Error(`@pulumi/kubernetes has no ${type}`);
    for (const member of declaration.members) {
      if (!ts.isPropertySignature(member) || !member.type) continue;
      const text = member.type.getText(source).replaceAll(/\s+/g, "");
      const [, named] = /inputs\.([a-z0-9]+\.v\d+\.[A-Za-z]+)/.exec(text) ?? [];
      const list = /\[\]>*$/.test(text);
      const isMap = text.includes("[key:string]");
      fields[member.name.getText(source)] =
        `${isMap || named === undefined ? "" : named.split(".").at(-1)}${list ? "[]" : ""}`;
      if (named !== undefined && !isMap) add(named);
    }
  };
  add("core.v1.PodSpec");
  const line = ([type, fields]: [string, Record<string, string>]) =>
    [type, ...Object.entries(fields).map(([name, kind]) => (kind === "" ? name : `${name}:${kind}`))].join(" ");
  return Object.entries(found).map(line).sort().join("\n");
}
