import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { preProcessFile } from "typescript";
import { projectRoot } from "../../../tools/paths";

/** Packages that the sources behind an entry load, types apart: what is imported as a type alone is no more there in JavaScript. */
function packagesBehind(entry: string): Set<string> {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const waiting = [join(projectRoot, entry)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const source = readFileSync(file, "utf8").replace(/^(import|export) type [^;]*;/gms, "");
    for (const { fileName } of preProcessFile(source, true, true).importedFiles) {
      if (fileName.startsWith(".")) {
        const path = join(dirname(file), fileName);
        const found = [`${path}.ts`, join(path, "index.ts"), path].find((candidate) => existsSync(candidate));
        if (found?.endsWith(".ts")) waiting.push(found);
      } else if (!fileName.startsWith("node:") && !builtinModules.includes(fileName)) {
        packages.add(fileName.split("/", fileName.startsWith("@") ? 2 : 1).join("/"));
      }
    }
  }
  return packages;
}

describe("what the npm package depends on", () => {
  const {
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
    exports: entries,
    typesVersions,
  } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
  const own = Object.keys(dependencies);
  const peers = Object.keys(peerDependencies);
  const library = packagesBehind("library/index.ts");
  const command = packagesBehind("cli/lanes.ts");
  /** Loaded by commands that need a checkout, which has them. */
  const checkout = ["@alicloud/credentials", "@pulumi/alicloud", "esbuild"];

  it("is what its library loads: Pulumi's SDKs, which the consumer has, and little else", () => {
    const sdks = ["@pulumi/kubernetes", "@pulumi/pulumi"];
    // Pulumi's own SDK brings semver anyway.
    assert.deepEqual([...library].sort(), [...sdks, "re2js", "semver", "xxhashjs", "yaml", "zod"]);
    assert.deepEqual([...peers].sort(), ["@pulumi/alicloud", "@pulumi/kubernetes", "@pulumi/pulumi"]);
  });

  it("asks for @pulumi/alicloud where something is made in an account, and of nobody else", () => {
    assert.deepEqual(Object.keys(peerDependenciesMeta), ["@pulumi/alicloud"]);
    assert.equal(peerDependenciesMeta["@pulumi/alicloud"].optional, true);
    assert.ok(packagesBehind("library/alibaba.ts").has("@pulumi/alicloud"));
  });

  it("has a core that needs no Pulumi", () => {
    assert.deepEqual([...packagesBehind("library/core.ts")].sort(), ["re2js", "xxhashjs", "zod"]);
  });

  it("has an entry for each file of library/, for Node.js and for compilers that do not read `exports`", () => {
    const files = readdirSync(join(projectRoot, "library")).map((file) => file.replace(/\.ts$/, ""));
    const nameOf = (file: string) => (file === "index" ? "." : `./${file}`);
    assert.deepEqual(Object.keys(entries).sort(), files.map(nameOf).sort());
    for (const file of files) {
      const compiled = `./dist/library/${file}`;
      assert.deepEqual(entries[nameOf(file)], { types: `${compiled}.d.ts`, default: `${compiled}.js` });
      if (file !== "index") assert.deepEqual(typesVersions["*"][file], [`${compiled}.d.ts`]);
    }
  });

  it("has all that its command loads, and nothing that it does not", () => {
    const missing = [...command].filter((name) => ![...own, ...peers, ...checkout].includes(name));
    assert.deepEqual(missing, []);
    assert.deepEqual(
      own.filter((name) => !command.has(name) && !library.has(name)),
      [],
    );
    assert.deepEqual(
      checkout.filter((name) => !command.has(name) || own.includes(name)),
      [],
    );
  });
});
