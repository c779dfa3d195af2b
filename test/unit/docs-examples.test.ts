import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseStackConfig } from "../../config/parse";
import { configNamespace } from "../../config/stack";
import { projectRoot } from "../../tools/paths";

/** Values of the stack files that a page shows. */
function shownStacks(page: string): Record<string, unknown>[] {
  const text = readFileSync(join(projectRoot, page), "utf8");
  const blocks = [...text.matchAll(/^```yaml\n(config:\n.*?)^```$/gms)].map(([, yaml = ""]) => parse(yaml).config);
  return blocks.map((config) =>
    Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(`${configNamespace}:`, ""), value])),
  );
}

describe("stack files in the docs", () => {
  for (const page of [
    "README.md",
    "docs/entries.md",
    "docs/gateway.md",
    "docs/import.md",
    "docs/labels.md",
    "docs/meshes.md",
    "docs/policies.md",
    "docs/workloads.md",
  ]) {
    it(`${page}: are valid`, () => {
      const stacks = shownStacks(page);
      assert.ok(stacks.length > 0);
      for (const values of stacks) parseStackConfig(values);
    });
  }
});
