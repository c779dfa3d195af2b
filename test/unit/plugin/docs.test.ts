import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../tools/paths";

const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");

describe("the docs of other languages", () => {
  for (const file of [
    "yaml/Pulumi.yaml",
    "python/Pulumi.yaml",
    "python/requirements.txt",
    "python/__main__.py",
    "go/main.go",
  ]) {
    it(`show plugin/examples/${file} as it is`, () => {
      assert.ok(read("docs/languages.md").includes(`\n${read(`plugin/examples/${file}`)}\`\`\`\n`));
    });
  }

  for (const file of ["_index.md", "installation-configuration.md"]) {
    it(`have what Pulumi's registry reads at the head of ${file}`, () => {
      const [before, head = "", ...body] = read(`docs/${file}`).split(/^---$/m);
      assert.equal(before, "");
      const { title, meta_desc, layout, ...more } = parse(head) as Record<string, string>;
      assert.deepEqual(more, {});
      assert.equal(layout, "package");
      assert.match(title ?? "", /^Mesh Lanes/);
      assert.ok(meta_desc !== undefined && meta_desc.length > 20 && meta_desc.length <= 160, meta_desc);
      assert.ok(body.join("").trim().length > 100);
    });
  }
});
