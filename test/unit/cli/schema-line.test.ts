import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { schemaLine } from "../../../cli/stack/schema-line";
import packageJson from "../../../package.json";
import { projectRoot } from "../../../tools/paths";

const file = "mesh-lanes.schema.json";
const start = " yaml-language-server: $schema=";

describe("the schema that a stack file names", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-schema-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const installed = (...at: string[]) => {
    const packageRoot = join(folder, ...at, "node_modules", "mesh-lanes");
    mkdirSync(packageRoot, { recursive: true });
    writeFileSync(join(packageRoot, file), "{}");
    return { isCheckout: false, packageRoot };
  };

  it("stands beside it in a checkout", () => {
    assert.equal(schemaLine(projectRoot), `${start}./${file}`);
    assert.ok(existsSync(join(projectRoot, file)));
  });

  it("is that of the npm package elsewhere, wherever it is installed", () => {
    const stacks = join(folder, "stacks");
    mkdirSync(stacks);
    assert.equal(schemaLine(folder, installed()), `${start}./node_modules/mesh-lanes/${file}`);
    assert.equal(schemaLine(stacks, installed()), `${start}../node_modules/mesh-lanes/${file}`);
    const linked = { isCheckout: false, packageRoot: join(folder, "store", "mesh-lanes@1") };
    assert.equal(schemaLine(folder, linked), `${start}./node_modules/mesh-lanes/${file}`);
    assert.equal(schemaLine(stacks, installed("global")), `${start}../global/node_modules/mesh-lanes/${file}`);
  });

  it("is in the npm package, and so is that of included files", () => {
    for (const name of [file, "mesh-lanes.include.schema.json"]) assert.ok(packageJson.files.includes(name), name);
  });
});
