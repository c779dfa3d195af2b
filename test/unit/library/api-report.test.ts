import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiPages } from "../../../tools/api/pages";
import { apiReport } from "../../../tools/api/report";
import { projectRoot } from "../../../tools/paths";

describe("the public surface", () => {
  for (const { path, text } of apiPages(projectRoot)) {
    it(`is that of ${path}`, () => {
      const committed = readFileSync(join(projectRoot, path), "utf8");
      assert.equal(
        committed,
        text,
        `the public surface has changed: run \`npm run api\`, look at the diff of ${path}, and tell users in CHANGELOG.md`,
      );
    });
  }
});

describe("apiReport", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "api-report-"));
  });
  after(() => rmSync(root, { recursive: true }));

  const report = (files: Readonly<Record<string, string>>) => {
    mkdirSync(join(root, "library"), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
    return apiReport(root, "library/index.ts");
  };
  const library = 'export { Thing, make } from "../thing";\n';
  const thing = `import type { Args } from "./args";
/** A thing. */
export class Thing extends Base { private readonly secret = 1; public readonly size: number = 2;
  public constructor(name: string, private readonly args: Args, count = 3) { super(name); }
  private hidden(): void {} public async shown({ a }: Args): Promise<void> { this.hidden(); } }
export const make = (): number => 1;
`;

  it("shows what a program sees: no bodies, nothing private, and the types that are named", () => {
    const text = report({
      "library/index.ts": library,
      "thing.ts": thing,
      "args.ts": "export interface Args { a?: Size }\\ntype Size = 1 | 2;".replace("\\n", "\n"),
    });
    assert.match(text, /export class Thing extends Base \{\n\s+public readonly size: number;/);
    assert.match(text, /public constructor\(name: string, args: Args, count\?\)/);
    assert.match(text, /interface Args/);
    assert.match(text, /type Size = 1 \| 2;/);
    assert.doesNotMatch(text, /secret|hidden|super|A thing/);
  });

  it("changes when a type behind the surface does, and not with comments or bodies", () => {
    const one = report({ "library/index.ts": library, "thing.ts": thing, "args.ts": "export interface Args { a: 1 }" });
    const commented = report({ "thing.ts": thing.replace("this.hidden();", "").replace("A thing.", "Another.") });
    assert.equal(commented, one);
    assert.notEqual(report({ "args.ts": "export interface Args { a: 2 }" }), one);
  });
});
