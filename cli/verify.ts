import type { LaneGroup } from "../components/lanes/spec";
import { LineReporter, type Reporter } from "../tools/report/reporter";
import { UserError } from "../tools/user-error";
import { openLocalStack, readStack } from "./local-stack";
import { GatewayClient } from "./verify/gateway-client";
import { differences, verifyTable } from "./verify/report";
import { type LaneResult, lanePassed, verifyGroup } from "./verify/verify-group";

export interface VerifyOptions {
  readonly stack: string;
  readonly requests: number;
  readonly group?: readonly string[];
  readonly url?: string;
  readonly json: boolean;
}

/** Sends requests into each lane and prints what was expected and seen. @returns whether all was as planned. */
export async function verify(options: VerifyOptions): Promise<boolean> {
  const reporter = new LineReporter(1);
  const groups = chooseGroups(readStack(options.stack).laneGroups, options.group);
  const url = options.url ?? (await gatewayUrl(options.stack));
  reporter.phase(`verify through ${url}`);
  const results = await verifyGroups(groups, url, options.requests, reporter);
  reporter.done();
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else printResults(results);
  return results.every(lanePassed);
}

export async function verifyGroups(
  groups: readonly LaneGroup[],
  url: string,
  requests: number,
  reporter: Reporter,
): Promise<LaneResult[]> {
  const client = new GatewayClient(url);
  const lanes = groups.reduce((count, group) => count + group.lanes.length, 0);
  const results: LaneResult[] = [];
  let begun = 0;
  try {
    for (const group of groups) {
      const ofGroup = await verifyGroup(group, client, requests, (lane) => {
        begun += 1;
        reporter.waiting(`lane ${begun} of ${lanes}: group ${group.name}, lane ${lane}, ${requests} requests`);
      });
      results.push(...ofGroup);
    }
  } finally {
    client.close();
  }
  return results;
}

/** The matrix, every difference in words, and the closing count. */
export function printResults(results: readonly LaneResult[]): void {
  const passed = results.filter(lanePassed).length;
  const lines = [verifyTable(results), ...differences(results), `${passed} passed, ${results.length - passed} failed`];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function chooseGroups(groups: readonly LaneGroup[], names: readonly string[] | undefined): readonly LaneGroup[] {
  if (!names) return groups;
  const known = groups.map((group) => group.name);
  const problems = names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: "--group",
      got: `got "${name}"`,
      allowed: known.join(", ") || "none: the stack has no lane group",
      mend: "Name a lane group of the stack.",
    }));
  if (problems.length > 0) throw new UserError("no such lane group", problems);
  return groups.filter((group) => names.includes(group.name));
}

async function gatewayUrl(stack: string): Promise<string> {
  const session = await openLocalStack(stack);
  const { gatewayUrl: output } = await session.outputs();
  if (typeof output?.value === "string") return output.value;
  throw new UserError(`stack ${stack} has no gateway yet: run \`npm start\` first, or name one with --url`);
}
