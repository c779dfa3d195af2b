import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeConfig } from "../../../../tools/embedded/config";
import { orphans } from "../../../../tools/embedded/orphans";
import { takeOwnership, takeState } from "../../../../tools/embedded/owner";
import { scratchFolder } from "../toolchain/scratch-folder";

describe("orphans", () => {
  const folder = scratchFolder();

  /** A node with a run folder and a state folder. @returns the state folder. */
  function node(name: string): string {
    const stateFolder = join(folder(), "checkouts", name);
    const config = { ...nodeConfig({ name, stateFolder }), runFolder: join(folder(), "run", name) };
    takeState(config);
    takeOwnership(config);
    return stateFolder;
  }

  it("are the nodes whose state was deleted, of any name, and no other folders", () => {
    node("alive");
    const deleted = node("deleted");
    const half = node("half");
    for (const name of ["dbus", "Not A Name", "half-owner"]) mkdirSync(join(folder(), "run", name));
    writeFileSync(join(folder(), "run", "half-owner", "owner.json"), "{");
    assert.deepEqual(orphans(join(folder(), "run")), []);
    rmSync(deleted, { recursive: true });
    // As `rm -rf` leaves it, which cannot remove a folder below which something is mounted.
    rmSync(half, { recursive: true });
    mkdirSync(join(half, "kubelet", "pods"), { recursive: true });
    const found = orphans(join(folder(), "run"));
    assert.deepEqual(
      found.map(({ name, stateFolder, runFolder }) => [name, stateFolder, runFolder]),
      [
        ["deleted", deleted, join(folder(), "run", "deleted")],
        ["half", half, join(folder(), "run", "half")],
      ],
    );
  });

  it("are none where there is no such folder", () => {
    assert.deepEqual(orphans(join(folder(), "nothing")), []);
  });
});
