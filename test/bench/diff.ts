import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { diffMarkdown, markdownLimit } from "../../cli/diff/markdown";
import { diffText } from "../../cli/diff/text";
import { diffLanes } from "../../components/lanes/diff/diff";
import type { DiffSide } from "../../components/lanes/diff/sides";
import { renderIstio } from "../../components/lanes/istio/render";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../components/lanes/spec";
import { summary, time } from "./timing";

const runs = 5;

const sizes = [
  [10, 20],
  [20, 40],
  [50, 100],
] as const;

/** What `lanes diff` takes for a large group, from two configs to all its texts; issue 15 asks for 1 s at 50 x 100. */
export async function benchDiff(): Promise<void> {
  process.stdout.write(
    "\nlanes diff of a permissive group whose baseline and weights change (median of 5 after one)\n",
  );
  process.stdout.write("services x lanes  regions  diff and texts, ms  characters of the comment\n");
  for (const [services, lanes] of sizes) {
    const [before, after] = [0, 1].map((shift) => side(laneGroupSchema.parse(groupOf(services, lanes, shift))));
    if (!before || !after) continue;
    const once = () => {
      const report = diffLanes(before, after);
      const texts = [diffText(report, "bench"), JSON.stringify(report), diffMarkdown(report, { stack: "bench" })];
      return { report, comment: texts[2] ?? "" };
    };
    const { report, comment } = once();
    const milliseconds = Array.from({ length: runs }, () => {
      const startedAt = performance.now();
      once();
      return performance.now() - startedAt;
    });
    const cells = [
      `${services} x ${lanes}`.padEnd(16),
      String(report.moves.reduce((sum, move) => sum + move.regions.length, 0)).padStart(7),
      summary(milliseconds).median.toFixed(0).padStart(18),
      `${comment.length} of ${markdownLimit}`.padStart(16),
    ];
    process.stdout.write(`${cells.join("  ")}\n`);
  }
  await benchCommand();
}

/** The whole command, from the start of Node.js: files are read and checked, too. */
async function benchCommand(): Promise<void> {
  process.stdout.write("\nlanes diff as a command, on two files, seconds (min / median / max)\n");
  process.stdout.write("services x lanes  lane group alone     with a workload for each service\n");
  const folder = mkdtempSync(join(tmpdir(), "lanes-bench-diff-"));
  try {
    for (const [services, lanes] of sizes) {
      const cells: string[] = [];
      for (const withWorkloads of [false, true]) {
        const files = [0, 1].map((shift) => {
          const file = join(folder, `${shift}.yaml`);
          writeFileSync(
            file,
            stringify(
              { config: configOf(groupOf(services, lanes, shift), withWorkloads) },
              { aliasDuplicateObjects: false },
            ),
          );
          return file;
        });
        const { min, median, max } = await time("node", ["bin/lanes.js", "diff", ...files], runs);
        cells.push([min, median, max].map((seconds) => seconds.toFixed(2)).join(" / "));
      }
      process.stdout.write(`${`${services} x ${lanes}`.padEnd(16)}  ${cells.join("   ")}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function configOf(group: LaneGroupInput, withWorkloads: boolean) {
  const workloads = group.services.map(({ name, port, versions }) => ({ name, app: "mock", port, versions }));
  return { "mesh-lanes:laneGroups": [group], ...(withWorkloads && { "mesh-lanes:workloads": workloads }) };
}

/** Every lane overrides every service, and is entered by a weight and by its cookie. */
function groupOf(services: number, lanes: number, shift: number): LaneGroupInput {
  const names = Array.from({ length: lanes }, (_, index) => `v${index}`);
  // In all 100, of which the second lane's goes to the first.
  const each = Math.floor(100 / lanes);
  const weights = names.map((_, index) => (index === 0 ? 100 - each * (lanes - 1) : each));
  const [first = 0, second = 0, ...others] = weights;
  const shares = shift > 0 ? [first + second, 0, ...others] : weights;
  return {
    ...{ name: "bench", mode: "permissive", routeHeader: "version", baseline: "v0" },
    services: Array.from({ length: services }, (_, index) => ({ name: `s${index}`, port: 8000, versions: names })),
    entry: { service: "s0", gateway: "istio-system/ingressgateway", hosts: ["bench.example.com"] },
    lanes: names.map((name, index) => ({
      name,
      version: index === 0 && shift > 0 ? "v1" : name,
      weight: shares[index] ?? 0,
    })),
  };
}

function side(group: LaneGroup): DiffSide {
  const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
  return {
    ...{ name: "bench", groups: [group], workloads: [], calls: undefined },
    render: (each, part) => renderIstio(each, { gateway }, part),
    gatewayUrl: () => "http://GATEWAY",
  };
}
