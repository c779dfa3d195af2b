import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../tools/paths";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");

/** Rows of the table of cases: the title of a test, or a part of it, and its file. */
function cases(): { readonly title: string; readonly file: string }[] {
  const [, section = ""] = read("docs/proof.md").split("\n## Cases that others reported\n");
  return [...section.matchAll(/^\| .*\| "(.+)" \| `(.+)` \|$/gm)].map(([, title = "", file = ""]) => ({ title, file }));
}

describe("cases that others reported", () => {
  it("are listed, each with a test", () => {
    const listed = cases();
    assert.ok(listed.length >= 30, `${listed.length} rows`);
    const missing = listed.filter(({ title, file }) => !read(file).includes(title));
    assert.deepEqual(missing, []);
  });
});
