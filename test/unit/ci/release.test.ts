import assert from "node:assert/strict";
import { publishedPackage, releaseProblems } from "../../../.github/scripts/release.js";

describe("a release", () => {
  const files = {
    version: "1.2.3",
    plugin: "1.2.3",
    changelog: "# Changelog\n\n## Unreleased\n\n## [1.2.3] - 2026-12-01\n",
    migration: "# Migration\n\n## 1.2.3\n",
  };

  it("is one where tag, versions, changelog and migration agree", () => {
    assert.deepEqual(releaseProblems("v1.2.3", files), []);
  });

  it("is none where they do not, and says everything that is wrong", () => {
    assert.deepEqual(releaseProblems("v1.2.4", { ...files, plugin: "1.2.4" }), [
      "package.json: got version 1.2.3, expected 1.2.4",
      'CHANGELOG.md: has no heading "## 1.2.4"; move what is under "Unreleased" there',
      'docs/migration.md: has no heading "## 1.2.4"; move what is under "Unreleased" there',
    ]);
    const near = { ...files, changelog: "## 1.2.30\n", migration: "## 1x2x3\n" };
    assert.equal(releaseProblems("v1.2.3", near).length, 2);
  });

  it("has a tag of three numbers", () => {
    for (const tag of ["1.2.3", "v1.2", "v1.2.3-rc.1", "main", ""]) {
      assert.deepEqual(releaseProblems(tag, files), [`tag: got ${tag}, expected vX.Y.Z, such as v1.2.3`]);
    }
  });

  it("is public, and names the repository that it was built in", () => {
    assert.deepEqual(publishedPackage({ name: "mesh-lanes", private: true }, "https://github.com/acme/mesh-lanes"), {
      name: "mesh-lanes",
      repository: { type: "git", url: "git+https://github.com/acme/mesh-lanes.git" },
    });
  });
});
