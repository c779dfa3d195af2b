import { LineReporter, type Reporter } from "../tools/report/reporter";
import { UserError } from "../tools/user-error";
import { chooseGroups } from "./choose-groups";
import { upCommand } from "./command-parts";
import { requireRunningNode } from "./stack/node";
import { openLocalStack } from "./stack/open";
import { readStack } from "./stack/read";
import { GatewayClient } from "./verify/gateway-client";
import { grpcCalls } from "./verify/grpc-calls";
import { differences, verifyTable } from "./verify/report";
import { type GroupTarget, groupTargets } from "./verify/targets";
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
  const config = readStack(options.stack);
  if (options.url === undefined) requireRunningNode(config, options.stack);
  const groups = chooseGroups(config.laneGroups, options.group);
  const urls = options.url === undefined ? await gatewayUrls(options.stack) : {};
  const targets = groupTargets(groups, config, urls, options.url);
  reporter.phase(`verify ${throughUrls(targets)}`);
  const results = await verifyGroups(targets, options.requests, reporter);
  reporter.done();
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else printResults(results, targets);
  return results.every(lanePassed);
}

/** Sends requests into every lane of the groups that have a URL. */
export async function verifyGroups(
  targets: readonly GroupTarget[],
  requests: number,
  reporter: Reporter,
): Promise<LaneResult[]> {
  const reached = targets.flatMap((target) => ("url" in target ? [target] : []));
  const lanes = reached.reduce((count, { group }) => count + group.lanes.length, 0);
  const results: LaneResult[] = [];
  let begun = 0;
  for (const { group, url, grpc = [] } of reached) {
    const client = new GatewayClient(url);
    const calls = grpc.length > 0 ? await grpcCalls(url) : undefined;
    const onLane = (lane: string) => {
      begun += 1;
      reporter.waiting(`lane ${begun} of ${lanes}: group ${group.name}, lane ${lane}, ${requests} requests`);
    };
    try {
      const callsOf = (service: string) => (grpc.includes(service) ? calls : undefined);
      results.push(...(await verifyGroup(group, client, requests, onLane, callsOf)));
    } finally {
      client.close();
      calls?.close();
    }
  }
  return results;
}

/** The matrix, every difference in words, the groups that were left out, and the closing count. */
export function printResults(results: readonly LaneResult[], targets: readonly GroupTarget[]): void {
  const passed = results.filter(lanePassed).length;
  const skipped = targets.flatMap((target) =>
    "skipped" in target ? [`group ${target.group.name}: no requests sent: ${target.skipped}`] : [],
  );
  const table = results.length > 0 ? [verifyTable(results)] : [];
  const count = `${passed} passed, ${results.length - passed} failed`;
  process.stdout.write(`${[...table, ...differences(results), ...skipped, count].join("\n")}\n`);
}

/** `through http://10.200.0.2`; each URL once. */
export function throughUrls(targets: readonly GroupTarget[]): string {
  const urls = targets.flatMap((target) => ("url" in target ? [target.url] : []));
  return urls.length > 0 ? `through ${[...new Set(urls)].join(", ")}` : "through no gateway";
}

async function gatewayUrls(stack: string): Promise<Record<string, string>> {
  const session = await openLocalStack(stack);
  const { gatewayUrls: output } = await session.outputs();
  if (output) return output.value;
  throw new UserError(`stack ${stack} has no gateway yet: run \`${upCommand(stack)}\` first, or name one with --url`);
}
