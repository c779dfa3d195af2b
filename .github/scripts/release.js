// Whether the checkout is what a tag calls it. Then makes package.json the one that is published: with the repository, which npm's
// provenance compares with the one that the package was built in, and not private.
// Usage: node .github/scripts/release.js <tag> <url of the repository>
const { readFileSync, writeFileSync } = require("node:fs");

/** @returns what is wrong with a release, a line each. */
function releaseProblems(tag, { version, plugin, changelog, migration }) {
  const [, tagged] = /^v(\d+\.\d+\.\d+)$/.exec(tag) ?? [];
  if (tagged === undefined) return [`tag: got ${tag}, expected vX.Y.Z, such as v1.2.3`];
  const heading = new RegExp(`^## \\[?${tagged.replaceAll(".", "\\.")}\\]?( |$)`, "m");
  const own = Object.entries({ "package.json": version, "plugin/package.json": plugin });
  return [
    ...own.flatMap(([file, found]) => (found === tagged ? [] : [`${file}: got version ${found}, expected ${tagged}`])),
    ...Object.entries({ "CHANGELOG.md": changelog, "docs/migration.md": migration }).flatMap(([file, text]) =>
      heading.test(text) ? [] : [`${file}: has no heading "## ${tagged}"; move what is under "Unreleased" there`],
    ),
  ];
}

/** @returns package.json as it is published. */
function publishedPackage({ private: _private, ...manifest }, repository) {
  return { ...manifest, repository: { type: "git", url: `git+${repository}.git` } };
}

module.exports = { publishedPackage, releaseProblems };

if (require.main === module) {
  const [tag = "", repository = ""] = process.argv.slice(2);
  const read = (file) => readFileSync(file, "utf8");
  const manifest = JSON.parse(read("package.json"));
  const problems = releaseProblems(tag, {
    version: manifest.version,
    plugin: JSON.parse(read("plugin/package.json")).version,
    changelog: read("CHANGELOG.md"),
    migration: read("docs/migration.md"),
  });
  if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(repository))
    problems.push(`repository: got "${repository}", expected a URL`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
  else writeFileSync("package.json", `${JSON.stringify(publishedPackage(manifest, repository), null, 2)}\n`);
}
