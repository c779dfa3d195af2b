// `lanes diff` of every stack between two commits: for each that changes, its report as Markdown, JSON and SVG.
// Usage: node .github/scripts/preview.js <base commit> <folder>
const { execFileSync } = require("node:child_process");
const { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

const root = resolve(__dirname, "../..");
const stackFile = /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/;

function stacks(base) {
  const before = execFileSync("git", ["ls-tree", "--name-only", base], { cwd: root, encoding: "utf8" }).split("\n");
  const names = [...before, ...readdirSync(root)].flatMap((name) => stackFile.exec(name)?.[1] ?? []);
  return [...new Set(names)].sort();
}

function main([base, folder]) {
  mkdirSync(folder, { recursive: true });
  const changed = [];
  for (const stack of stacks(base)) {
    const file = (extension) => join(folder, `${stack}.${extension}`);
    const forms = ["md", "json", "svg"].map(file);
    const [markdown, json, svg] = forms;
    const options = ["--stack", stack, "--markdown", markdown, "--json", json, "--svg", svg];
    execFileSync(process.execPath, ["bin/lanes.js", "diff", base, ...options], { cwd: root, stdio: "inherit" });
    if (JSON.parse(readFileSync(json, "utf8")).verdict.risk !== null) changed.push(stack);
    else for (const form of forms) rmSync(form);
  }
  // Says that all stacks were looked at, also where none changes.
  writeFileSync(join(folder, "stacks.json"), `${JSON.stringify({ changed })}\n`);
}

main([process.argv[2], resolve(process.argv[3])]);
