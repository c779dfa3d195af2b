import { renderIstio } from "../../components/lanes/istio/render";
import { planLaneGroup } from "../../components/lanes/plan";
import { type LaneGroup, laneGroupSchema } from "../../components/lanes/spec";
import { summary } from "./timing";

const runs = 7;

/** From spec to Istio objects, no engine; issue 4 asks for at most 50 ms at 10 x 20 and 1 s at 50 x 100. */
export function benchRender(): void {
  process.stdout.write("\nrendering a permissive lane group, milliseconds of a run (median of 7 after one)\n");
  process.stdout.write("services x lanes  overrides  objects  plan+render  per override\n");
  for (const [services, lanes] of [
    [10, 20],
    [20, 40],
    [35, 70],
    [50, 100],
  ] as const) {
    const group = groupOf(services, lanes);
    const objects = renderOnce(group);
    const milliseconds = Array.from({ length: runs }, () => {
      const startedAt = performance.now();
      renderOnce(group);
      return performance.now() - startedAt;
    });
    const { median } = summary(milliseconds);
    const cells = [
      `${services} x ${lanes}`.padEnd(16),
      String(services * lanes).padStart(9),
      String(objects).padStart(7),
      median.toFixed(1).padStart(11),
      `${((median / (services * lanes)) * 1000).toFixed(1)} µs`.padStart(12),
    ];
    process.stdout.write(`${cells.join("  ")}\n`);
  }
}

function renderOnce(group: LaneGroup): number {
  planLaneGroup(group);
  return renderIstio(group, { gateway: { namespace: "istio-system", labels: { istio: "ingressgateway" } } }).length;
}

/** Every lane overrides every service: the most there can be. */
function groupOf(services: number, lanes: number): LaneGroup {
  const names = Array.from({ length: lanes }, (_, index) => `v${index}`);
  return laneGroupSchema.parse({
    name: "bench",
    mode: "permissive",
    routeHeader: "version",
    baseline: "v0",
    services: Array.from({ length: services }, (_, index) => ({ name: `s${index}`, port: 8000, versions: names })),
    entry: { service: "s0", gateway: "istio-system/ingressgateway", header: "version" },
    lanes: names.map((name) => ({ name })),
  });
}
