import assert from "node:assert/strict";
import execa from "execa";
import type { LaneGroupInput } from "../../components/lanes/spec";
import { lanes, run, stackEnvironment } from "../e2e/support";
import { bringUp, largeGroup, stack, takeDown, write } from "./large-group";

const size = { services: 20, lanes: 14 };
const group = (lanes: number, share = 0) => largeGroup({ ...size, lanes }, share);
/** The last lane has another version of one service. */
function otherVersion(): LaneGroupInput {
  const { lanes, ...others } = group(size.lanes, 30);
  const changed = lanes.map((lane, index) =>
    index === size.lanes - 1 ? { ...lane, versions: { "service-3": "v2" } } : lane,
  );
  return { ...others, lanes: changed };
}

/**
 * What an update of a large group takes, on the embedded node with upstream Istio: 20 services and 14 lanes, which run nowhere, so
 * that what is measured is the group's objects. Goals of issue 14: at most 30 s for the first creation and four times
 * `kubectl apply`, 10 s for one lane, 6 s for nothing and for a preview.
 */
export async function benchUpdate(): Promise<void> {
  try {
    await bringUp(undefined);
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
    write(otherVersion());
    await timed("a lane gets another version of a service", update);
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
    await lanesUp("as plain pulumi left it");
    await lanesUp("nothing changed");
    write(group(size.lanes, 40));
    await lanesUp("shares of two lanes changed");
    write(otherVersion());
    await lanesUp("a lane gets another version of a service");
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
    await takeDown();
  }
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
