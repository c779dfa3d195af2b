import assert from "node:assert/strict";
import { run, stackEnvironment } from "../e2e/support";
import { bringUp, largeGroup, stack, takeDown, write } from "./large-group";
import { time } from "./timing";

const runs = 5;
/** Services of a group of 14 lanes. */
const sizes = [14, 20, 70] as const;

/**
 * What `pulumi preview` and `lanes preview` take with nothing changed, by the size of the stack. Goals of issue 15: at most 3 s at 100
 * resources, 7 s with 20 services x 14 lanes, which were 725 resources then.
 */
export async function benchPreviews(): Promise<void> {
  try {
    process.stdout.write("\npreviews with nothing changed, seconds (min / median / max)\n");
    process.stdout.write(
      `${"services x lanes".padEnd(18)}${"resources".padEnd(11)}${"pulumi preview".padEnd(24)}lanes preview\n`,
    );
    const points: (readonly [number, number])[] = [];
    await bringUp(undefined);
    const env = await stackEnvironment(stack);
    for (const services of sizes) {
      write(largeGroup({ services, lanes: 14 }));
      // Not `lanes up`, which says that no lane has a pod.
      const { exitCode, stderr } = await run("pulumi", ["up", "--yes", "--skip-preview", "--stack", stack], env);
      assert.equal(exitCode, 0, stderr);
      const { stdout } = await run("pulumi", ["preview", "--stack", stack], env);
      const [, unchanged] = /^ {4}(\d+) unchanged$/m.exec(stdout) ?? assert.fail(stdout);
      const plain = await time("pulumi", ["preview", "--stack", stack], runs, env);
      const ours = await time(process.execPath, ["bin/lanes.js", "preview", "--stack", stack], runs, env);
      const cell = (each: typeof plain) =>
        [each.min, each.median, each.max].map((seconds) => seconds.toFixed(1)).join(" / ");
      process.stdout.write(
        `${`${services} x 14`.padEnd(18)}${(unchanged ?? "").padEnd(11)}${cell(plain).padEnd(24)}${cell(ours)}\n`,
      );
      points.push([Number(unchanged), ours.median]);
    }
    const [first, last] = [points[0], points.at(-1)];
    assert.ok(first && last);
    const slope = ((last[1] - first[1]) * 100) / (last[0] - first[0]);
    process.stdout.write(`each 100 resources more: ${slope.toFixed(2)} s\n`);
  } finally {
    await takeDown();
  }
}
