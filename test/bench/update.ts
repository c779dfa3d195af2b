import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { stringify } from "yaml";
import type { LaneGroupInput } from "../../components/lanes/spec";
import { projectRoot } from "../../tools/paths";
import { lanes, run, stackEnvironment } from "../e2e/support";

const stack = "e2e-bench";
const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);
const size = { services: 20, lanes: 14 };

/**
 * What an update of a large group takes, on the embedded node with upstream Istio: 20 services and 14 lanes, which run nowhere, so
 * that what is measured is the group's objects. Goals of issue 14: at most 30 s for the first creation and four times
 * `kubectl apply`, 10 s for one lane, 6 s for nothing and for a preview.
 */
export async function benchUpdate(): Promise<void> {
  try {
    write(undefined);
    await up();
    const env = await stackEnvironment(stack);
    const row = (title: string, seconds: number, more = "") =>
      process.stdout.write(`${title.padEnd(46)} ${seconds.toFixed(1).padStart(6)} ${more}\n`);
    const timed = async (title: string, work: () => Promise<string>) => {
      const startedAt = performance.now();
      const more = await work();
      row(title, (performance.now() - startedAt) / 1000, more);
    };
    const pulumi =
      (...args: string[]) =>
      async () => {
        const { exitCode, stdout, stderr } = await run("pulumi", [...args, "--stack", stack], env);
        assert.equal(exitCode, 0, stderr);
        return /^Resources:\n(.*?)\n\n/ms.exec(stdout)?.[1]?.replace(/\s+/g, " ").trim() ?? "";
      };
    const update = pulumi("up", "--yes", "--skip-preview");
    const preview = pulumi("preview");
    process.stdout.write(`\na group of ${size.services} services and ${size.lanes} lanes, seconds\n`);
    await timed("pulumi up, nothing but cluster and mesh", update);
    write(group(size.lanes));
    await timed("the group's first creation", update);
    await timed("pulumi up, nothing changed", update);
    await timed("pulumi preview, nothing changed", preview);
    write(group(size.lanes, 30));
    await timed("shares of two lanes changed", update);
    write(group(size.lanes + 1, 30));
    await timed("pulumi preview, a lane that comes", preview);
    await timed("a lane comes", update);
    write(group(size.lanes, 30));
    await timed("a lane goes", update);
    // `lanes up` saves the state once where only lanes differ from the last one that it made itself. It says that nothing runs.
    const lanesUp = async (title: string) => {
      const { stderr } = await lanes("up", "--stack", stack, "--no-verify");
      const [, seconds] = /pulumi up of stack \S+: ([\d.]+) s/.exec(stderr) ?? assert.fail(stderr);
      row(`lanes up, ${title}`, Number(seconds));
    };
    await lanesUp("nothing changed");
    write(group(size.lanes + 1, 30));
    await lanesUp("a lane comes");
    write(group(size.lanes, 30));
    await lanesUp("a lane goes");
    write(undefined);
    await lanesUp("the group goes");
    write(group(size.lanes, 30));
    await lanesUp("the group's creation");
    await timed("kubectl apply --server-side of the same objects", () => apply(env));
  } finally {
    await lanes("destroy", "--stack", stack);
    await lanes("stop", "--stack", stack, "--purge");
    rmSync(stackFile, { force: true });
  }
}

async function up(): Promise<void> {
  const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
  assert.equal(exitCode, 0, stdout);
}

function write(laneGroup: LaneGroupInput | undefined): void {
  const config = {
    "mesh-lanes:cluster": { kind: "embedded" },
    "mesh-lanes:workloads": [],
    "mesh-lanes:laneGroups": laneGroup ? [laneGroup] : [],
  };
  writeFileSync(stackFile, stringify({ config }));
}

/** @param share percent of the second lane's; the rest is the first one's. */
function group(count: number, share = 0): LaneGroupInput {
  const names = Array.from({ length: count }, (_, index) => `v${index + 1}`);
  return {
    ...{ name: "bench", mode: "permissive", routeHeader: "x-lane", baseline: "v1" },
    services: Array.from({ length: size.services }, (_, index) => ({
      name: `service-${index}`,
      port: 8000,
      versions: names,
    })),
    entry: { service: "service-0", gateway: "istio-system/ingressgateway", hosts: ["bench.example.com"] },
    lanes: names.map((name, index) => ({ name, weight: index === 0 ? 100 - share : index === 1 ? share : 0 })),
  };
}

/** Into a namespace that the update does not know: the same objects, under the same names. */
async function apply(env: NodeJS.ProcessEnv): Promise<string> {
  const rendered = await lanes("render", "--stack", stack);
  assert.equal(rendered.exitCode, 0, rendered.stderr);
  const objects = rendered.stdout
    .split(/^---$/m)
    .filter((text) => /^\s*"?mesh-lanes\/group"?: bench$/m.test(text))
    .map((text) => text.replace(/^ {2}namespace: .*$/m, "  namespace: applied"));
  await execa("kubectl", ["create", "namespace", "applied"], { env });
  const startedAt = performance.now();
  await execa("kubectl", ["apply", "--server-side", "--filename=-"], { env, input: objects.join("---\n") });
  return `of which ${((performance.now() - startedAt) / 1000).toFixed(1)} kubectl, ${objects.length} objects`;
}
