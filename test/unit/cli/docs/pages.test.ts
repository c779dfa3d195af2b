import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generatedPages } from "../../../../cli/docs/pages";
import { projectRoot } from "../../../../tools/paths";

describe("generated pages", () => {
  for (const [path, page] of Object.entries(generatedPages)) {
    it(`${path} is what \`npm run docs\` writes`, () => {
      assert.equal(readFileSync(join(projectRoot, path), "utf8"), page());
    });
  }
});
