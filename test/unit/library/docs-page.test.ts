import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { Sources } from "../../../tools/api/surface";
import { projectRoot } from "../../../tools/paths";

describe("docs/library.md", () => {
  const page = readFileSync(join(projectRoot, "docs", "library.md"), "utf8");
  const rows = page.split("\n").flatMap((line) => /^\| `([A-Z]\w+)` \| .+ \| (.+) \|$/.exec(line)?.slice(1) ?? []);
  const shown = new Map(
    rows.flatMap((name, index) => (index % 2 === 0 ? [[name, rows[index + 1] ?? ""] as const] : [])),
  );
  const sources = new Sources(projectRoot);
  const components = readdirSync(join(projectRoot, "library"))
    .flatMap((file) => sources.exportsOf(`library/${file}`))
    .filter(
      ({ as, nodes: [node] }) => node && ts.isClassDeclaration(node) && !["UserError", "ProcessProvider"].includes(as),
    )
    .map(({ as }) => as);

  it("has a line for each component, and for nothing else", () => {
    assert.deepEqual([...shown.keys()].sort(), [...new Set(components)].sort());
  });

  it("shows how each is made, in TypeScript without a syntax error", () => {
    for (const [name, example] of shown) {
      if (name === "ProxySync") continue;
      const code = /^`(.+)`$/.exec(example)?.[1] ?? "";
      assert.ok(code.startsWith(`new ${name}("`), name);
      const { diagnostics } = ts.transpileModule(code, { reportDiagnostics: true });
      assert.deepEqual(
        diagnostics?.map(({ messageText }) => messageText),
        [],
        name,
      );
    }
  });
});
