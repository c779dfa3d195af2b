import { diffMarkdown, markdownLimit } from "../../cli/diff/markdown";
import { diffText } from "../../cli/diff/text";
import { diffLanes } from "../../components/lanes/diff/diff";
import type { DiffSide } from "../../components/lanes/diff/sides";
import { renderIstio } from "../../components/lanes/istio/render";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../components/lanes/spec";
import { summary } from "./timing";

const runs = 5;

/** What `lanes diff` takes for a large group, from two configs to all its texts; issue 15 asks for 1 s at 50 x 100. */
export function benchDiff(): void {
  process.stdout.write(
    "\nlanes diff of a permissive group whose baseline and weights change, milliseconds (median of 5 after one)\n",
  );
  process.stdout.write("services x lanes  regions  diff and texts  characters of the comment\n");
  for (const [services, lanes] of [
    [10, 20],
    [20, 40],
    [50, 100],
  ] as const) {
    const [before, after] = [side(groupOf(services, lanes, 0)), side(groupOf(services, lanes, 1))];
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
      summary(milliseconds).median.toFixed(0).padStart(14),
      `${comment.length} of ${markdownLimit}`.padStart(16),
    ];
    process.stdout.write(`${cells.join("  ")}\n`);
  }
}

/** Every lane overrides every service, and is entered by a weight and by its cookie. */
function groupOf(services: number, lanes: number, shift: number): LaneGroup {
  const names = Array.from({ length: lanes }, (_, index) => `v${index}`);
  const input: LaneGroupInput = {
    ...{ name: "bench", mode: "permissive", routeHeader: "version", baseline: "v0" },
    services: Array.from({ length: services }, (_, index) => ({ name: `s${index}`, port: 8000, versions: names })),
    entry: { service: "s0", gateway: "istio-system/ingressgateway" },
    lanes: names.map((name, index) => ({
      name,
      version: index === 0 && shift > 0 ? "v1" : name,
      weight: index === shift ? 100 - (lanes - 1) / 2 : 0.5,
    })),
  };
  return laneGroupSchema.parse(input);
}

function side(group: LaneGroup): DiffSide {
  const gateway = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
  return {
    ...{ name: "bench", groups: [group], workloads: [], calls: undefined },
    render: (each) => renderIstio(each, { gateway }),
    gatewayUrl: () => "http://GATEWAY",
  };
}
