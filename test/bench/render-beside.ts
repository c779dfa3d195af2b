import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import execa from "execa";
import { stringify } from "yaml";
import { projectRoot } from "../../tools/paths";
import { summary } from "./timing";

const runs = 5;

/** A process and what it took: seconds, and the largest resident set in MiB. */
async function measured(command: string, args: readonly string[]): Promise<{ seconds: number; mebibytes: number }> {
  const startedAt = performance.now();
  const child = await execa("/usr/bin/env", ["python3", "-c", peakOf, command, ...args], { cwd: projectRoot });
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, mebibytes: Number(child.stdout.trim()) / 1024 };
}

/** Runs a command and prints the largest resident set of it and its children in KiB, as Linux counts it. */
const peakOf = `import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)`;

/**
 * `lanes render` of a stack beside `kustomize build` and `helm template`, which give out the same objects as files and as a
 * chart's templates. Those two read what was rendered before; they do not know lanes. They are left out where they are not on PATH.
 */
export async function benchRenderBeside(stack = "dev"): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-bench-"));
  try {
    const lanes = join(projectRoot, "bin", "lanes.js");
    const { stdout } = await execa(process.execPath, [lanes, "render", "--stack", stack], { cwd: projectRoot });
    const objects = stdout.split(/^---$/m).filter((text) => /^kind:/m.test(text)).length;
    writeFileSync(join(folder, "objects.yaml"), stdout);
    writeFileSync(join(folder, "kustomization.yaml"), stringify({ resources: ["objects.yaml"] }));
    const chart = join(folder, "chart");
    await execa("mkdir", ["-p", join(chart, "templates")]);
    writeFileSync(join(chart, "Chart.yaml"), stringify({ apiVersion: "v2", name: "lanes", version: "0.1.0" }));
    // Braces of a template in an object would be read as Helm's own.
    writeFileSync(join(chart, "templates", "objects.yaml"), stdout.replaceAll("{{", '{{ "{{" }}'));
    process.stdout.write(`\nthe ${objects} objects of the ${stack} stack as YAML (median of ${runs})\n`);
    process.stdout.write("program            seconds      MiB\n");
    for (const [title, command, args] of [
      ["lanes render", process.execPath, [lanes, "render", "--stack", stack]],
      ["kustomize build", "kustomize", ["build", folder]],
      ["helm template", "helm", ["template", "lanes", chart]],
    ] as const) {
      const found = command === process.execPath || onPath(command);
      if (!found) process.stdout.write(`${title.padEnd(16)}  not on PATH\n`);
      else await row(title, command, args);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function row(title: string, command: string, args: readonly string[]): Promise<void> {
  const all: { seconds: number; mebibytes: number }[] = [];
  for (let run = 0; run < runs; run += 1) all.push(await measured(command, args));
  const seconds = summary(all.map((each) => each.seconds)).median.toFixed(2);
  const mebibytes = summary(all.map((each) => each.mebibytes)).median.toFixed(0);
  process.stdout.write(`${title.padEnd(16)}  ${seconds.padStart(8)}  ${mebibytes.padStart(7)}\n`);
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
