import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { appImage, appNames } from "../../../../tools/images/app-image";
import { UserError } from "../../../../tools/user-error";

describe("appImage", () => {
  let root: string;
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "app-image-"));
    write("package-lock.json", "{}");
    write("apps/Containerfile", "1");
    write("apps/mock/main.ts", "1");
    write("apps/mock/deep/er.ts", "1");
    write("apps/other/main.ts", "1");
    write("apps/shared/log.ts", "1");
    write("apps/assets/page.html", "1");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("names app and hash", () => {
    const { app, ref, hash } = appImage("mock", root);
    assert.match(hash, /^[0-9a-f]{12}$/);
    assert.deepEqual([app, ref], ["mock", `docker.io/mesh-lanes/mock:${hash}`]);
    assert.equal(appImage("mock", root).ref, ref);
  });

  for (const [path, changes] of [
    ["apps/mock/main.ts", true],
    ["apps/mock/deep/er.ts", true],
    ["apps/mock/new.ts", true],
    ["apps/shared/log.ts", true],
    ["apps/Containerfile", true],
    ["package-lock.json", true],
    ["apps/other/main.ts", false],
    ["README.md", false],
  ] as const) {
    it(`${changes ? "changes" : "stays"} with ${path}`, () => {
      const before = appImage("mock", root).hash;
      write(path, "2");
      assert.equal(appImage("mock", root).hash !== before, changes);
    });
  }

  it("changes when a file is renamed", () => {
    const before = appImage("mock", root).hash;
    rmSync(join(root, "apps/mock/deep/er.ts"));
    write("apps/mock/deep/re.ts", "1");
    assert.notEqual(appImage("mock", root).hash, before);
  });

  for (const name of ["nope", "shared", "../mock", ""]) {
    it(`fails on ${JSON.stringify(name)}, naming the apps there are`, () => {
      assert.throws(
        () => appImage(name, root),
        (error) => error instanceof UserError && error.problems[0]?.expected === "mock, other",
      );
    });
  }

  it("says that a package has no apps, and what to do", () => {
    assert.throws(
      () => appImage("mock", join(root, "apps", "mock")),
      (error) => error instanceof UserError && /Give the workload an `image`/.test(error.problems[0]?.fix ?? ""),
    );
  });

  it("lists folders with a main.ts", () => assert.deepEqual(appNames(root), ["mock", "other"]));
});
