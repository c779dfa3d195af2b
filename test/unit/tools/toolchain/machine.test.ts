import assert from "node:assert/strict";
import { isDebianLike, type Machine, machineProblems, platformOf } from "../../../../tools/toolchain/machine";
import { UserError } from "../../../../tools/user-error";

const debian: Machine = { platform: "linux", cpu: "x64", root: true, debianLike: true };

describe("machine", () => {
  const releases: [string, string, boolean][] = [
    ["Debian", 'PRETTY_NAME="Debian"\nID=debian\n', true],
    ["Ubuntu", "ID=ubuntu\nID_LIKE=debian\n", true],
    ["a child of Ubuntu", 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', true],
    ["Alpine", "ID=alpine\n", false],
    ["a name that only mentions Debian", 'ID=other\nVERSION_ID="debian"\n', false],
  ];
  for (const [title, text, expected] of releases) {
    it(`knows ${title}`, () => assert.equal(isDebianLike(text), expected));
  }

  const problems: [string, "embedded" | "kind" | "existing", Partial<Machine>, string[]][] = [
    ["root on Linux may run the embedded cluster", "embedded", {}, []],
    ["fails for the embedded cluster without root", "embedded", { root: false }, ["user"]],
    ["fails for the embedded cluster on a Mac", "embedded", { platform: "darwin", root: false }, ["operating system"]],
    ["kind needs neither root nor Linux", "kind", { platform: "darwin", root: false }, []],
    ["an existing cluster needs neither root nor Linux", "existing", { platform: "darwin", root: false }, []],
  ];
  for (const [title, cluster, change, paths] of problems) {
    it(title, () => {
      const found = machineProblems({ cluster }, { ...debian, ...change });
      assert.deepEqual(
        found.map((problem) => problem.path),
        paths,
      );
    });
  }

  it("fails on Windows with what to do", () => {
    assert.throws(
      () => platformOf({ ...debian, platform: "win32" }),
      (error) => error instanceof UserError && /win32\/x64[\s\S]*WSL 2/.test(error.message),
    );
  });
});
