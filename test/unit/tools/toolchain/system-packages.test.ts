import assert from "node:assert/strict";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  installCommand,
  listsAreStale,
  missingPackages,
  withoutServiceStarts,
} from "../../../../tools/toolchain/system-packages";
import { scratchFolder, writeProgram } from "./scratch-folder";

describe("system packages", () => {
  const folder = scratchFolder();

  it("finds what is missing by programs, and by what else belongs to a package", async () => {
    await writeProgram(join(folder(), "mesh-test-program"), "true");
    const wanted = [
      { name: "there", programs: ["mesh-test-program"] },
      { name: "gone", programs: ["mesh-test-gone"] },
      { name: "file-there", programs: [], installed: () => true },
      { name: "file-gone", programs: [], installed: () => false },
    ];
    const missing = await missingPackages({ PATH: folder() }, wanted);
    assert.deepEqual(
      missing.map((entry) => entry.name),
      ["gone", "file-gone"],
    );
    assert.equal(
      installCommand(missing),
      "sudo apt-get update && sudo apt-get install -y --no-install-recommends gone file-gone",
    );
  });

  const day = 24 * 3600;
  const ages: [string, number | undefined, boolean][] = [
    ["are stale when there are none", undefined, true],
    ["are fresh after a day", day, false],
    ["are stale after eight days", 8 * day, true],
  ];
  for (const [title, age, expected] of ages) {
    it(`lists ${title}`, async () => {
      if (age !== undefined) {
        const list = join(folder(), "debian_dists_main_Packages.lz4");
        writeFileSync(list, "");
        const at = Date.now() / 1000 - age;
        utimesSync(list, at, at);
      }
      assert.equal(await listsAreStale(folder()), expected);
    });
  }

  it("forbids service starts only while it installs", async () => {
    const policy = join(folder(), "policy-rc.d");
    let during = "";
    const work = withoutServiceStarts(async () => {
      during = readFileSync(policy, "utf8");
      throw new Error("apt failed");
    }, policy);
    await assert.rejects(work, /apt failed/);
    assert.match(during, /exit 101/);
    assert.equal(existsSync(policy), false);
  });

  it("removes what a killed run left, and leaves the owner's policy alone", async () => {
    const policy = join(folder(), "policy-rc.d");
    writeFileSync(policy, "#!/bin/sh\n# Written by mesh-lanes while it installs packages; safe to remove.\nexit 101\n");
    await withoutServiceStarts(async () => undefined, policy);
    assert.equal(existsSync(policy), false);
    writeFileSync(policy, "#!/bin/sh\nexit 0\n");
    await withoutServiceStarts(async () => undefined, policy);
    assert.equal(readFileSync(policy, "utf8"), "#!/bin/sh\nexit 0\n");
  });
});
