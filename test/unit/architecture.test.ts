import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import execa from "execa";
import { preProcessFile } from "typescript";
import { filesBelow } from "../../tools/files-below";
import { projectRoot } from "../../tools/paths";

/** File -> files of this project that it imports, types too; paths from the root. */
type Imports = Readonly<Record<string, readonly string[]>>;

const folders = [
  "apps",
  "bin",
  "cli",
  "components",
  "config",
  "conformance",
  "examples",
  "library",
  "plugin",
  "policy",
  "stacks",
  "test",
  "tools",
];

function readImports(): Imports {
  const sources = folders
    .flatMap((folder) => filesBelow(join(projectRoot, folder)))
    .map((file) => relative(projectRoot, file))
    .filter((file) => /\.(ts|js)$/.test(file) && !/(^|\/)(node_modules|sdk)\//.test(file));
  const known = new Set(["index.ts", ...sources]);
  return Object.fromEntries([...known].map((file) => [file, importsOf(file, known)]));
}

function importsOf(file: string, known: ReadonlySet<string>): string[] {
  const { importedFiles } = preProcessFile(readFileSync(join(projectRoot, file), "utf8"), true, true);
  return importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith(".")) return [];
    const path = join(dirname(file), fileName);
    const found = [path, `${path}.ts`, `${path}.js`, join(path, "index.ts")].find((candidate) => known.has(candidate));
    return found === undefined ? [] : [found];
  });
}

interface Rule {
  readonly title: string;
  readonly from: RegExp;
  readonly to: RegExp;
  /** Edges that are right all the same. */
  readonly but?: RegExp;
}

const rules: readonly Rule[] = [
  {
    title: "components know neither config, stacks nor the command",
    from: /^components\//,
    to: /^(config|stacks|cli)\//,
  },
  {
    title: "tools know nothing that is built on them",
    from: /^tools\//,
    to: /^(apps|cli|components|config|conformance|stacks|plugin)\//,
  },
  { title: "config knows nothing that reads it", from: /^config\//, to: /^(stacks|cli|plugin)\// },
  { title: "stacks know nothing of the command", from: /^stacks\//, to: /^cli\// },
  { title: "conformance needs no stack of ours", from: /^conformance\//, to: /^(stacks|cli)\// },
  {
    title: "the program and the examples take components from the package's entry points alone",
    from: /^(index\.ts$|stacks\/|examples\/)/,
    to: /^components\//,
  },
  {
    title: "the package's entry points name what there is, and hold nothing",
    from: /^library\//,
    to: /^(?!components\/|library\/|tools\/user-error\.ts$)/,
  },
  { title: "the parts of the package do not know it as a whole", from: /^(components|tools)\//, to: /^library\// },
  {
    title: "what imports manifests knows lanes and plain data alone",
    from: /^components\/import\//,
    to: /^(?!components\/(import|lanes)\/|components\/shell\.ts$|tools\/(user-error|values)\.ts$)/,
  },
  {
    title: "the checks of a lane group are reached through validate.ts",
    from: /^(config|stacks|cli|plugin|policy|library)\//,
    to: /^components\/lanes\/(asm\/)?validate\//,
    but: /\/validate\/problems\.ts$/,
  },
  {
    title: "tests are used by tests alone",
    from: /^(?!test\/)/,
    to: /^test\//,
    // The commands `npm run bench` and `npm run test:nodes`.
    but: /^test\/(bench|nodes)\/main\.ts$/,
  },
  { title: "apps stand alone: each becomes an image", from: /^apps\//, to: /^(?!apps\/)/ },
];

function broken(imports: Imports, { from, to, but }: Rule): string[] {
  return Object.entries(imports)
    .filter(([file]) => from.test(file))
    .flatMap(([file, targets]) =>
      targets.filter((path) => to.test(path) && !but?.test(path)).map((path) => `${file} -> ${path}`),
    );
}

describe("architecture", () => {
  const imports = readImports();

  it("is seen: every folder has files, and files import each other", () => {
    for (const folder of folders)
      assert.ok(
        Object.keys(imports).some((file) => file.startsWith(`${folder}/`)),
        folder,
      );
    assert.ok(Object.values(imports).flat().length > 1000);
  });

  for (const rule of rules) {
    it(rule.title, () => assert.deepEqual(broken(imports, rule), []));
  }

  it("fails with the edge that breaks a rule", () => {
    const [rule] = rules;
    assert.ok(rule);
    const wrong = { "components/a.ts": ["stacks/b.ts", "components/c.ts"], "cli/d.ts": ["stacks/b.ts"] };
    assert.deepEqual(broken(wrong, rule), ["components/a.ts -> stacks/b.ts"]);
  });

  it("has no second file of a name whose imports this test would mix up", () => {
    const twice = Object.keys(imports).filter(
      (file) => basename(file).endsWith(".ts") && file.replace(/ts$/, "js") in imports,
    );
    assert.deepEqual(twice, []);
  });
});

describe("the program that Pulumi starts", function () {
  this.timeout(60_000);

  it("does not load the HTTP client, the automation API or the command", async () => {
    const script = `
      require("./bin/lazy-modules"); require("./bin/typescript"); require("./test/unit/bin/print-resources");
      const heavy = (file) =>
        /node_modules.(undici|esbuild).|pulumi.automation.index/.test(file) || file.startsWith(process.cwd() + "/cli/");
      process.on("exit", () => console.error(Object.keys(require.cache).filter(heavy).join("\\n")));`;
    const { stderr, stdout } = await execa(process.execPath, ["-e", script], { cwd: projectRoot });
    assert.ok(JSON.parse(stdout).resources.length > 40);
    assert.equal(stderr.trim(), "");
  });
});
