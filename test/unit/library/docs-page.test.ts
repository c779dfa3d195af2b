import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { pageOf } from "../../../cli/docs/components/files";
import { publicComponents } from "../../../tools/api/components";
import { Sources } from "../../../tools/api/surface";
import { projectRoot } from "../../../tools/paths";

describe("docs/library.md", () => {
  const page = readFileSync(join(projectRoot, "docs", "library.md"), "utf8");
  const rows = page
    .split("\n")
    .flatMap((line) => /^\| \[`([A-Z]\w+)`\]\(components\/[a-z-]+\.md\) \| .+ \| (.+) \|$/.exec(line)?.slice(1) ?? []);
  const shown = new Map(
    rows.flatMap((name, index) => (index % 2 === 0 ? [[name, rows[index + 1] ?? ""] as const] : [])),
  );
  const components = publicComponents(projectRoot, new Sources(projectRoot)).map(({ as }) => as);

  it("has a line for each component, and for nothing else", () => {
    assert.deepEqual([...shown.keys()].sort(), components);
  });

  it("leads to the page of each", () => {
    for (const name of shown.keys()) {
      assert.ok(page.includes(`[\`${name}\`](${relative("docs", pageOf(name))})`), name);
      assert.ok(existsSync(join(projectRoot, pageOf(name))), name);
    }
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
