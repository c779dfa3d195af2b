import assert from "node:assert/strict";
import { identityOf, isAlive, networkNamespaceAt, parseStat } from "../../../../tools/embedded/proc";

describe("parseStat", () => {
  const rest = "S 7 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 200";
  for (const command of ["node", "with space", "a) S 1 (b"]) {
    it(`finds state, parent and start time behind the command ${JSON.stringify(command)}`, () => {
      assert.deepEqual(parseStat(`42 (${command}) ${rest}`), { state: "S", parent: 7, startTime: "98765" });
    });
  }

  it("fails to read an empty text, which is what a process that is gone leaves", () => {
    assert.equal(parseStat(""), undefined);
  });
});

describe("isAlive", () => {
  const own = identityOf(process.pid);
  assert.ok(own);

  it("knows this process", () => assert.equal(isAlive(own), true));

  it("fails on a pid that another process has now", () => {
    assert.equal(isAlive({ ...own, startTime: `${Number(own.startTime) - 1}` }), false);
  });

  it("fails on the same pid and ticks of another boot", () => {
    assert.equal(isAlive({ ...own, bootId: "00000000-0000-0000-0000-000000000000" }), false);
  });

  it("fails on a pid that no process has", () => {
    // Above the largest pid_max of Linux, which is 2^22.
    assert.equal(isAlive({ ...own, pid: 2 ** 22 + 1 }), false);
  });
});

describe("networkNamespaceAt", () => {
  it("fails on a path with nothing there", () => {
    assert.equal(networkNamespaceAt("/run/netns/no-such-namespace"), undefined);
  });
});
