import assert from "node:assert/strict";
import { orphansAmong } from "../../../cli/strays";

describe("what outlived a killed update", () => {
  const process = (pid: number, parent: number) => ({ pid, parent, args: ["node"], env: {} });

  it("is handed over to the first process, with all that it started", () => {
    const strays = [process(10, 1), process(11, 10), process(12, 11)];
    assert.deepEqual(orphansAmong(strays), strays);
  });

  it("is not what a command that lives has started", () => {
    // 20 is a rollout between two of its updates: it is no stray itself.
    assert.deepEqual(orphansAmong([process(21, 20), process(22, 21)]), []);
  });

  it("ends where the list was not read in one moment", () => {
    assert.deepEqual(orphansAmong([process(30, 31), process(31, 30)]), []);
  });
});
