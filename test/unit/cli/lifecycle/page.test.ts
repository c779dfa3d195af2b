import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { init } from "../../../../cli/init";
import {
  addLane,
  drainLane,
  promoteLane,
  retireLane,
  rollBack,
  type Surroundings,
  shiftWeights,
} from "../../../../cli/lifecycle/run";
import { projectRoot } from "../../../../tools/paths";

describe("docs/promotion.md", () => {
  const page = readFileSync(join(projectRoot, "docs", "promotion.md"), "utf8");
  let folder: string;
  let shown: string[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-promotion-"));
    init(
      "shop",
      {
        ...{ cluster: "auto", group: "shop", namespace: "shop", mode: "permissive", services: "web,cart" },
        ...{ port: "8000", versions: "v1", host: "shop.example.com", header: "x-lane-entry" },
      },
      folder,
    );
  });
  beforeEach(() => {
    shown = [];
  });
  after(() => rmSync(folder, { recursive: true }));

  const options = { stack: "shop", yes: true, dryRun: false, json: false };
  const where = (): Surroundings => ({
    folder,
    asking: { terminal: false, ask: () => assert.fail("nobody is asked") },
    show: (text) => shown.push(text),
    tell: () => {},
    openRequests: async () => ({ asked: false, why: "the local cluster does not run" }),
  });

  /** In the page's order: each begins with what the one before wrote. */
  const commands: Readonly<Record<string, () => Promise<void>>> = {
    "add v2 --stack shop": () => addLane("v2", options, where()),
    "shift v2=10 --stack shop": () => shiftWeights(["v2=10"], options, where()),
    "promote v2 --stack shop": () => promoteLane("v2", options, where()),
    "rollback --to v1 --stack shop --dry-run": () => rollBack({ ...options, dryRun: true, to: "v1" }, where()),
    "drain v1 --stack shop": () => drainLane("v1", { ...options, undo: false }, where()),
    "retire v1 --stack shop": () => retireLane("v1", { ...options, workloads: true, now: false }, where()),
  };
  for (const [command, run] of Object.entries(commands)) {
    it(`shows what lanes ${command} says`, async () => {
      await run();
      const [, block] = new RegExp(`^\`\`\`\n\\$ npx lanes ${command}\n([\\s\\S]*?)\n\`\`\`$`, "m").exec(page) ?? [];
      assert.equal(block, shown.join("\n").trimEnd());
    });
  }
});
