import ts from "typescript";
import { type Declared, publicPart, Sources } from "./surface";

/** The public surface of an entry point as text: one declaration after the other, without comments and bodies. */
export function apiReport(root: string, entry: string): string {
  const sources = new Sources(root);
  const exported = sources.exportsOf(entry);
  const known = new Map(exported.map((each) => [keyOf(each), each as Declared]));
  const behind: Declared[] = [];
  const waiting: Declared[] = [...exported];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    for (const named of sources.namedBy(next)) {
      if (known.has(keyOf(named))) continue;
      known.set(keyOf(named), named);
      behind.push(named);
      waiting.push(named);
    }
  }
  behind.sort((a, b) => (a.name + a.file < b.name + b.file ? -1 : 1));
  return [
    ...exported.map((each) =>
      [...(each.as === each.name ? [] : [`// as ${each.as}`]), textOf(sources, each)].join("\n"),
    ),
    "// What these name and the package does not export.",
    ...behind.map((each) => textOf(sources, each)),
  ].join("\n\n");
}

function keyOf({ file, name }: Declared): string {
  return `${file} ${name}`;
}

function textOf(sources: Sources, { file, name, nodes }: Declared): string {
  const printer = ts.createPrinter({ removeComments: true });
  const source = sources.read(file);
  const texts = nodes.map((node) => {
    const text = printer.printNode(ts.EmitHint.Unspecified, publicPart(node, name), source);
    return ts.isVariableStatement(node) ? `const ${text};` : text;
  });
  return texts.join("\n");
}
