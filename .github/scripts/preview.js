// What a change between two commits does to every stack, from the configs alone: for each that changes, its report as Markdown,
// JSON and SVG, and its Kubernetes objects as YAML.
// Usage: node .github/scripts/preview.js <base commit> <folder>
const { execFileSync } = require("node:child_process");
const { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

const root = resolve(__dirname, "../..");
const stackFile = /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/;

function stacks(base) {
  const before = execFileSync("git", ["ls-tree", "--name-only", base], { cwd: root, encoding: "utf8" }).split("\n");
  const names = [...before, ...readdirSync(root)].flatMap((name) => stackFile.exec(name)?.[1] ?? []);
  return [...new Set(names)].sort();
}

function lanes(...args) {
  execFileSync(process.execPath, ["bin/lanes.js", ...args], { cwd: root, stdio: "inherit" });
}

/** What an update would refuse is in the report, which the comment shows: the other stacks are told as well. */
function preview(json, ...args) {
  try {
    lanes("preview", ...args, "--json", json);
  } catch (error) {
    if (!existsSync(json) || JSON.parse(readFileSync(json, "utf8")).refused.length === 0) throw error;
  }
}

function main([base, folder]) {
  mkdirSync(folder, { recursive: true });
  const changed = [];
  for (const stack of stacks(base)) {
    const [markdown, json] = ["md", "json"].map((extension) => join(folder, `${stack}.${extension}`));
    preview(json, base, "--offline", "--stack", stack, "--markdown", markdown);
    const report = JSON.parse(readFileSync(json, "utf8"));
    if (report.lanes.verdict.risk === null && report.changes.length === 0) {
      for (const form of [markdown, json]) rmSync(form);
      continue;
    }
    changed.push(stack);
    lanes("diff", base, "--stack", stack, "--svg", join(folder, `${stack}.svg`));
    if (existsSync(join(root, `Pulumi.${stack}.yaml`))) {
      lanes("render", "--stack", stack, "--output", join(folder, "rendered", stack));
    }
  }
  // Says that all stacks were looked at, also where none changes.
  writeFileSync(join(folder, "stacks.json"), `${JSON.stringify({ changed })}\n`);
  return changed;
}

/** Those of which the next job makes a preview with credentials. */
function tellNext(changed, { GITHUB_OUTPUT: output, PREVIEW_STACKS: named = "" }) {
  const stacks = changed.filter((stack) => (named === "" ? [] : JSON.parse(named)).includes(stack));
  if (output) appendFileSync(output, `stacks=${JSON.stringify(stacks)}\n`);
}

tellNext(main([process.argv[2], resolve(process.argv[3])]), process.env);
