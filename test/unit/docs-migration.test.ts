import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../tools/paths";

/** Version -> the entries under its "Changed", each as one line. */
function changes(changelog: string): Map<string, string[]> {
  const versions = changelog.split(/^## /m).slice(1);
  return new Map(
    versions.map((text) => {
      const [version = ""] = text.split("\n");
      const sections = text.split(/^### /m).filter((section) => /^(Changed|Breaking|Removed)/.test(section));
      const entries = sections.flatMap((section) => section.split(/^- /m).slice(1));
      return [version.trim(), entries.map((entry) => entry.replace(/\s+/g, " ").trim())];
    }),
  );
}

/** Version -> how the entries begin that the page has a note for, with the note. */
function notes(page: string): Map<string, [string, string][]> {
  const versions = page.split(/^## /m).slice(1);
  return new Map(
    versions.map((text) => {
      const rows = [...text.matchAll(/^\| (.+?) \| (.+) \|$/gm)].slice(1);
      return [text.split("\n")[0]?.trim() ?? "", rows.map(([, change = "", note = ""]) => [change, note])];
    }),
  );
}

/** What is missing, or there for nothing. */
function problems(changelog: string, page: string): string[] {
  const noted = notes(page);
  return [...changes(changelog)].flatMap(([version, entries]) => {
    const own = noted.get(version) ?? [];
    const missing = entries.filter((entry) => !own.some(([change]) => entry.startsWith(change)));
    const stray = own.filter(([change]) => !entries.some((entry) => entry.startsWith(change)));
    return [
      ...missing.map((entry) => `${version}: no note for "${entry.slice(0, 60)}": add a line to docs/migration.md`),
      ...stray.map(([change]) => `${version}: no entry of the changelog begins with "${change}"`),
    ];
  });
}

describe("docs/migration.md", () => {
  const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");
  const changelog = read("CHANGELOG.md");
  const page = read("docs/migration.md");

  it("says for every change what to do", () => {
    assert.ok([...changes(changelog).values()].flat().length > 20);
    assert.deepEqual(problems(changelog, page), []);
    for (const [change, note] of [...notes(page).values()].flat()) assert.match(note, /^[A-Z`].*\.$/, change);
  });

  it("fails with a change that it does not have, and with a line for none", () => {
    const more = changelog.replace("### Changed\n", "### Changed\n- Lanes are called paths.\n");
    assert.match(problems(more, page).join(), /no note for "Lanes are called paths\."/);
    const stray = page.replace("| Conformance is", "| Nonconformance is");
    assert.equal(problems(changelog, stray).length, 2);
  });
});
