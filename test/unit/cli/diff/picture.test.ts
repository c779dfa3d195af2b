import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { diff } from "../../../../cli/diff";
import { projectRoot } from "../../../../tools/paths";

const [from, to, picture] = ["examples/diff/before.yaml", "examples/diff/after.yaml", "docs/images/diff.svg"] as const;

describe("the picture of a change in docs/preview.md", () => {
  it("is what the command beside it makes", async () => {
    const page = readFileSync(join(projectRoot, "docs", "preview.md"), "utf8");
    assert.ok(page.includes(`npx lanes diff ${from} ${to} --svg ${picture}`), "the page does not name the command");
    const { text } = await diff({ stack: "dev", exitCode: false, from, to, svg: true }, projectRoot, projectRoot);
    assert.equal(readFileSync(join(projectRoot, picture), "utf8"), text, "make it again by that command");
  });
});
