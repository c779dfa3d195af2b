import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeConfig } from "../../../../tools/embedded/config";
import { raiseInotifyLimit, restoreInotifyLimit } from "../../../../tools/embedded/kernel-limits";

describe("the kernel's inotify limit", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "limits-"));
    file = join(folder, "max_user_instances");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const config = () => ({ ...nodeConfig(), runFolder: join(folder, "run") });
  const limit = () => readFileSync(file, "utf8").trim();

  it("is raised once and given back", () => {
    writeFileSync(file, "128\n");
    assert.equal(raiseInotifyLimit(config(), file), 128);
    assert.equal(raiseInotifyLimit(config(), file), undefined);
    assert.equal(limit(), "1024");
    restoreInotifyLimit(config(), file);
    assert.equal(limit(), "128");
  });

  it("is left alone where it is high enough", () => {
    writeFileSync(file, "8192\n");
    assert.equal(raiseInotifyLimit(config(), file), undefined);
    restoreInotifyLimit(config(), file);
    assert.equal(limit(), "8192");
    assert.equal(existsSync(config().runFolder), false);
  });

  it("is not given back where somebody else has changed it since", () => {
    writeFileSync(file, "128\n");
    raiseInotifyLimit(config(), file);
    writeFileSync(file, "4096\n");
    restoreInotifyLimit(config(), file);
    assert.equal(limit(), "4096");
  });

  it("is no obstacle where the machine does not tell it", () => {
    assert.equal(raiseInotifyLimit(config(), join(folder, "absent")), undefined);
  });
});
