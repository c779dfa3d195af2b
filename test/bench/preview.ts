import execa from "execa";
import { projectRoot } from "../../tools/paths";
import { stackEnvironment } from "../e2e/support";
import { summary, time } from "./timing";

const runs = 5;

/**
 * The steps of a preview with nothing to do, one after the other, and the line of the engine's log that ends each. The
 * log itself costs about a tenth of a second.
 */
const steps = [
  ["engine, plugins of the project", / langhost\[nodejs\]\.Run\(.*executing/],
  ["Node.js and Pulumi's library", /ResourceMonitor\.RegisterResource received: t=pulumi:pulumi:Stack,/],
  ["modules of the program", /ResourceMonitor\.RegisterResource received: t=pulumi:providers:pulumi-nodejs,/],
  ["start of the provider of dynamic resources", / Provider\[pulumi-nodejs,.*\.Configure\(\) executing/],
  ["a look at the node", /ResourceMonitor\.RegisterResource received: t=pulumi:providers:kubernetes,/],
  ["start of the Kubernetes provider", / Provider\[kubernetes,.*\.Configure\(\) executing/],
  ["check and diff of the resources", / langhost\[nodejs\]\.Run\(.*success/],
] as const;

/** Where the time of `pulumi preview` goes on the dev stack, which `npm start` must have brought up. */
export async function benchPreview(): Promise<void> {
  const env = await stackEnvironment("dev");
  const whole = await time("pulumi", ["preview", "--stack", "dev"], runs, env);
  process.stdout.write("\npulumi preview of the dev stack, nothing changed, seconds (min / median / max)\n");
  const row = (title: string, ...values: readonly number[]) =>
    process.stdout.write(`${title.padEnd(46)} ${values.map((value) => value.toFixed(2)).join(" / ")}\n`);
  row("the whole", whole.min, whole.median, whole.max);
  const measured: number[][] = [];
  for (let run = 0; run < runs; run += 1) measured.push(await previewSteps(env));
  [...steps.map(([title]) => title), "end of the providers and of the engine"].forEach((title, index) => {
    const { min, median, max } = summary(measured.map((seconds) => seconds[index] ?? 0));
    row(`  ${title}`, min, median, max);
  });
}

/** Seconds of each step, and of what comes after the last. @throws when the engine's log lacks a step. */
async function previewSteps(env: NodeJS.ProcessEnv): Promise<number[]> {
  const startedAt = Date.now();
  const args = ["preview", "--stack", "dev", "--logtostderr", "-v=9"];
  const { stderr } = await execa("pulumi", args, { cwd: projectRoot, env, maxBuffer: 2 ** 28 });
  const endedAt = Date.now();
  const lines = stderr.split("\n");
  const ends = steps.map(([title, mark]) => {
    const line = lines.find((text) => mark.test(text));
    if (line === undefined) throw new Error(`pulumi's log does not tell the end of "${title}"`);
    return timeOf(line, startedAt);
  });
  return [...ends, endedAt].map((end, index) => (end - (ends[index - 1] ?? startedAt)) / 1000);
}

/** The log names month and day, hours to microseconds, and no year: `I0131 23:59:58.123456`. */
function timeOf(line: string, near: number): number {
  const [, month, day, clock, micros] = /^[IWE](\d\d)(\d\d) (\d\d:\d\d:\d\d)\.(\d+)/.exec(line) ?? [];
  if (month === undefined) throw new Error(`no time in the engine's log: ${line}`);
  return new Date(`${new Date(near).getFullYear()}-${month}-${day}T${clock}.${micros?.slice(0, 3)}`).getTime();
}
