import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainRequest } from "../../../../cli/explain";
import { importLanes } from "../../../../cli/import";
import { readManifests } from "../../../../cli/import/read";
import { planLaneGroup } from "../../../../components/lanes/plan";
import { formatLaneTable, laneTable } from "../../../../components/lanes/table";
import { loadStackConfig, readStackConfigFile } from "../../../../config/read";
import type { StackConfig } from "../../../../config/stack";
import { projectRoot } from "../../../../tools/paths";

describe("docs/import.md", () => {
  const page = readFileSync(join(projectRoot, "docs", "import.md"), "utf8");
  let folder: string;
  let report: string;
  let file: string;
  let config: StackConfig;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-page-"));
    const manifests = () => readManifests([join(projectRoot, "examples", "import", "shop.yaml")]);
    const around = { folder, manifests, cluster: () => assert.fail("no cluster") };
    const options = { calls: [], protocol: [], json: false, stack: "shop" };
    report = (await importLanes(["shop.yaml"], options, around)).text;
    file = readFileSync(join(folder, "Pulumi.shop.yaml"), "utf8");
    config = loadStackConfig(readStackConfigFile(join(folder, "Pulumi.shop.yaml")), folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("shows what the command prints and writes", () => {
    assert.ok(page.includes(`\`\`\`\n${report.trimEnd()}\n\`\`\``), report);
    assert.ok(page.includes(`\`\`\`yaml\n${file.slice(file.indexOf("config:")).trimEnd()}\n\`\`\``), file);
  });

  it("shows what matrix and explain make of it", () => {
    const [group] = config.laneGroups;
    assert.ok(group);
    const table = formatLaneTable(laneTable(planLaneGroup(group)));
    assert.ok(page.includes(`\`\`\`\n${table}\n\`\`\``), table);
    const request = { host: "shop.example.com", path: "/", method: "GET", header: ["x-lane-entry: v2"] };
    const { text } = explainRequest({ ...request, stack: "shop", json: false }, () => config);
    assert.ok(page.includes(`\`\`\`\n${text.trimEnd()}\n\`\`\``), text);
  });
});
