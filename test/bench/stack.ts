import { stackEnvironment } from "../e2e/support";
import { stackMemory } from "./memory";
import { type Timing, time } from "./timing";

/** Figures of the local stack, which `npm start` must have brought up. Stops it once and starts it again. */
export async function benchStack(): Promise<void> {
  const env = await stackEnvironment("dev");
  process.stdout.write("\nthe dev stack, seconds (min / median / max)\n");
  row("npm start, nothing to do", await time("npm", ["start"], 3));
  row("pulumi preview, nothing changed", await time("pulumi", ["preview", "--stack", "dev"], 5, env));
  row("npm run stop", await time("npm", ["run", "stop"], 1));
  row("npm start after it, lanes verified", await time("npm", ["start"], 1));
  reportMemory();
}

function row(title: string, { min, median, max }: Timing): void {
  process.stdout.write(`${title.padEnd(40)} ${[min, median, max].map((value) => value.toFixed(1)).join(" / ")}\n`);
}

function reportMemory(): void {
  const memory = stackMemory();
  const total = memory.reduce((sum, { mebibytes }) => sum + mebibytes, 0);
  process.stdout.write(`\nmemory of the local stack, idle: ${total.toFixed(0)} MiB (proportional set size)\n`);
  for (const { program, processes, mebibytes } of memory.slice(0, 10)) {
    process.stdout.write(
      `  ${program.padEnd(20)} ${String(processes).padStart(3)} x ${mebibytes.toFixed(0).padStart(6)} MiB\n`,
    );
  }
}
